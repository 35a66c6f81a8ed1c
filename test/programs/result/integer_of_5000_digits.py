return 10**5000 + 7
