import sys

sys.stdin.close()
print(sys.stdin.closed, sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__)
print(sys.flags.optimize, sys.flags.interactive, __debug__, sys.gettrace(), sys.getprofile())
sys.getrecursionlimit()
