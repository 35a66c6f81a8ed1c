print("before")
list(range(300_000))
