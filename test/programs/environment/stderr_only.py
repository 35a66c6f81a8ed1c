import sys

sys.stderr.write("a line on stderr\n")
print("another", file=sys.stderr)
