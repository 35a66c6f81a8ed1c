import codecs
import unicodedata

composed, decomposed = "é", "e\u0301"
print(composed == decomposed, unicodedata.normalize("NFC", decomposed) == composed, len(decomposed))


def slug(text):
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(plain.lower().split())


print(slug("Ángel Núñez  ﬁn de año"))
print(unicodedata.name("ñ"), unicodedata.lookup("SNOWMAN"), unicodedata.category("A"), unicodedata.numeric("½"))
print([unicodedata.east_asian_width(c) for c in "aあ"], "👩‍🚀".encode().hex(), len("👩‍🚀"))
print("日本語".encode("shift_jis"), "ÿ".encode("cp1252"), "Ω".encode("utf-16-le"), codecs.encode("hola", "rot13"))
print("bücher.example".encode("idna"), "a\udcff".encode("utf-8", "surrogateescape"), b"\xff\xfeA".decode("utf-8", "backslashreplace"))
sorted(["zebra", "Äpfel", "apfel", "Zoo"], key=lambda w: unicodedata.normalize("NFKD", w).casefold())
