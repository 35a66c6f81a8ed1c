counter = 0


def bump():
    global counter
    counter += 1
    return counter


class Config:
    level = counter
    doubled = level * 2

    def read(self):
        return level if "level" in globals() else "no such global"


bump()
bump()
print(counter, globals()["counter"], Config.doubled, Config().read())
print("bump" in dir(), "counter" in vars(), bump.__module__, Config.__qualname__)
squares = [n for n in range(3)]
print("n" in globals())
exec("made_by_exec = counter * 10")
made_by_exec + eval("counter")
