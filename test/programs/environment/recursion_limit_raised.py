import sys

sys.setrecursionlimit(6000)


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


depth(5000)
