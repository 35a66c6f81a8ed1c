names = sorted(name for name in globals() if not name.startswith("__"))
return names
