try:
    {}["key"]
except KeyError:
    raise LookupError("clean") from None
