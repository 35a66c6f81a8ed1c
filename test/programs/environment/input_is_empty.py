try:
    input("name? ")
except EOFError as error:
    print()
    print("no input:", error)
import sys

repr(sys.stdin.read())
