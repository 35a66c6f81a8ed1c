import subprocess

child = subprocess.Popen(["sleep", "60"])
print("leaving a child behind", child.poll())
