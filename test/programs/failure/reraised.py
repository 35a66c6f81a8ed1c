def risky():
    raise ConnectionError("reset by peer")


try:
    risky()
except ConnectionError:
    print("logging it")
    raise
