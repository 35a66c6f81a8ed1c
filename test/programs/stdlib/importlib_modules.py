import importlib
import importlib.util
import os
import sys

os.makedirs("/tmp/lib/shapes")
with open("/tmp/lib/shapes/__init__.py", "w") as file:
    file.write("from .square import area\nNAME = __name__\n")
with open("/tmp/lib/shapes/square.py", "w") as file:
    file.write("def area(side):\n    return side ** 2\n")
sys.path.insert(0, "/tmp/lib")
shapes = importlib.import_module("shapes")
print(shapes.area(5), shapes.NAME, "shapes.square" in sys.modules)

spec = importlib.util.spec_from_loader("virtual", loader=None)
virtual = importlib.util.module_from_spec(spec)
exec("answer = 42", virtual.__dict__)
sys.modules["virtual"] = virtual
from virtual import answer

print(answer, importlib.util.find_spec("does_not_exist"))
try:
    import does_not_exist.child
except ModuleNotFoundError as error:
    print(error, error.name)
