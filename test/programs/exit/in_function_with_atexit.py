import atexit
import sys


def leave():
    sys.exit(4)


atexit.register(print, "atexit")
leave()
