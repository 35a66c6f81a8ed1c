from collections import Counter, OrderedDict, defaultdict, deque

nested = defaultdict(list)
nested["k"].append(1)
return {"counter": Counter("aab"), "ordered": OrderedDict(z=1, a=2), "default": nested, "deque": deque([1, 2])}
