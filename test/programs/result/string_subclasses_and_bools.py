class Name(str):
    pass


[Name("ana"), True, False, None, "", "true"]
