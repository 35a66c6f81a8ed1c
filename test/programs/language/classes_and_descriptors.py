class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        return self if instance is None else getattr(instance, self.name)

    def __set__(self, instance, value):
        if value <= 0:
            raise ValueError(f"{self.name[1:]} must be positive, not {value}")
        setattr(instance, self.name, value)


class Registry(type):
    known = {}

    def __new__(mcls, name, bases, namespace, **options):
        cls = super().__new__(mcls, name, bases, namespace)
        mcls.known[options.get("tag", name.lower())] = cls
        return cls


class Product(metaclass=Registry, tag="goods"):
    price = Positive()
    __slots__ = ("_price", "name")

    def __init__(self, name, price):
        self.name, self.price = name, price

    def __repr__(self):
        return f"Product({self.name!r}, {self.price})"

    def __add__(self, other):
        return Product(f"{self.name}+{other.name}", self.price + other.price)

    def __format__(self, spec):
        return f"{self.name} costs {self.price:{spec or 'g'}}"

    @classmethod
    def parse(cls, text):
        name, price = text.split(":")
        return cls(name, float(price))

    @staticmethod
    def currency():
        return "EUR"


class Plugin:
    plugins = []

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Plugin.plugins.append(cls.__name__)


class Alpha(Plugin): ...


class Beta(Plugin): ...


tea = Product.parse("tea:3.5")
print(tea, tea + Product("cup", 4), f"{tea:.2f}", Product.currency(), Registry.known)
for bad in (0, -1):
    try:
        tea.price = bad
    except ValueError as error:
        print(error)
print(Plugin.plugins, isinstance(Product.price, Positive))


class A:
    def who(self):
        return "A"


class B(A):
    def who(self):
        return "B" + super().who()


class C(A):
    def who(self):
        return "C" + super().who()


class D(B, C):
    pass


print(D().who(), [cls.__name__ for cls in D.__mro__])
tea
