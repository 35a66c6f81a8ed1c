import html
from html.parser import HTMLParser


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.text = [], []

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.found.append(dict(attributes).get("href"))

    def handle_data(self, data):
        if data.strip():
            self.text.append(data.strip())


parser = Links()
parser.feed('<p>See <a href="/a?x=1&amp;y=2">one</a> &mdash; or <A HREF=/b>two</A><br/></p>')
print(parser.text)
print(html.escape("<b>\"Q&A\"</b>"), html.unescape("&lt;&ntilde;&#x1F600;&hearts;"))
parser.found
