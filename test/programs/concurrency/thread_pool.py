import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, as_completed, wait


def square(n):
    if n == 3:
        raise ValueError("three")
    return n * n


with ThreadPoolExecutor(max_workers=4, thread_name_prefix="pool") as pool:
    print(list(pool.map(square, range(3))))
    futures = {pool.submit(square, n): n for n in range(5)}
    results = {}
    for future in as_completed(futures):
        results[futures[future]] = repr(future.exception()) if future.exception() else future.result()
    print(sorted(results.items()))
    release = threading.Event()
    blocked, quick = pool.submit(release.wait, 5), pool.submit(square, 2)
    done, pending = wait([blocked, quick], return_when=FIRST_COMPLETED)
    print(quick in done, blocked in pending)
    release.set()
pool.submit.__name__
