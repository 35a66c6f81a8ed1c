import csv
import io

source = io.StringIO('name;city;note\r\nAna;"Sevilla; Triana";"said ""hi"""\r\nBo;Oslo;"two\nlines"\r\n')
rows = list(csv.DictReader(source, delimiter=";"))
for row in rows:
    print(row)

out = io.StringIO()
writer = csv.DictWriter(out, fieldnames=["name", "note"], extrasaction="ignore", quoting=csv.QUOTE_MINIMAL)
writer.writeheader()
writer.writerows(rows)
print(repr(out.getvalue()))
print(csv.Sniffer().sniff("a|b|c\n1|2|3\n4|5|6\n").delimiter)
list(csv.reader(["1,2", "'3,4',5"], quotechar="'", quoting=csv.QUOTE_NONNUMERIC))
