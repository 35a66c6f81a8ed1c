"""Adds up the invoices.

A longer text.
"""

total = sum([10, 20])
print(__doc__.splitlines()[0])
total
