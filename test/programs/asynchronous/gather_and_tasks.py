import asyncio


async def work(name, delay):
    await asyncio.sleep(delay)
    if name == "bad":
        raise ValueError("bad work")
    return name


async def main():
    print(await asyncio.gather(work("a", 0.02), work("b", 0.01)))
    outcome = await asyncio.gather(work("bad", 0), work("ok", 0), return_exceptions=True)
    print(outcome)
    done = [await task for task in asyncio.as_completed([work("slow", 0.03), work("fast", 0)])]
    print(done)
    try:
        await asyncio.wait_for(work("late", 5), 0.01)
    except asyncio.TimeoutError:
        print("timed out")
    task = asyncio.create_task(work("never", 5))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled", task.cancelled())
    try:
        async with asyncio.TaskGroup() as group:
            first = group.create_task(work("grouped", 0))
            group.create_task(work("bad", 0.01))
    except* ValueError as errors:
        print(first.result(), errors.exceptions)
    async with asyncio.timeout(1):
        return await asyncio.to_thread(sum, [1, 2, 3])


asyncio.run(main())
