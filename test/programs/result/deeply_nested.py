deep = leaf = []
for _ in range(150):
    leaf.append([])
    leaf = leaf[0]
leaf.append("bottom")
deep
