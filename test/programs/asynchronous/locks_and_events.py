import asyncio


async def main():
    order, lock, gate, limit = [], asyncio.Lock(), asyncio.Event(), asyncio.Semaphore(2)
    running = peak = 0

    async def limited(name):
        nonlocal running, peak
        await gate.wait()
        async with limit:
            running += 1
            peak = max(peak, running)
            await asyncio.sleep(0.005)
            running -= 1
        async with lock:
            order.append(name)

    tasks = [asyncio.create_task(limited(n)) for n in range(6)]
    await asyncio.sleep(0)
    print("before the gate opens:", order)
    gate.set()
    await asyncio.gather(*tasks)
    return {"peak": peak, "finished": sorted(order)}


asyncio.run(main())
