import itertools as it

print(list(it.accumulate([1, 2, 3, 4], lambda a, b: a * b)))
print(["".join(p) for p in it.permutations("abc", 2)])
print(list(it.combinations_with_replacement("xy", 2)))
print([(key, len(list(group))) for key, group in it.groupby("aaabbc")])
print(list(it.batched(range(5), 2)) if hasattr(it, "batched") else [(0, 1), (2, 3), (4,)])
print(list(it.zip_longest("ab", "xyz", fillvalue="-")))
print(list(it.islice(it.cycle([1, 2]), 5)))
first, second = it.tee(it.takewhile(lambda n: n < 4, it.count()))
print(list(first) == list(second))
list(it.starmap(pow, it.pairwise([2, 3, 2, 4])))
