import re

text = """
Factura Nº 2024/0017 — Fecha: 17/05/2024
Cliente: Muñoz e Hijos S.L. (CIF B12345678)
Teléfono +34 600 123 456, correo facturas@munoz.example
Base imponible: 1.250,00 €   IVA 21 %: 262,50 €   Total: 1.512,50 €
"""
patterns = {
    "number": r"Nº (\S+)",
    "date": r"Fecha: (\d\d/\d\d/\d{4})",
    "customer": r"Cliente: (.+?) \(",
    "tax_id": r"CIF ([A-Z]\d{8})",
    "phone": r"(\+\d{2}(?: \d{3}){3})",
    "email": r"([\w.]+@[\w.]+\w)",
    "total": r"Total: ([\d.,]+) €",
    "iban": r"IBAN (\w+)",
}
found = {name: (m[1] if (m := re.search(pattern, text)) else None) for name, pattern in patterns.items()}
found["total"] = float(found["total"].replace(".", "").replace(",", "."))
return found
