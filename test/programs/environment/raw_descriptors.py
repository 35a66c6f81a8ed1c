import os
import sys

os.write(1, b"raw\n")
sys.stdout.buffer.write(b"buffered bytes\n")
sys.stdout.flush()
sys.__stdout__.write("dunder\n")
print("end", end="")
sys.stdout.isatty()
