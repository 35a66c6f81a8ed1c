import csv
import io

records = [{"id": 1, "name": "Ana", "note": "a;b"}, {"id": 2, "name": "Bo", "extra": True}]
columns = sorted({key for record in records for key in record})
out = io.StringIO()
writer = csv.DictWriter(out, columns, restval="", delimiter=";", lineterminator="\n")
writer.writeheader()
writer.writerows(records)
print(out.getvalue(), end="")
