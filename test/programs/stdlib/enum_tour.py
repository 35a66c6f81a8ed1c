import enum


class Colour(enum.Enum):
    RED = "r"
    GREEN = "g"
    ROUGE = "r"


class Permission(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()
    RUN = enum.auto()


class Planet(enum.Enum):
    EARTH = (5.976e24, 6.37814e6)
    MARS = (6.421e23, 3.3972e6)

    def __init__(self, mass, radius):
        self.mass, self.radius = mass, radius

    @property
    def gravity(self):
        return round(6.67430e-11 * self.mass / self.radius**2, 3)


class Level(enum.IntEnum):
    LOW, HIGH = 1, 2


print(list(Colour), Colour("g").name, Colour.ROUGE is Colour.RED, Colour["GREEN"].value)
allowed = Permission.READ | Permission.RUN
print(Permission.WRITE in allowed, Permission.RUN in allowed, allowed.value, (~allowed).name)
print({planet.name: planet.gravity for planet in Planet})
print(Level.LOW < Level.HIGH, sorted([Level.HIGH, Level.LOW])[0].name)
try:
    Colour("x")
except ValueError as error:
    print(error)
Colour.RED
