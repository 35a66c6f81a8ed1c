print("start")
total = undefined_name + 1
