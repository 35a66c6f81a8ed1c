import asyncio


async def main():
    raise PermissionError("not for you")


asyncio.run(main())
