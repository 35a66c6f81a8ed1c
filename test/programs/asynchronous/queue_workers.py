import asyncio


async def worker(name, queue, results):
    while True:
        number = await queue.get()
        await asyncio.sleep(0)
        results.append(number * number)
        queue.task_done()


async def main():
    queue, results = asyncio.Queue(maxsize=2), []
    workers = [asyncio.create_task(worker(n, queue, results)) for n in range(3)]
    for number in range(10):
        await queue.put(number)
    await queue.join()
    for task in workers:
        task.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    return sorted(results)


print(asyncio.run(main()))
