"""Results as JSON that a strict parser takes."""

import enum
import json
import sys
from collections import OrderedDict, namedtuple
from decimal import Decimal
from typing import NoReturn

import pytest
from in_child import failure_of, result_of

from forkserver.result import MAX_DEPTH, encode_result


class Colour(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    LOW = 1


class Name(enum.StrEnum):
    ANA = "ana"


class Odd(float):
    def __repr__(self) -> str:
        return "odd"


Point = namedtuple("Point", "x y")
NAN, INFINITY = float("nan"), float("inf")


def cyclic() -> list[object]:
    loop: list[object] = []
    loop.append(loop)
    return loop


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def strictly(text: bytes) -> object:
    def refuse(token: str) -> NoReturn:
        raise AssertionError(token)

    return json.loads(text.decode("utf-8"), parse_constant=refuse)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (1.0, "1.0"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e300, "1e+300"),
        (-0.0, "-0.0"),
        (2**64, "18446744073709551616"),
        ("é\n\"\\", '"é\\n\\"\\\\"'),
        ("\ud800", '"\\ud800"'),
        ("\\\ud800", '"\\\\\\ud800"'),
        (NAN, '"nan"'),
        ([INFINITY, -INFINITY, 1], '["inf", "-inf", 1]'),
        ({1, 2}, '"{1, 2}"'),
        ({"a": b"x"}, '{"a": "b\'x\'"}'),
        ((1, (2,)), "[1, [2]]"),
        (Point(1, NAN), '[1, "nan"]'),
        (range(3), '"range(0, 3)"'),
        (Decimal("1.10"), "\"Decimal('1.10')\""),
        (Colour.RED, '"<Colour.RED: 1>"'),
        ([Level.LOW, Name.ANA, {1}], '[1, "ana", "{1}"]'),
        ({Level.LOW: Name.ANA}, '{"1": "ana"}'),
        ([Odd(1.5), Odd("nan")], '[1.5, "odd"]'),
        ({1: 2, 1.5: 3, None: 4, False: 5}, '{"1": 2, "1.5": 3, "null": 4, "false": 5}'),
        ({(1, 2): 3, NAN: 4, 5: 6, None: 7, "a": {8}}, '{"(1, 2)": 3, "nan": 4, "5": 6, "null": 7, "a": "{8}"}'),
        (OrderedDict(a=NAN), '{"a": "nan"}'),
        (cyclic(), '"[[...]]"'),
        ({"ok": 1, "c": cyclic()}, '{"ok": 1, "c": "[[...]]"}'),
        ([cyclic(), cyclic()], '["[[...]]", "[[...]]"]'),
    ],
)  # fmt: skip
def test_a_value(value: object, text: str) -> None:
    encoded = encode_result(value)
    assert encoded.decode() == text
    strictly(encoded)


def test_the_same_container_twice_is_no_cycle() -> None:
    twice = [1]
    assert encode_result([twice, twice, {2}]) == b'[[1], [1], "{2}"]'


def test_a_longer_cycle_is_closed_where_it_starts() -> None:
    outer: dict[str, object] = {"n": 1}
    outer["inner"] = [outer]
    assert encode_result([outer]).decode() == json.dumps([repr(outer)])


def test_integers_of_any_size_and_the_programs_own_limit_stays() -> None:
    assert len(encode_result(10**5000)) == 5001
    assert encode_result({10**5000: [10**5000, {1}]}).count(b"0") == 10000
    assert sys.get_int_max_str_digits() == 4300
    assert "Exceeds the limit (4300 digits)" in failure_of("str(10**5000)")


def test_depth_is_bounded() -> None:
    assert encode_result(nested(MAX_DEPTH)) == b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert encode_result(nested(MAX_DEPTH + 1)) == b"[" * MAX_DEPTH + b'"[]"' + b"]" * MAX_DEPTH
    assert encode_result(nested(900)).count(b'"') == 2
    flat = [{"a": [1, "]{"]}] * 1000
    assert strictly(encode_result(flat)) == flat


def test_a_depth_that_repr_cannot_do_is_the_programs_error() -> None:
    source = "a = []\nfor i in range(100000):\n    a = [a]\na"
    assert "RecursionError: maximum recursion depth exceeded" in failure_of(source)


def test_an_error_in_repr_is_the_programs() -> None:
    source = "class A:\n    def __repr__(self):\n        return 1 / 0\n[A()]"
    assert failure_of(source).startswith('Traceback (most recent call last):\n  File "<code>", line 3, in __repr__\n')


def test_a_trailing_globals_does_not_hold_itself() -> None:
    assert "<result>" not in result_of("globals()")


def test_numpys_numbers_are_numbers() -> None:
    numpy = pytest.importorskip("numpy")
    assert encode_result([numpy.int64(1), numpy.float32(0.5), numpy.bool_(True), {numpy.int8(2): 3}]) == (
        b'[1, 0.5, true, {"2": 3}]'
    )
    assert encode_result([numpy.float64("nan"), numpy.float64("inf"), numpy.float64(1)]) == b'["nan", "inf", 1.0]'
    assert encode_result(numpy.arange(3)) == b'"array([0, 1, 2])"'
    for other in (numpy.datetime64("2020-01-01"), numpy.timedelta64(1, "ns"), numpy.longdouble(1), numpy.complex64(1)):
        assert strictly(encode_result(other)) == repr(other)


def test_dataframes_are_their_repr() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, 2]})
    assert strictly(encode_result(frame)) == repr(frame)
    assert encode_result(frame.a.value_counts().to_dict()) == b'{"1": 1, "2": 1}'
