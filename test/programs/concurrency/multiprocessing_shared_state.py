import multiprocessing as mp
from multiprocessing import shared_memory


def work(counter, array, name, lock):
    for _ in range(100):
        with lock:
            counter.value += 1
    array[0] = 1.5
    memory = shared_memory.SharedMemory(name=name)
    memory.buf[0:5] = b"child"
    memory.close()


counter, array, lock = mp.Value("i", 0), mp.Array("d", 3), mp.Lock()
memory = shared_memory.SharedMemory(create=True, size=16)
try:
    workers = [mp.Process(target=work, args=(counter, array, memory.name, lock)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(counter.value, array[:], bytes(memory.buf[:5]))
finally:
    memory.close()
    memory.unlink()
with mp.Manager() as manager:
    shared = manager.dict(a=1)
    process = mp.Process(target=shared.update, args=({"b": 2},))
    process.start()
    process.join()
    outcome = dict(shared)
outcome
