import json

import pandas as pd

payload = json.loads("""[
  {"id": 1, "user": {"name": "Ana", "address": {"city": "Sevilla"}}, "items": [{"sku": "x", "n": 2}, {"sku": "y", "n": 1}]},
  {"id": 2, "user": {"name": "Bo", "address": {"city": "Oslo"}}, "items": [{"sku": "x", "n": 5}]}
]""")
flat = pd.json_normalize(payload)
print(sorted(flat.columns))
items = pd.json_normalize(payload, "items", ["id", ["user", "address", "city"]])
print(items.to_string(index=False))
totals = items.groupby("sku")["n"].sum()
return {"total": totals.sum(), "by_sku": totals.to_dict(), "cities": items["user.address.city"].unique().tolist()}
