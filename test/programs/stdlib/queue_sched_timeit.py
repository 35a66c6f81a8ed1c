import queue
import sched
import time
import timeit

numbers = queue.PriorityQueue()
for item in (5, 1, 3):
    numbers.put(item)
print([numbers.get() for _ in range(numbers.qsize())])
small = queue.Queue(maxsize=1)
small.put("x")
try:
    small.put_nowait("y")
except queue.Full:
    print("full")
stack = queue.LifoQueue()
stack.put(1)
stack.put(2)
print(stack.get())

happened = []
agenda = sched.scheduler(time.monotonic, time.sleep)
agenda.enter(0.02, 1, happened.append, ("second",))
agenda.enter(0.01, 1, happened.append, ("first",))
agenda.run()
print(happened)
timeit.timeit("sum(range(10))", number=100) > 0
