import numpy as np

values = np.array([3, 1, 2])
ratios = np.array([0.5, 0.25], dtype=np.float32)
return {"max": values.max(), "mean": values.mean(), "argmin": values.argmin(), "half": ratios[0], "any": np.bool_(True), "list": [np.int8(-3), np.uint64(2**64 - 1)]}
