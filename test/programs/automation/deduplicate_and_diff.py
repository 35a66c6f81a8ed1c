old = [{"id": "a", "qty": 1}, {"id": "b", "qty": 2}, {"id": "c", "qty": 3}]
new = [{"id": "b", "qty": 2}, {"id": "c", "qty": 30}, {"id": "d", "qty": 4}, {"id": "d", "qty": 4}]
before, after = ({row["id"]: row for row in rows} for rows in (old, new))
return {
    "added": [after[key] for key in after if key not in before],
    "removed": [before[key] for key in before if key not in after],
    "changed": [{"id": key, "from": before[key], "to": after[key]} for key in after if key in before and before[key] != after[key]],
    "unchanged": sum(before.get(key) == value for key, value in after.items()),
}
