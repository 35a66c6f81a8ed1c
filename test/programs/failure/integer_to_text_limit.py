number = 10**5000
text = str(number)
