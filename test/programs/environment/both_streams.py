import os
import sys

print("out 1")
print("err 1", file=sys.stderr)
sys.stdout.write("no newline at the end")
sys.stdout.flush()
os.write(2, b"raw err\n")
