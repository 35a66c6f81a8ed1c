import multiprocessing as mp

import numpy as np


def total(part):
    return float(np.dot(part, part))


with mp.Pool(2) as pool:
    parts = pool.map(total, np.array_split(np.arange(1000.0), 4))
sum(parts)
