import atexit

atexit.register(print, "registered first, run last")
atexit.register(print, "registered last, run first")
print("body")
"the result comes before"
