class Countdown:
    def __init__(self, start):
        self.start = start

    def __iter__(self):
        return iter(range(self.start, 0, -1))

    def __len__(self):
        return self.start

    def __getitem__(self, index):
        return list(self)[index]

    def __contains__(self, item):
        return 0 < item <= self.start

    def __bool__(self):
        return self.start > 0

    def __call__(self, by):
        return Countdown(self.start - by)

    def __enter__(self):
        print("enter")
        return self

    def __exit__(self, kind, error, trace):
        print("exit", kind.__name__ if kind else None)
        return kind is ZeroDivisionError


class Vector(tuple):
    def __matmul__(self, other):
        return sum(a * b for a, b in zip(self, other))

    def __neg__(self):
        return Vector(-a for a in self)


class Lazy:
    def __getattr__(self, name):
        return f"<{name}>"


count = Countdown(3)
print(list(count), len(count), count[-1], count[:2], 3 in count, bool(Countdown(0)), list(count(1)))
with count:
    1 / 0
print(Vector((1, 2)) @ Vector((3, 4)), -Vector((1, 2)), Lazy().anything, sorted(count))
print(next(iter([]), "empty"), list(iter(iter([1, 2, 0, 3]).__next__, 0)))
[*count]
