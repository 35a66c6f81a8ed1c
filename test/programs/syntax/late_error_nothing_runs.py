print("this must not run")
return 1
def broken(:
    pass
