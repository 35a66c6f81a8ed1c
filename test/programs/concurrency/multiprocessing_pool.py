import multiprocessing


class Task:
    def __init__(self, n):
        self.n = n

    def run(self):
        return self.n**2


def run(task):
    return task.run()


with multiprocessing.Pool(2) as pool:
    print(pool.map(run, [Task(n) for n in range(5)]))
    print(pool.starmap(pow, [(2, 3), (3, 2)]), sorted(pool.imap_unordered(abs, [-1, -2])))
    answer = pool.apply_async(run, (Task(12),)).get(timeout=5)
answer
