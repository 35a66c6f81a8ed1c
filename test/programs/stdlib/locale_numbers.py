import locale

locale.setlocale(locale.LC_ALL, "C.UTF-8")
print(locale.getlocale()[1], locale.localeconv()["decimal_point"])
print(locale.format_string("%.2f", 1234.5, grouping=True), locale.atof("1234.5"))


def spanish(number):
    whole, _, cents = f"{number:,.2f}".partition(".")
    return whole.replace(",", ".") + "," + cents


print(spanish(1234567.891), f"{1234567:_}")
sorted(["b", "A", "a"], key=locale.strxfrm)
