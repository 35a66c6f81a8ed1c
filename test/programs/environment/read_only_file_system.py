import os

for path in ("/etc/motd", "/usr/bin/x", "/x", os.__file__):
    try:
        with open(path, "a"):
            print("opened", path)
    except (PermissionError, OSError):
        print("refused")
try:
    os.mkdir("/opt/x")
except OSError:
    print("refused")
os.mkdir("/tmp/x")
