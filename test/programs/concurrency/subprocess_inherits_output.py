import subprocess
import sys

print("parent", flush=True)
subprocess.run(["sh", "-c", "echo child; echo problem >&2"], check=True)
subprocess.run([sys.executable, "-c", "print('grandchild ñ')"], check=True)
print("parent again")
