import re

log = """2024-03-01 12:00:01 INFO  user=ana action=login
2024-03-01 12:00:07 ERROR user=bob action=pay amount=12.50
2024-03-02 08:30:00 ERROR user=eve action=pay amount=99.00
"""
line = re.compile(
    r"""^(?P<day>\d{4}-\d\d-\d\d)\s(?P<time>[\d:]+)\s   # when
        (?P<level>[A-Z]+)\s+user=(?P<user>\w+)          # who
    """,
    re.MULTILINE | re.VERBOSE,
)
for match in line.finditer(log):
    print(match.groupdict())
print(re.findall(r"amount=(\d+\.\d\d)", log))
print(re.sub(r"user=(\w)\w+", lambda m: f"user={m[1]}***", log.splitlines()[0]))
print(re.split(r"[,;]\s*", "a, b;c,  d"))
print(re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", "1234567"))
print(bool(re.fullmatch(r"[\w.+-]+@[\w-]+\.[\w.]+", "ana.maria+x@example.com.mx")))
print(re.search(r"(?i)straße", "HAUPTSTRASSE Straße").span())
re.subn(r"\s+", " ", " a  b   c ")
