from decimal import Decimal

Decimal("10.50")
