import sys

sys.stdout.write("o" * 1_000_000)
sys.stderr.write("e" * 1_000_000)
len("both arrive whole")
