from dataclasses import dataclass


@dataclass
class Point:
    x: int
    y: int


def describe(event):
    match event:
        case {"type": "click", "at": [x, y]}:
            return f"click at {x},{y}"
        case {"type": "key", "key": "q" | "Q"}:
            return "quit"
        case {"type": "key", "key": str(key), **rest}:
            return f"key {key} {rest}"
        case Point(x=0, y=0):
            return "origin"
        case Point(x, y) if x == y:
            return f"diagonal {x}"
        case [first, *_, last]:
            return f"from {first} to {last}"
        case int() | float() as number if number < 0:
            return f"negative {number}"
        case None:
            return "nothing"
        case _:
            return f"other {event!r}"


events = [
    {"type": "click", "at": (3, 4)}, {"type": "key", "key": "Q"}, {"type": "key", "key": "a", "ctrl": True},
    Point(0, 0), Point(2, 2), Point(1, 2), [1, 2, 3], -2.5, None, "text",
]
[describe(event) for event in events]
