from lxml import etree, html

root = etree.fromstring("<r xmlns:x='urn:x'><i n='1'>á</i><i n='2'>b</i><x:i n='3'/></r>")
print(root.xpath("//i[@n > 1]/text()"), root.xpath("sum(//@n)"), root.xpath("//x:i/@n", namespaces={"x": "urn:x"}))
style = etree.XSLT(etree.XML(
    "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:output method='text'/>"
    "<xsl:template match='/'><xsl:for-each select='//i'>[<xsl:value-of select='.'/>]</xsl:for-each></xsl:template></xsl:stylesheet>"
))
print(str(style(root)))
page = html.fromstring("<div><a href='/a'>A</a><p>t<b>x</b></div>")
print([link[2] for link in page.iterlinks()], page.text_content())
try:
    etree.fromstring("<a><b></a>")
except etree.XMLSyntaxError as error:
    print(type(error).__name__, error.lineno)
etree.tostring(root[0], encoding="unicode")
