import subprocess

print("starting children", flush=True)
children = []
while True:
    children.append(subprocess.Popen(["sleep", "20"]))
