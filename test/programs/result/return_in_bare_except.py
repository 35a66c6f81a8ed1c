try:
    1 / 0
except:
    return "from except"
