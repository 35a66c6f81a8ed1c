import sys

try:
    sys.exit(5)
except Exception:
    print("SystemExit is no Exception")
finally:
    print("finally")
