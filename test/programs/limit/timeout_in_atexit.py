import atexit
import time

atexit.register(time.sleep, 60)
print("main is done")
