import threading


def broken():
    raise ValueError("only this thread fails")


thread = threading.Thread(target=broken, name="broken-thread")
thread.start()
thread.join()
print("the program goes on")
5
