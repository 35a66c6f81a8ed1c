d = {}
d["self"] = d
d
