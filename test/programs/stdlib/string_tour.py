import string
from string import Formatter, Template

print(string.ascii_lowercase[:5], string.digits, string.capwords("el niño come"))
print(Template("$who owes $$${amount}").substitute(who="Bo", amount=5))
print(Template("$a and $b").safe_substitute(a=1))
print("{0:>8}|{1:^8}|{2:<8}|".format("r", "c", "l"))
print(f"{1234567.891:,.2f} {255:#x} {255:08b} {0.256:.1%} {12345:e} {'x':*^5} {3.0:g} {-5:+d} {42!r:>4}")
print([field for _, field, _, _ in Formatter().parse("{a} and {b[0].c}") if field])
table = str.maketrans({"á": "a", "ñ": "n", " ": "-"})
print("mañana está".translate(table))
print("a,b,,c".split(","), "  x y ".split(), "key=val=1".partition("="), "a\nb\r\nc".splitlines())
print("Straße".casefold(), "ǆ".title(), "x".center(5, "."), "abc".removeprefix("a"), "7".zfill(3))
print("tschüß".upper(), "İ".lower().encode(), "abc".isidentifier(), "½".isnumeric())
"%-5s|%05.1f|%x" % ("ab", 3.14159, 255)
