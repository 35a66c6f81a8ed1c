import numpy as np

rng = np.random.default_rng(12345)
print(rng.integers(0, 100, 5), rng.random(2).round(6))
print(rng.permutation(5), rng.choice(["a", "b", "c"], 3), rng.normal(size=2).round(6))
np.random.seed(7)
print(np.random.randint(0, 10, 5), np.random.rand(2).round(6))
again = np.random.RandomState(7).randint(0, 10, 5)
again.tolist()
