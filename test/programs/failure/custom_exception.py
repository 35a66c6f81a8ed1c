class PaymentError(Exception):
    def __init__(self, code):
        super().__init__(f"payment refused with code {code}")


def pay():
    raise PaymentError(51)


pay()
