import numpy as np

np.int64(5)
