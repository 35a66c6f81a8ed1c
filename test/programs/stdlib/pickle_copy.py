import copy
import copyreg
import io
import pickle
import shelve


class Node:
    def __init__(self, name, children=()):
        self.name, self.children = name, list(children)

    def __getstate__(self):
        return {"name": self.name, "children": self.children}

    def __eq__(self, other):
        return (self.name, self.children) == (other.name, other.children)


class Temperature:
    def __init__(self, degrees):
        self.degrees = degrees


copyreg.pickle(Temperature, lambda t: (Temperature, (t.degrees,)))


def square(n):
    return n * n


tree = Node("root", [Node("leaf")])
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    assert pickle.loads(pickle.dumps(tree, protocol)) == tree
print(pickle.loads(pickle.dumps(square))(9), pickle.loads(pickle.dumps(Temperature(5))).degrees)
try:
    pickle.dumps(lambda: 0)
except (pickle.PicklingError, AttributeError) as error:
    print("lambda refused", Node.__module__)

shared = [1]
pair = [shared, shared]
deep = copy.deepcopy(pair)
deep[0].append(2)
print(deep, pair, copy.copy(pair)[0] is shared)
with shelve.open("/tmp/shelf") as shelf:
    shelf["tree"] = tree
with shelve.open("/tmp/shelf") as shelf:
    print(shelf["tree"].children[0].name)
buffer = io.BytesIO()
pickle.Pickler(buffer).dump({"a": 1})
pickle.loads(buffer.getvalue())
