def lines():
    yield 1
    raise OSError("stream broke")


for line in lines():
    print(line)
