from urllib.parse import parse_qs, parse_qsl, quote, quote_plus, unquote, urlencode, urljoin, urlsplit, urlunsplit

url = urlsplit("https://user:pw@example.com:8443/a%20b/c?q=caf%C3%A9&tag=x&tag=y#top")
print(url.hostname, url.port, url.username, unquote(url.path), url.fragment)
print(parse_qs(url.query), parse_qsl("a=1&b=&c", keep_blank_values=True))
print(quote("año/nuevo 100%"), quote_plus("a b&c"), urlencode({"q": "ñ x", "ids": [1, 2]}, doseq=True))
print(urljoin("https://example.com/docs/a/", "../b?x#y"), urljoin("https://example.com", "//cdn.example.com/x"))
urlunsplit(url._replace(netloc="example.org", query="", fragment=""))
