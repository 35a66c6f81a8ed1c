import asyncio
from contextlib import asynccontextmanager


@asynccontextmanager
async def connection(name):
    print("open", name)
    try:
        yield name
    finally:
        print("close", name)


async def rows(limit):
    for number in range(limit):
        await asyncio.sleep(0)
        yield number


class Ticker:
    def __init__(self):
        self.left = 3

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return self.left


async def main():
    async with connection("db") as name:
        print(name, [row async for row in rows(4) if row % 2])
    return [tick async for tick in Ticker()]


asyncio.run(main())
