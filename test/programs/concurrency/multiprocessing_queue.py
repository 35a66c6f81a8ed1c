import multiprocessing as mp


def producer(queue, count):
    for n in range(count):
        queue.put({"n": n, "by": mp.current_process().name})
    queue.put(None)


def double(connection):
    while (n := connection.recv()) is not None:
        connection.send(n * 2)


if __name__ == "__main__":
    queue = mp.Queue()
    process = mp.Process(target=producer, args=(queue, 3), name="maker")
    process.start()
    print(list(iter(queue.get, None)))
    process.join()
    print(process.exitcode)
    here, there = mp.Pipe()
    worker = mp.Process(target=double, args=(there,))
    worker.start()
    for n in (1, 21):
        here.send(n)
        print(here.recv())
    here.send(None)
    worker.join()
    worker.exitcode
