if True:
	value = 1
	if value:
		value += 1
text = """one
	two"""
print(repr(text)); print(value)
value \
    + 40
