row = [1, 2]
[row, row, {"again": row}]
