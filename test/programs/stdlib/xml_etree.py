import xml.etree.ElementTree as ET
from xml.dom import minidom
from xml.sax.saxutils import escape, quoteattr

feed = """<?xml version="1.0"?>
<catalog xmlns:d="urn:d">
  <book id="1" lang="es"><title>Ficciones</title><price>12.5</price></book>
  <book id="2" lang="en"><title>Dune &amp; more</title><price>9</price><d:tag>sci</d:tag></book>
</catalog>"""
root = ET.fromstring(feed)
print([(book.get("id"), book.findtext("title")) for book in root.iter("book")])
print(sum(float(price.text) for price in root.findall("./book/price")))
print(root.find(".//d:tag", {"d": "urn:d"}).text, root.find("book[@lang='en']/title").text)
for book in root.findall("book"):
    if float(book.findtext("price")) > 10:
        root.remove(book)
ET.SubElement(root, "note", kind="año").text = "<ok>"
ET.indent(root)
print(ET.tostring(root, encoding="unicode"))
print(minidom.parseString("<a><b/></a>").documentElement.firstChild.tagName, escape("a<b&c"), quoteattr('say "x"'))
try:
    ET.fromstring("<a><b></a>")
except ET.ParseError as error:
    print(error)
