import io

import numpy as np

table = np.genfromtxt(io.StringIO("id,x\n1,0.5\n2,1.5\n3,\n"), delimiter=",", names=True)
print(table.dtype.names, np.nansum(table["x"]))
np.savez("/tmp/data.npz", a=np.eye(2), b=np.array(["ñ"]))
with np.load("/tmp/data.npz") as loaded:
    print(sorted(loaded.files), loaded["a"].tolist(), loaded["b"][0])
people = np.array([("Ana", 30, 1.7), ("Bo", 25, 1.8)], dtype=[("name", "U10"), ("age", "i4"), ("height", "f8")])
people.sort(order="age")
print(people["name"], people[0]["height"])
masked = np.ma.masked_less([1, -1, 5], 0)
print(masked, masked.mean())
out = io.StringIO()
np.savetxt(out, [[1, 2.5], [3, 4]], fmt="%.1f", delimiter=";")
out.getvalue()
