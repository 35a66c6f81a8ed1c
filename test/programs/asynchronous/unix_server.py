import asyncio


async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(line[::-1].strip() + b"\n")
        await writer.drain()
    writer.close()


async def ask(text):
    reader, writer = await asyncio.open_unix_connection("/tmp/echo.sock")
    writer.write(text.encode() + b"\n")
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return answer.decode().strip()


async def main():
    server = await asyncio.start_unix_server(echo, "/tmp/echo.sock")
    answers = await asyncio.gather(*(ask(f"hello {n}") for n in range(5)))
    server.close()
    return answers


asyncio.run(main())
