import asyncio
import sys


async def main():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import sys; print(sys.stdin.read().upper()); sys.exit(3)",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate("señal".encode())
    print(out.decode().strip(), process.returncode)
    shell = await asyncio.create_subprocess_shell("echo one; echo two >&2", stdout=-1, stderr=-1)
    print(await shell.communicate())
    sleeper = await asyncio.create_subprocess_exec("sleep", "30")
    sleeper.kill()
    return await sleeper.wait()


asyncio.run(main())
