from itertools import count, takewhile


def sieve(limit):
    flags = bytearray([1]) * (limit + 1)
    for n in range(2, int(limit**0.5) + 1):
        if flags[n]:
            flags[n * n :: n] = bytes(len(range(n * n, limit + 1, n)))
    return [n for n in range(2, limit + 1) if flags[n]]


def collatz(n):
    yield n
    while n != 1:
        n = 3 * n + 1 if n % 2 else n // 2
        yield n


def queens(n, row=0, columns=(), left=frozenset(), right=frozenset()):
    if row == n:
        return 1
    return sum(
        queens(n, row + 1, columns + (c,), left | {row - c}, right | {row + c})
        for c in range(n)
        if c not in columns and row - c not in left and row + c not in right
    )


def roman(n):
    pairs = zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1), "M CM D CD C XC L XL X IX V IV I".split())
    out = ""
    for value, digits in pairs:
        out += digits * (n // value)
        n %= value
    return out


def levenshtein(a, b):
    row = list(range(len(b) + 1))
    for i, ca in enumerate(a, 1):
        row, previous = [i], row
        for j, cb in enumerate(b, 1):
            row.append(min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (ca != cb)))
    return row[-1]


print(len(sieve(10_000)), sieve(30)[-1])
print(max(range(1, 1000), key=lambda n: sum(1 for _ in collatz(n))))
print(queens(6), roman(1994), levenshtein("kitten", "sitting"))
print(list(takewhile(lambda n: n < 100, (n * n for n in count(1) if n % 2))))
sum(int(digit) for digit in str(2**1000))
