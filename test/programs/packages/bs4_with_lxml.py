from bs4 import BeautifulSoup

soup = BeautifulSoup("<ul><li>uno<li>dos</ul><rss><item><link>x</link></item></rss>", "lxml")
print([item.text for item in soup.find_all("li")])
BeautifulSoup("<rss><item><link>x</link></item></rss>", "xml").item.link.text
