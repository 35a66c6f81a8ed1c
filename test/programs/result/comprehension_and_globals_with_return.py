factor = 3


def scale(n):
    return n * factor


values = [scale(n) for n in range(3) if n in range(factor)]
if values:
    return {"values": values, "global": globals()["factor"], "lambda": (lambda: factor)()}
