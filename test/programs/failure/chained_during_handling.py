try:
    {}["key"]
except KeyError:
    raise TypeError("while handling")
