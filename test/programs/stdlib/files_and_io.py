import io
import mmap
import os

with open("/tmp/data.bin", "wb") as file:
    file.write(b"abc" * 5)
    file.truncate(10)
with open("/tmp/data.bin", "r+b") as file:
    file.seek(-4, os.SEEK_END)
    print(file.tell(), file.read())
    with mmap.mmap(file.fileno(), 0) as memory:
        memory[0:3] = b"XYZ"
        print(memory.find(b"cab"), memory[:6])

with open("/tmp/latin.txt", "w", encoding="latin-1", newline="\r\n") as file:
    print("señal", "fin", sep="\n", file=file)
print(open("/tmp/latin.txt", "rb").read())
try:
    open("/tmp/latin.txt").read()
except UnicodeDecodeError as error:
    print(error.reason)
print(open("/tmp/latin.txt", errors="replace").read().split())

text = io.TextIOWrapper(io.BytesIO("ä\nb".encode()), encoding="utf-8")
print(text.readline(), text.read())
os.rename("/tmp/latin.txt", "/tmp/renamed.txt")
os.chmod("/tmp/renamed.txt", 0o600)
sorted(entry.name for entry in os.scandir("/tmp") if entry.is_file())
