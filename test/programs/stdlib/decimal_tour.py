from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation, getcontext, localcontext

prices = [Decimal("19.99"), Decimal("5.01"), Decimal("0.10")]
total = sum(prices)
tax = (total * Decimal("0.21")).quantize(Decimal("0.01"), ROUND_HALF_UP)
print(total, tax, total + tax)
print(0.1 + 0.2 == 0.3, Decimal("0.1") + Decimal("0.2") == Decimal("0.3"))
print(Decimal("2.5").quantize(Decimal(1), ROUND_HALF_EVEN), Decimal("2.5").quantize(Decimal(1), ROUND_HALF_UP))
with localcontext() as context:
    context.prec = 50
    print(Decimal(2).sqrt())
print(getcontext().prec, Decimal(1) / 7)
print(Decimal("1E+3").normalize(), f"{Decimal('1234567.891'):,.2f}", Decimal("-0").is_signed())
try:
    Decimal("twelve")
except InvalidOperation as error:
    print("refused:", error)
total
