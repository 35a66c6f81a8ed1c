import os
import sys

print("before", flush=True)
os.execv("/bin/sh", ["sh", "-c", "echo in the shell; exit 6"])
