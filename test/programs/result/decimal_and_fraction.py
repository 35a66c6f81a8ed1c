from decimal import Decimal
from fractions import Fraction

[Decimal("1.10"), Fraction(1, 3), 1 + 2j]
