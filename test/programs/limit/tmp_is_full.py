try:
    with open("/tmp/big", "wb") as file:
        for _ in range(256):
            file.write(b"x" * (1 << 20))
    print("no end to it")
except OSError as error:
    import errno

    print(errno.errorcode[error.errno] in ("ENOSPC", "EDQUOT", "EFBIG"))
