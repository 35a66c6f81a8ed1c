import atexit


@atexit.register
def last_words():
    print("last words")


atexit.register(lambda: 1 / 0)
print("body")
