from concurrent.futures import ThreadPoolExecutor


def work(n):
    raise RuntimeError(f"job {n} failed")


with ThreadPoolExecutor(1) as pool:
    future = pool.submit(work, 1)
    future.result()
