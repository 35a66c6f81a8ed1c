import random

if random.random() > 2:
    return "never"

value = {"a": 1}
value["b"]
