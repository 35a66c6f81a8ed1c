import math

math.factorial(300)
