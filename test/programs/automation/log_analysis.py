import re
from collections import Counter

log = "\n".join(
    f'10.0.0.{n % 4} - - [17/May/2024:10:{n:02d}:00 +0000] "{method} /api/{path} HTTP/1.1" {status} {n * 100}'
    for n, (method, path, status) in enumerate([("GET", "users", 200), ("POST", "users", 201), ("GET", "orders", 500), ("GET", "users", 404), ("GET", "orders", 200)] * 4)
)
pattern = re.compile(r'^(\S+) .*? "(\w+) (\S+) [^"]+" (\d{3}) (\d+)$', re.M)
hits = [match.groups() for match in pattern.finditer(log)]
print(Counter(path for _, _, path, _, _ in hits).most_common())
print(sorted(Counter(int(status) // 100 for *_, status, _ in hits).items()))
return {"requests": len(hits), "bytes": sum(int(size) for *_, size in hits), "errors": [h[2] for h in hits if h[3] >= "500"][:2]}
