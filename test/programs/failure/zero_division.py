print("partial")
value = 1 / 0
