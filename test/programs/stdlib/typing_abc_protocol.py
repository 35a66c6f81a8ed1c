from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, Generic, Literal, NamedTuple, Protocol, TypedDict, TypeVar, get_args, get_type_hints, runtime_checkable

T = TypeVar("T")


class Stack(Generic[T]):
    def __init__(self) -> None:
        self.items: list[T] = []

    def push(self, item: T) -> "Stack[T]":
        self.items.append(item)
        return self


class Shape(ABC):
    @abstractmethod
    def area(self) -> float: ...


class Square(Shape):
    def area(self) -> float:
        return 4.0


@runtime_checkable
class HasArea(Protocol):
    def area(self) -> float: ...


class Movie(TypedDict, total=False):
    title: str
    year: Annotated[int, "AD"]


class Employee(NamedTuple):
    name: str
    level: Literal["junior", "senior"] = "junior"


class Frozen(Mapping):
    def __getitem__(self, key):
        return {"a": 1}[key]

    def __iter__(self):
        return iter("a")

    def __len__(self):
        return 1


print(Stack[int]().push(1).push(2).items, Stack[int])
try:
    Shape()
except TypeError as error:
    print("abstract" in str(error))
print(isinstance(Square(), HasArea), isinstance(3, HasArea), Square().area())
print(get_type_hints(Movie), get_type_hints(Movie, include_extras=True)["year"])
print(Employee("Ana"), get_args(get_type_hints(Employee)["level"]))
print(dict(Frozen()), "a" in Frozen(), Frozen().get("b", 2))
Employee("Bo", "senior")
