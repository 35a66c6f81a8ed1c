from contextlib import contextmanager


@contextmanager
def managed():
    try:
        yield "managed"
    except BaseException as error:
        print("seen", type(error).__name__)
        raise
    finally:
        print("closed")


with managed() as name:
    return name
