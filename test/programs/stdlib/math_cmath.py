import cmath
import math

print(math.gcd(84, 30, 18), math.lcm(4, 6, 10), math.comb(52, 5), math.perm(10, 3), math.factorial(20))
print(math.isqrt(10**20), math.prod(range(1, 8)), math.dist([0, 0], [3, 4]), math.hypot(2, 3, 6))
print(math.fsum([0.1] * 10), 0.1 + 0.1 + 0.1 == 0.3, math.isclose(0.1 + 0.2, 0.3), math.nextafter(1.0, 2.0))
print(math.floor(-2.5), math.ceil(-2.5), math.trunc(-2.5), round(2.5), round(-3.5), round(1234.5678, -2))
print(divmod(-7, 3), -7 // 3, -7 % 3, math.fmod(-7, 3), 7 ** -1, pow(3, -1, 11), pow(2, 100, 1_000_007))
print(math.inf > 10**308, math.isnan(math.nan), math.copysign(1, -0.0), math.frexp(10.0))
print(cmath.sqrt(-4), abs(3 + 4j), (1 + 2j).conjugate(), round(cmath.phase(-1j), 6))
print(int("ff", 16), int("0b101", 0), bin(10), oct(64), hex(255), (255).bit_length(), (0b1011).bit_count())
print(float.hex(0.1), float.fromhex("0x1p-3"), (0.75).as_integer_ratio(), 1e16 + 1, 5e-324 / 2)
math.tau
