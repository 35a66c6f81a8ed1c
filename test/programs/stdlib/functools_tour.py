import functools


@functools.lru_cache(maxsize=None)
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


@functools.singledispatch
def describe(value):
    return f"something {value!r}"


@describe.register
def _(value: int):
    return f"the number {value}"


@describe.register(list)
def _(value):
    return f"{len(value)} things"


@functools.total_ordering
class Version:
    def __init__(self, text):
        self.parts = tuple(map(int, text.split(".")))

    def __eq__(self, other):
        return self.parts == other.parts

    def __lt__(self, other):
        return self.parts < other.parts


class Page:
    loads = 0

    @functools.cached_property
    def body(self):
        Page.loads += 1
        return "body"


print(fibonacci(90), fibonacci.cache_info().misses)
print(describe(3), describe([1, 2]), describe("x"), sep="; ")
print(Version("1.10") >= Version("1.9"), max(map(Version, ["1.2", "1.11", "1.3"])).parts)
page = Page()
print(page.body, page.body, Page.loads)
print(functools.reduce(lambda a, b: a * 10 + b, [1, 2, 3]))
parse_binary = functools.partial(int, base=2)
sorted(["101", "11", "1000"], key=parse_binary, reverse=True)
