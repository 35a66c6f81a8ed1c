items = [
    {"json": {"id": 1, "email": " Ana@Example.COM ", "amount": "12,50", "tags": "new, vip"}},
    {"json": {"id": 2, "email": "bo@example.org", "amount": "7", "tags": ""}},
]
out = []
for item in items:
    data = item["json"]
    out.append(
        {
            "json": {
                "id": data["id"],
                "email": data["email"].strip().lower(),
                "domain": data["email"].strip().lower().partition("@")[2],
                "amount": float(data["amount"].replace(",", ".")),
                "tags": [tag.strip() for tag in data["tags"].split(",") if tag.strip()],
            }
        }
    )
return out
