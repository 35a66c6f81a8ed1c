def outer(items):
    return inner(items, 2)


def inner(items, index):
    if index >= len(items):
        raise IndexError(f"no item {index}")
    return items[index]


print("looking")
outer([1])
