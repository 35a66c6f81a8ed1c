[bytearray(b"ab"), b"", b"'"]
