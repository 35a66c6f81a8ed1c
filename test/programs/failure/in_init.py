class Broken:
    def __init__(self):
        self.value = self.compute()

    def compute(self):
        return [][0]


instance = Broken()
