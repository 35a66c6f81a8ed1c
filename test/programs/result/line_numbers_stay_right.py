import inspect

first = inspect.currentframe().f_lineno
if False:
    return "never"


def where():
    return inspect.currentframe().f_lineno


return [first, where(), inspect.currentframe().f_lineno]
