def fetch(page, size=3):
    everything = [{"id": n, "even": n % 2 == 0} for n in range(1, 8)]
    chunk = everything[(page - 1) * size : page * size]
    return {"data": chunk, "next": page + 1 if page * size < len(everything) else None}


page, merged = 1, {}
while page:
    answer = fetch(page)
    print(f"page {page}: {len(answer['data'])} items")
    for item in answer["data"]:
        merged[item["id"]] = item["even"]
    page = answer["next"]
merged
