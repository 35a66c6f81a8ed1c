import threading

gate = threading.Event()
threads = [threading.Thread(target=gate.wait) for _ in range(30)]
for thread in threads:
    thread.start()
print(threading.active_count())
gate.set()
for thread in threads:
    thread.join()
threading.active_count()
