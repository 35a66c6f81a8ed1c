print("opening")
with open("/tmp/missing.csv") as file:
    file.read()
