def numbers():
    yield from range(3)


list(numbers())
