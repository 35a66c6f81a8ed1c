print("before")
return "r" * (2 << 20)
