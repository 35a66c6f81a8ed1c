from bs4 import BeautifulSoup

page = """
<html><head><title>Catálogo</title></head><body>
<table id="prices"><tr><th>Item</th><th>Price</th></tr>
<tr class="row"><td>Té</td><td>3,50 €</td></tr>
<tr class="row sale"><td>Café</td><td>2,00 €</td></tr></table>
<a href="/next?page=2">next</a><p>unclosed <b>bold
</body></html>
"""
soup = BeautifulSoup(page, "html.parser")
print(soup.title.string, [a["href"] for a in soup.select("a[href]")], soup.b.get_text(strip=True))
soup.find("tr", class_="sale").decompose()
print(len(soup.select("tr.row")), soup.find(string="next").parent.name)
rows = [[cell.get_text(strip=True) for cell in row.find_all(["td", "th"])] for row in soup.select("#prices tr")]
rows
