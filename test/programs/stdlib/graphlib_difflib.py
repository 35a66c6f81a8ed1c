import difflib
from graphlib import CycleError, TopologicalSorter

steps = {"deploy": {"test", "build"}, "test": {"build"}, "build": {"fetch"}, "fetch": set()}
print(list(TopologicalSorter(steps).static_order()))
try:
    list(TopologicalSorter({"a": ["b"], "b": ["a"]}).static_order())
except CycleError as error:
    print(error.args[0])

before = "one\ntwo\nthree\n".splitlines(keepends=True)
after = "one\n2\nthree\nfour\n".splitlines(keepends=True)
print("".join(difflib.unified_diff(before, after, "before", "after")))
print(difflib.get_close_matches("appel", ["ape", "apple", "peach"]))
round(difflib.SequenceMatcher(None, "private", "primate").ratio(), 4)
