import asyncio
import contextvars

request_id = contextvars.ContextVar("request_id", default="-")


async def handle(name):
    request_id.set(name)
    await asyncio.sleep(0)
    return f"{name} sees {request_id.get()}"


async def main():
    return await asyncio.gather(*(handle(f"r{n}") for n in range(3)))


print(asyncio.run(main()), request_id.get())
context = contextvars.copy_context()
context.run(request_id.set, "inside")
print(request_id.get(), context[request_id])
token = request_id.set("temporary")
request_id.reset(token)
request_id.get()
