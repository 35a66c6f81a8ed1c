import json

depth = 100_000
try:
    json.loads("[" * depth + "]" * depth)
except RecursionError as error:
    print(type(error).__name__)
