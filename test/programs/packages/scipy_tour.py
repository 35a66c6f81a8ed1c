import numpy as np
from scipy import integrate, optimize, sparse, stats

area, _ = integrate.quad(lambda x: x**2, 0, 3)
print(round(area, 9), round(optimize.brentq(lambda x: x**3 - 2, 0, 2), 9))
best = optimize.minimize(lambda p: (p[0] - 1) ** 2 + (p[1] + 2) ** 2, [0, 0])
print(np.round(best.x, 4).tolist(), best.success)
fit, _ = optimize.curve_fit(lambda x, a, b: a * x + b, [0, 1, 2, 3], [1, 3, 5, 7])
print(np.round(fit, 6).tolist())
print(stats.norm.ppf(0.975).round(6), round(stats.ttest_ind([1, 2, 3], [4, 5, 6]).pvalue, 6))
matrix = sparse.csr_array([[0, 2], [0, 0]])
print(matrix.nnz, (matrix @ np.array([1, 1])).tolist())
plan = optimize.linprog([-1, -2], A_ub=[[1, 1], [1, 3]], b_ub=[4, 6])
[round(float(value), 6) for value in plan.x]
