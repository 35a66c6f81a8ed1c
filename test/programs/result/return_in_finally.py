try:
    raise ValueError("swallowed")
finally:
    return "finally wins"
