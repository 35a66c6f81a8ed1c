for n in range(10):
    if n * n > 20:
        return n
print("not reached")
