import __main__
import sys

print(__name__, __main__ is sys.modules["__main__"])
value = 5
print(__main__.value, __builtins__.__name__)
print(isinstance(sys.argv, list), len(sys.argv), type(sys.argv[0]).__name__)
if __name__ == "__main__":
    print("run as a program")
