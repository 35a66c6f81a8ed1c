import subprocess
import sys

subprocess.run([sys.executable, "-c", "import numpy; print(numpy.arange(3).sum())"], capture_output=True, text=True).stdout
