import operator
import types
from array import array
from pprint import pformat
from reprlib import repr as short

people = [{"name": "Bo", "age": 30}, {"name": "Ana", "age": 25}]
print(sorted(people, key=operator.itemgetter("age"))[0]["name"])
print(operator.attrgetter("real")(5), operator.methodcaller("upper")("x"), operator.add(2, 3))
point = types.SimpleNamespace(x=1, y=2)
point.z = 3
print(point)
read_only = types.MappingProxyType({"a": 1})
try:
    read_only["a"] = 2
except TypeError as error:
    print(error)
print(pformat({"key": list(range(30)), "another": {"nested": "x" * 60}}, width=60))
print(short(list(range(100))), short("x" * 100))
module = types.ModuleType("made")
exec("value = 41 + 1", module.__dict__)
module.value
