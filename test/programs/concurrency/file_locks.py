import fcntl
import os
import subprocess
import sys

with open("/tmp/lock", "w") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    script = "import fcntl\ntry:\n fcntl.flock(open('/tmp/lock'), fcntl.LOCK_EX | fcntl.LOCK_NB)\n print('got it')\nexcept BlockingIOError:\n print('busy')"
    print(subprocess.check_output([sys.executable, "-c", script], text=True).strip())
    fcntl.flock(file, fcntl.LOCK_UN)
    print(subprocess.check_output([sys.executable, "-c", script], text=True).strip())
os.mkfifo("/tmp/fifo")
writer = subprocess.Popen(["sh", "-c", "echo through a fifo > /tmp/fifo"])
print(open("/tmp/fifo").read().strip())
writer.wait()
