import os
from concurrent.futures import ProcessPoolExecutor

loaded = __name__


def work(n):
    return n * n, loaded, os.getpid()


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2, max_tasks_per_child=1) as pool:
        answers = list(pool.map(work, range(4)))
    print([(square, name) for square, name, _ in answers])
    print(len({pid for _, _, pid in answers} | {os.getpid()}))
