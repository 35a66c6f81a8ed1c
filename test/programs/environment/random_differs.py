import random
import subprocess
import sys

script = "import random; print(random.random())"
drawn = {subprocess.check_output([sys.executable, "-c", script]) for _ in range(2)}
print(len(drawn), random.random() != random.random())
