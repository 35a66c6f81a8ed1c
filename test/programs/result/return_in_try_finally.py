try:
    return "from try"
except BaseException:
    print("return is no exception")
finally:
    print("finally runs")
