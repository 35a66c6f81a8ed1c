import multiprocessing


class Task:
    def __init__(self, n):
        self.n = n


def square(task):
    return Task(task.n**2)


def invert(n):
    return 1 / n


if __name__ == "__main__":
    for method in ("spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        with context.Pool(2) as pool:
            print(method, [task.n for task in pool.map(square, [Task(n) for n in range(5)])])
            try:
                pool.apply(invert, (0,))
            except ZeroDivisionError as error:
                print(repr(error), "in invert\n    return 1 / n\n" in str(error.__cause__))
        process = context.Process(target=exit, args=(3,))
        process.start()
        process.join()
        print(process.exitcode)
