(lambda *numbers: sum(numbers))(1, 2, 3)
