import csv
import io

text = '''sku,name,price,stock
A-1,"Lamp, small",19.90,4
B-2,Mesa,120,0
C-3,"Chair ""Oslo""",45.5,12
'''


def convert(row):
    return {**row, "price": float(row["price"]), "stock": int(row["stock"]), "available": int(row["stock"]) > 0}


rows = [convert(row) for row in csv.DictReader(io.StringIO(text))]
print(f"{len(rows)} rows, {sum(row['available'] for row in rows)} available")
rows
