import numpy as np

a = np.array([[3.0, 1.0], [1.0, 2.0]])
b = np.array([9.0, 8.0])
print(np.round(np.linalg.solve(a, b), 10) + 0.0)
print(round(float(np.linalg.det(a)), 10), np.round(np.linalg.inv(a) @ a, 10) + 0.0)
values, vectors = np.linalg.eigh(a)
print(np.round(values, 6), np.allclose(a @ vectors, vectors * values))
u, s, vt = np.linalg.svd(np.array([[1.0, 2], [3, 4], [5, 6]]))
print(np.round(s, 6), np.linalg.matrix_rank(a), np.linalg.norm(b).round(6))
coefficients = np.polyfit([0, 1, 2, 3], [1, 3, 7, 13], 2)
print(np.round(coefficients, 8))
print(np.einsum("ij,jk->ik", a, a).tolist(), np.trace(a), np.kron([1, 2], [1, 1]))
try:
    np.linalg.inv(np.ones((2, 2)))
except np.linalg.LinAlgError as error:
    print(error)
big = np.ones((200, 200)) @ np.ones((200, 200))
float(big[0, 0])
