import queue
import threading

tasks, results = queue.Queue(maxsize=5), queue.Queue()


def worker():
    while (task := tasks.get()) is not None:
        results.put((task, sum(range(task))))
        tasks.task_done()
    tasks.task_done()


threads = [threading.Thread(target=worker) for _ in range(3)]
for thread in threads:
    thread.start()
for n in range(20):
    tasks.put(n)
for _ in threads:
    tasks.put(None)
tasks.join()
collected = sorted(results.get() for _ in range(20))
print(len(collected), collected[-1])
condition = threading.Condition()
with condition:
    condition.wait(timeout=0.01)
