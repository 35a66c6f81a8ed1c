if True:
    "inside a block"
