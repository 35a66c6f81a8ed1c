def build():
    raise LookupError("cannot build")


print("building")
build()
