print("before")
return 1
print("after")
