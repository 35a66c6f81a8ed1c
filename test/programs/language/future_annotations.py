from __future__ import annotations

"""Not a docstring: it comes after the import."""


def later(value: NotYetDefined) -> list[Undefined]:
    return [value]


class Linked:
    next: Linked | None = None


print(later.__annotations__, Linked.__annotations__)
later(1)
