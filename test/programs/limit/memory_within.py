data = bytearray(b"x") * (100 << 20)
len(data)
