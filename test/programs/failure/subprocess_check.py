import subprocess

subprocess.run(["sh", "-c", "exit 7"], check=True)
