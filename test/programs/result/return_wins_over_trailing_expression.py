if 2 > 1:
    return "returned"
"trailing"
