import inspect


def area(width: float, height: float = 1.0, *, unit="m", **extra) -> float:
    """Area of a rectangle."""
    return width * height


class Base:
    def method(self):
        return inspect.currentframe().f_code.co_name


print(inspect.signature(area))
print(inspect.getdoc(area), inspect.getsource(area).splitlines()[0])
bound = inspect.signature(area).bind(2, unit="cm", colour="red")
bound.apply_defaults()
print(bound.arguments)
print(inspect.isfunction(area), inspect.isclass(Base), [name for name, _ in inspect.getmembers(Base, inspect.isfunction)])
print(Base().method(), inspect.getsource(Base).count("\n"), inspect.getsourcelines(Base.method)[1])
[parameter.kind.name for parameter in inspect.signature(area).parameters.values()]
