import sqlite3

import pandas as pd

with sqlite3.connect("/tmp/shop.db") as db:
    pd.DataFrame({"sku": ["a", "b", "a"], "units": [1, 2, 3]}).to_sql("sale", db, index=False)
    frame = pd.read_sql("select sku, sum(units) as units from sale group by sku order by sku", db)
print(frame)
frame.set_index("sku")["units"].to_dict()
