import asyncio


async def double(n):
    await asyncio.sleep(0)
    return n * 2


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
future = loop.create_task(double(4))
loop.call_later(0.001, print, "called later")
print(loop.run_until_complete(future))
loop.run_until_complete(asyncio.sleep(0.01))
loop.close()
[future.done(), future.result()]
