import numpy as np

grid = np.arange(12).reshape(3, 4)
print(grid.sum(axis=0), grid.mean(axis=1), grid[grid % 2 == 0])
print(grid.T.shape, grid[1:, ::2].tolist(), np.where(grid > 5, grid, -1)[2])
print(np.concatenate([grid[:1], grid[-1:]]).shape, np.vstack([[1, 2], [3, 4]]).dtype.kind)
print(np.linspace(0, 1, 5), np.unique([3, 1, 3, 2], return_counts=True)[1])
print((np.array([1, 2, 3])[:, None] * np.array([10, 20])).tolist())
print(np.cumsum([1, 2, 3]), np.diff([1, 4, 9]), np.argsort([3, 1, 2]), np.clip([-1, 5], 0, 3))
print(np.datetime64("2024-02-28") + np.arange(3), np.isnan([1.0, np.nan]).any())
print(np.array2string(np.array([1.23456, 1e-3]), precision=3), np.array(["a", "bcd"]).dtype)
grid.tolist()
