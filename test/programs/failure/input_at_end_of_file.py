print("asking")
name = input()
