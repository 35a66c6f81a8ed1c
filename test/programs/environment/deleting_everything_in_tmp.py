import os
import shutil

for n in range(20):
    with open(f"/tmp/{n}", "w") as file:
        file.write(str(n) * 1000)
os.mkdir("/tmp/locked")
os.chmod("/tmp/locked", 0)
print(len(os.listdir("/tmp")), shutil.disk_usage("/tmp").total > 1_000_000)
for entry in os.scandir("/tmp"):
    os.rmdir(entry.path) if entry.is_dir() else os.remove(entry.path)
os.listdir("/tmp")
