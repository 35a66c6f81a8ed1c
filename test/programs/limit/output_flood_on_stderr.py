import sys

print("to stdout", flush=True)
while True:
    sys.stderr.write("y" * 1024)
