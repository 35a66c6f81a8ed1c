import sys

try:
    sys.exit(5)
except SystemExit as error:
    print("stayed for", error.code)
"still here"
