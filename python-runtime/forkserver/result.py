"""Writes a program's result as JSON."""

import json
import re
import sys
from math import isfinite
from typing import Any

#: Containers within containers. What lies deeper comes as its repr: most JSON parsers give up at 500 to 1000.
MAX_DEPTH = 200

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_NO_BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+"|[^\[\]{}"]++')
_SQUARE = str.maketrans("{}", "[]")
_WORDS = {None: "null", True: "true", False: "false"}


def encode_result(value: object) -> bytes:
    """
    The value as JSON text in UTF-8 that a strict parser takes.

    What JSON has no form for (NaN, bytes, sets, a container within itself, …) comes as a string, its repr, and what
    is around it stays JSON. Integers keep all their digits.

    @raises BaseException whatever the program's own `__repr__` raises
    """
    if value is None:
        return b"null"
    try:
        text = _encode(value)
    except (TypeError, ValueError, RecursionError):
        text = ""
    if not text or _nests_too_deep(text):
        text = _text(value, {})
    # Only a lone surrogate has no UTF-8, and Python's escape for it is JSON's.
    return text.encode("utf-8", "backslashreplace")


def _nests_too_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    brackets = _NO_BRACKETS.sub("", text).translate(_SQUARE)
    for _ in range(MAX_DEPTH):
        if not brackets:
            return False
        brackets = brackets.replace("[]", "")
    return bool(brackets)


class _CycleError(Exception):
    """A container turned up within itself."""

    def __init__(self, container: object) -> None:
        self.container = container


def _text(value: Any, around: dict[int, object]) -> str:
    """JSON text of a value with the containers `around` it, by id. One frame a level: `repr` needs the rest."""
    kind = type(value)  # isinstance() would believe an object's own __class__
    if not issubclass(kind, list | tuple | dict):
        return _plain_text(value)
    if id(value) in around:
        raise _CycleError(value)
    if len(around) == MAX_DEPTH:
        return _encode(repr(value))
    around[id(value)] = value
    members = []
    try:
        if issubclass(kind, dict):
            for key, member in value.items():
                members.append(f"{_encode(_key(key))}: {_text(member, around)}")
            return "{" + ", ".join(members) + "}"
        for member in value:
            members.append(_text(member, around))  # noqa: PERF401 - a comprehension is a frame
        return "[" + ", ".join(members) + "]"
    except _CycleError as cycle:
        if cycle.container is not value:
            raise
    finally:
        del around[id(value)]
    return _encode(repr(value))


def _plain_text(value: Any) -> str:
    value = _plain(value)
    if value is None or value is True or value is False:
        return _WORDS[value]
    kind = type(value)
    if issubclass(kind, str):
        return _encode(value)
    if issubclass(kind, int):
        return _digits(value)
    if issubclass(kind, float) and isfinite(value):
        return float.__repr__(value)
    return _encode(repr(value))


def _key(key: object) -> str:
    """A member's name, as the json module has it; repr of what it would refuse."""
    key = _plain(key)
    if isinstance(key, str):
        return key
    if key is None or key is True or key is False:
        return _WORDS[key]
    if isinstance(key, int):
        return _digits(key)
    return float.__repr__(key) if isinstance(key, float) else repr(key)


def _digits(number: int) -> str:
    try:
        return int.__repr__(number)
    except ValueError:  # longer than the limit that guards a program against itself
        limit = sys.get_int_max_str_digits()
        sys.set_int_max_str_digits(0)
        try:
            return int.__repr__(number)
        finally:
            sys.set_int_max_str_digits(limit)


def _plain(value: Any) -> Any:
    """A number of numpy's as Python's own; anything else as it is."""
    generic = getattr(sys.modules.get("numpy"), "generic", None)
    if isinstance(generic, type) and issubclass(type(value), generic) and value.dtype.kind in "biuf":
        number: object = value.item()
        # A long double's item is itself.
        return number if isinstance(number, int | float) else value
    return value
