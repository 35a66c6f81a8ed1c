import locale
import os
import subprocess
import sys

print("äöüß ñ 日本語 🐍 👩‍🚀 \u202e")
print("ünïcödé on stderr", file=sys.stderr)
for stream in (sys.stdin, sys.stdout, sys.stderr):
    print(stream.encoding.lower())
print(sys.getfilesystemencoding(), sys.getdefaultencoding(), locale.getpreferredencoding().lower())
with open("/tmp/ñ 🐍.txt", "w") as file:
    file.write("contenido: ¡año!")
print(os.listdir("/tmp"), open("/tmp/ñ 🐍.txt").read())
subprocess.run([sys.executable, "-c", "print('ß', input())"], input="¿qué?", text=True, capture_output=True).stdout
