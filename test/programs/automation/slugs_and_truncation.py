import re
import unicodedata

titles = ["¿Qué es Python?", "  10 trucos & consejos  ", "東京 guide", "Ångström's Ünit – v2.0"]


def slug(title):
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "untitled"


{title.strip(): slug(title) for title in titles}
