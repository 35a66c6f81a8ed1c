try:
    return "not caught"
except:
    return "caught"
