import os
import tempfile
from pathlib import Path

print(os.getcwd(), os.path.expanduser("~"), Path.home(), tempfile.gettempdir(), os.environ["HOME"])
print(os.listdir("/tmp"))
Path("made here.txt").write_text("x")
os.path.exists("/tmp/made here.txt")
