def flatten(value, prefix=""):
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    else:
        return {prefix: value}
    flat = {}
    for key, inner in pairs:
        flat |= flatten(inner, f"{prefix}.{key}" if prefix else str(key))
    return flat


document = {"user": {"name": "Ana", "roles": ["admin", "dev"]}, "active": True, "meta": {"score": 1.5, "parent": None}}
flat = flatten(document)
for key in sorted(flat):
    print(f"{key} = {flat[key]!r}")
flat
