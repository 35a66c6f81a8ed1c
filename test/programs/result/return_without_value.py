print("x")
return
