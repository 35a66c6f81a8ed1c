"text".no_such_method()
