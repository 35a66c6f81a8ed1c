import threading
import time


def late():
    time.sleep(0.1)
    print("the thread ends after the main program")


threading.Thread(target=late).start()
print("the main program ends")
"result"
