import subprocess

subprocess.run(["yes", "0123456"])
