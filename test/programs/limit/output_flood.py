while True:
    print("x" * 1023)
