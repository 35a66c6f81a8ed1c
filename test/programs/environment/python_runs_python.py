import subprocess
import sys

print(subprocess.check_output([sys.executable, "-c", "import sys; print(sys.version_info[:2])"], text=True).strip() == str(sys.version_info[:2]))
with open("/tmp/script.py", "w") as file:
    file.write("import sys\nprint('args', sys.argv[1:], __name__)\n")
print(subprocess.check_output([sys.executable, "/tmp/script.py", "a", "b"], text=True).strip())
subprocess.run([sys.executable, "-m", "json.tool", "--compact"], input='{"a": [1, 2]}', text=True, capture_output=True).stdout
