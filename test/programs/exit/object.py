import sys

sys.exit(["not", "a", "code"])
