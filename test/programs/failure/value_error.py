number = int("doce")
