import json
from collections import defaultdict

payload = json.loads("""
{"invoices": [
  {"customer": "ACME", "total": 100.10, "status": "paid"},
  {"customer": "Böhm", "total": 55.55, "status": "open"},
  {"customer": "ACME", "total": 20.20, "status": "open"}
]}
""")
totals = defaultdict(lambda: {"paid": 0, "open": 0, "count": 0})
for invoice in payload["invoices"]:
    entry = totals[invoice["customer"]]
    entry[invoice["status"]] = round(entry[invoice["status"]] + invoice["total"], 2)
    entry["count"] += 1
print(f"{len(totals)} customers")
if not totals:
    return {"error": "nothing to do"}
return dict(totals)
