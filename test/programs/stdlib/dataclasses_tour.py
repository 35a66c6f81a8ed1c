from dataclasses import asdict, astuple, dataclass, field, fields, replace
from typing import ClassVar


@dataclass(order=True, frozen=True, slots=True)
class Money:
    amount: int
    currency: str = field(default="EUR", compare=False)


@dataclass
class Order:
    id: int
    lines: list[Money] = field(default_factory=list)
    total: int = field(init=False)
    seen: ClassVar[int] = 0

    def __post_init__(self):
        self.total = sum(line.amount for line in self.lines)
        Order.seen += 1


order = Order(1, [Money(3), Money(4, "USD")])
print(order)
print(asdict(order), astuple(order.lines[0]))
print(replace(order, lines=[]), Order.seen, [f.name for f in fields(Order)])
print(Money(1) < Money(2), Money(1, "X") == Money(1, "Y"), hash(Money(3)) == hash(Money(3)))
try:
    order.lines[0].amount = 9
except AttributeError as error:
    print(type(error).__name__, error)
match order:
    case Order(id=identifier, lines=[Money(amount=first), *_]):
        print(identifier, first)
asdict(order)
