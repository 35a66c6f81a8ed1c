import atexit

atexit.register(print, "atexit ran")
try:
    print("working")
    raise RuntimeError("failed")
finally:
    print("finally ran")
