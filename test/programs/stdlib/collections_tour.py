from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple

words = "the quick brown fox jumps over the lazy dog the end".split()
counts = Counter(words)
print(counts.most_common(1))
print((counts - Counter(["the", "dog"]))["the"])

by_length = defaultdict(list)
for word in words:
    by_length[len(word)].append(word)
print(dict(by_length))

window = deque(maxlen=3)
for number in range(10):
    window.append(number)
window.rotate(1)
print(window)

order = OrderedDict(a=1, b=2, c=3)
order.move_to_end("a")
print(list(order), order.popitem(last=False))

settings = ChainMap({"debug": True}, {"debug": False, "port": 80})
Point = namedtuple("Point", "x y", defaults=[0])
return {"debug": settings["debug"], "port": settings["port"], "point": Point(3)._asdict()}
