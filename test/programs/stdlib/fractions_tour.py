from fractions import Fraction
from math import pi

third = Fraction(1, 3)
print(third + Fraction("0.25"), third**-2, Fraction(0.5), Fraction("3/12"))
print(Fraction(pi).limit_denominator(1000))
harmonic = sum(Fraction(1, n) for n in range(1, 21))
print(harmonic, float(harmonic))
egyptian = []
rest = Fraction(5, 121)
while rest:
    unit = -(-rest.denominator // rest.numerator)
    egyptian.append(unit)
    rest -= Fraction(1, unit)
return egyptian
