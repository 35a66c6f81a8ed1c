import json
from datetime import date
from decimal import Decimal


class Encoder(json.JSONEncoder):
    def default(self, value):
        if isinstance(value, date):
            return {"$date": value.isoformat()}
        if isinstance(value, Decimal):
            return str(value)
        return super().default(value)


order = {"id": 7, "day": date(2024, 5, 17), "total": Decimal("10.50"), "tags": ("a", "ñ"), "note": None}
text = json.dumps(order, cls=Encoder, sort_keys=True, indent=2, ensure_ascii=False)
print(text)


def revive(obj):
    return date.fromisoformat(obj["$date"]) if "$date" in obj else obj


print(json.loads(text, object_hook=revive)["day"].year)
print(json.loads('{"a": 1.10}', parse_float=Decimal))
print(json.loads('[1e2, -0.0, "\\u00e9\\ud83d\\ude00"]'))
print(json.dumps({"k": [1, {"z": True}]}, separators=(",", ":")))
try:
    json.loads('{"a" 1}')
except json.JSONDecodeError as error:
    print(error.lineno, error.colno)
json.loads("12345678901234567890123")
