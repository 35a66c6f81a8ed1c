numbers = [3, 1, 2]
sorted(numbers)
