def read(lines):
    for line in lines:
        yield line.strip()


def numbers(lines):
    for line in lines:
        if line.isdigit():
            yield int(line)


def running_average():
    total = count = 0
    average = None
    while True:
        value = yield average
        total, count = total + value, count + 1
        average = total / count


def flatten(tree):
    for item in tree:
        if isinstance(item, list):
            yield from flatten(item)
        else:
            yield item


def with_return():
    try:
        received = yield 1
        print("got", received)
    finally:
        print("cleaned")
    return "done"


print(sum(numbers(read([" 1 ", "x", "20\n"]))))
average = running_average()
next(average)
print([average.send(n) for n in (10, 20, 60)])
print(list(flatten([1, [2, [3, []], 4]])))
generator = with_return()
next(generator)
try:
    generator.send("it")
except StopIteration as stop:
    print(stop.value)
other = with_return()
next(other)
other.close()
primes = (n for n in range(2, 60) if all(n % d for d in range(2, int(n**0.5) + 1)))
list(primes)
