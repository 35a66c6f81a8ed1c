data = {"n": 1}
print(data)
return data
