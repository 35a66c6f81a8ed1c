n = 3
while n:
    n -= 1
else:
    return "else"
