x = 1
if x:
    print("crlf")
text = """a
b"""
len(text)
