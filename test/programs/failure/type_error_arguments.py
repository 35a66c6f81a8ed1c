def greet(name, *, loud):
    return name


greet("Ana")
