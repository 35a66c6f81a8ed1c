if 1 > 2:
    return "returned"
"trailing"
