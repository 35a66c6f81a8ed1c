print("compiling")
compile("x = = 1", "formula", "eval")
