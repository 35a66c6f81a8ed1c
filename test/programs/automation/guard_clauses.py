order = {"id": 5, "lines": []}
if "id" not in order:
    return {"ok": False, "reason": "no id"}
if not order["lines"]:
    print("order", order["id"], "is empty")
    return {"ok": False, "reason": "no lines"}
return {"ok": True}
