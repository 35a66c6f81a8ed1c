from decimal import ROUND_HALF_UP, Decimal

lines = [("19.99", 3), ("0.07", 15), ("4.995", 2)]
net = sum(Decimal(price) * quantity for price, quantity in lines)
tax = (net * Decimal("0.16")).quantize(Decimal("0.01"), ROUND_HALF_UP)
result = {"net": float(net), "tax": float(tax), "gross_cents": int((net + tax) * 100), "exact": str(net + tax)}
result
