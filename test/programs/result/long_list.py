list(range(5_000))
