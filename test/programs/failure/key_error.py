data = {"name": "Ana"}
print(data["name"])
print(data["ñame"])
