from dataclasses import dataclass
from pathlib import PurePosixPath
from types import SimpleNamespace
from uuid import UUID


@dataclass
class Point:
    x: int
    y: int = 0


class Custom:
    def __repr__(self):
        return "<Custom ñ>"


[Point(1), Custom(), PurePosixPath("/a/b"), UUID(int=1), range(3), SimpleNamespace(a=1), int, len, Ellipsis, slice(1, 2)]
