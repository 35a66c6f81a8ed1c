import os
from concurrent.futures import ProcessPoolExecutor


def count_primes(limit):
    return sum(1 for n in range(2, limit) if all(n % d for d in range(2, int(n**0.5) + 1)))


def fail(n):
    raise ArithmeticError(f"in a worker: {n}")


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as pool:
        print(list(pool.map(count_primes, [10, 100, 1000])))
        print(pool.submit(os.getpid).result() != os.getpid())
        print(repr(pool.submit(fail, 7).exception()))
