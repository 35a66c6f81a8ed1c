import threading

total = 0
lock = threading.Lock()
barrier = threading.Barrier(4)
local = threading.local()
names = []


def add(name):
    global total
    local.name = name
    barrier.wait()
    for _ in range(1000):
        with lock:
            total += 1
    names.append(local.name)


threads = [threading.Thread(target=add, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(total, sorted(names), hasattr(local, "name"), threading.active_count())
ready = threading.Event()
threading.Timer(0.01, ready.set).start()
ready.wait(2)
