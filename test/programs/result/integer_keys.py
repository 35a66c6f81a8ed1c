{1: "one", -2: "minus two", 10**20: "big"}
