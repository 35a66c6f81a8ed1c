import gc
import weakref


class Thing:
    def __init__(self, name):
        self.name = name


first = Thing("first")
reference = weakref.ref(first, lambda _: print("gone"))
print(reference() is first)
del first
print(reference())

cache = weakref.WeakValueDictionary()
kept = cache["kept"] = Thing("kept")
cache["lost"] = Thing("lost")
print(list(cache))

loop = Thing("loop")
loop.self = loop
weakref.finalize(loop, print, "collected")
del loop
print(gc.collect() > 0)
tracked = weakref.WeakSet([kept])
len(tracked)
