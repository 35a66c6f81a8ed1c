from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

book = Workbook()
sheet = book.active
sheet.title = "Ventas"
sheet.append(["producto", "unidades", "precio"])
for row in (["té", 3, 2.5], ["café", 2, 4]):
    sheet.append(row)
sheet["D1"] = "total"
for index in range(2, 4):
    sheet[f"D{index}"] = f"=B{index}*C{index}"
sheet["A1"].font = Font(bold=True)
book.create_sheet("Notas")["A1"] = "ñ"
book.save("/tmp/ventas.xlsx")

read = load_workbook("/tmp/ventas.xlsx")
print(read.sheetnames, read["Ventas"].dimensions, read["Ventas"]["A1"].font.bold, read["Notas"]["A1"].value)
[dict(zip(("name", "units", "price"), row[:3])) for row in read["Ventas"].iter_rows(min_row=2, values_only=True)]
