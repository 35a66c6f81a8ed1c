import asyncio


async def step(n):
    await asyncio.sleep(0)
    if n == 0:
        raise LookupError("nothing left")
    await step(n - 1)


async def main():
    print("starting")
    await step(1)


asyncio.run(main())
