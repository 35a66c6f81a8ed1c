import sys
import traceback


def outer():
    inner({})


def inner(data):
    return data["missing"]


try:
    outer()
except KeyError as error:
    frames = traceback.extract_tb(error.__traceback__)
    print([(frame.name, frame.lineno, frame.line) for frame in frames])
    print(traceback.format_exception_only(error))
    print(sys.exc_info()[0].__name__)
    error.add_note("look at inner()")
    print(traceback.format_exc().splitlines()[-1])
print("".join(traceback.format_list(traceback.extract_stack()[-1:])), end="")
sys.exc_info()
