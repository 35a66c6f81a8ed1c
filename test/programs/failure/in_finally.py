try:
    print("work")
finally:
    raise RuntimeError("cleanup failed")
