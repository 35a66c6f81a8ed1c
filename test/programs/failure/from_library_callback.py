def key(value):
    raise KeyError(value)


ordered = sorted([3, 1], key=key)
