matrix = [[1, 2, 3], [4, 5, 6]]
print([[row[i] for row in matrix] for i in range(3)], list(zip(*matrix)))
print({word: len(word) for word in ("a", "bb")}, {n % 3 for n in range(9)} == {0, 1, 2})
first, *middle, last = range(6)
(a, b), c = (1, 2), 3
print(first, middle, last, a, b, c)
print([*range(3), *"ab"], {**{"x": 1}, "y": 2} | {"x": 9})
if (n := len("walrus")) > 5:
    print(f"{n=} {n * 2 = :>4}")


def show(a, /, b, *args, c=0, **kwargs):
    return a, b, args, c, kwargs


print(show(1, 2, 3, c=4, d=5), show(*[1, 2], **{"c": 3}))
print(all([]), any([]), sorted("hello", key=lambda ch: (-ord(ch), ch)), max({"a": 3, "b": 5}.items(), key=lambda kv: kv[1]))
for i in range(3):
    if i == 5:
        break
else:
    print("no break")
print(list(enumerate("ab", 1)), list(map(pow, [2, 3], [3, 2])), [*reversed([1, 2])], "abc"[::-1], [0] * 3)
x = y = []
x += [1]
[y, 1 < 2 < 3, "b" in "abc", not [], 0 or "default", 7 and 8]
