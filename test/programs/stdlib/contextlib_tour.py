import contextlib
import io
import os


@contextlib.contextmanager
def step(name):
    print("begin", name)
    try:
        yield name.upper()
    except ValueError as error:
        print("swallowed", error)
    finally:
        print("end", name)


with step("one") as label, step("two"):
    print(label)
    raise ValueError("inner")

with contextlib.ExitStack() as stack:
    for name in "ab":
        stack.enter_context(step(name))
    stack.callback(print, "callback")

captured = io.StringIO()
with contextlib.redirect_stdout(captured):
    print("hidden")
print(repr(captured.getvalue()))
with contextlib.suppress(FileNotFoundError):
    os.remove("/tmp/nothing")
os.mkdir("/tmp/inside")
with contextlib.chdir("/tmp/inside"):
    print(os.getcwd())
print(os.getcwd())
with contextlib.nullcontext(5) as five:
    five
five
