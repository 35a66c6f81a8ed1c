import functools
import time


def retry(times, exceptions=(Exception,)):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(1, times + 1):
                try:
                    return function(*args, **kwargs)
                except exceptions as error:
                    print(f"attempt {attempt} failed: {error}")
                    if attempt == times:
                        raise

        return wrapper

    return decorate


calls = 0


@retry(3, (ConnectionError,))
def flaky():
    """Fails twice."""
    global calls
    calls += 1
    if calls < 3:
        raise ConnectionError(f"down #{calls}")
    return "up"


def counter():
    count = 0

    def increment():
        nonlocal count
        count += 1
        return count

    return increment


print(flaky(), flaky.__name__, flaky.__doc__)
tick = counter()
print([tick() for _ in range(3)], [f() for f in [lambda i=i: i * i for i in range(4)]])
tick.__closure__[0].cell_contents
