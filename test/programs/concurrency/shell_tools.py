import os
import subprocess

os.makedirs("/tmp/logs")
for n in range(3):
    with open(f"/tmp/logs/{n}.log", "w") as file:
        file.write(f"line {n}\nerror {n}\n")
print(subprocess.getoutput("grep -h error /tmp/logs/*.log | wc -l").strip())
print(os.popen("cat /tmp/logs/1.log | head -n 1").read(), end="")
print(os.system("exit 5") >> 8)
subprocess.getstatusoutput("ls /tmp/logs | sort -r | tr '\\n' ' '")
