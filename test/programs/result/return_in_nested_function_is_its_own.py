def f():
    return 1


class C:
    def method(self):
        return 2


(lambda: 3)()
f() + C().method()
