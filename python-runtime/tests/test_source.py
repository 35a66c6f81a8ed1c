"""`return` and trailing expressions of whole programs, and what else compiling must keep."""

# Programs are told apart more easily when each has a line.
# ruff: noqa: E501, ISC004

import pytest
from in_child import failure_of, result_of, run

from forkserver.source import FILENAME, compile_program, source_lines
from forkserver.top_level import RESULT_NAME


def evaluate(source: str) -> object:
    names: dict[str, object] = {"__name__": "__main__"}
    exec(compile_program(source), names)
    return names.pop(RESULT_NAME, None)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("", None),
        ("\n\n# nothing\n", None),
        ("5", 5),
        ("x = 5", None),
        ("x = 5\nx + 1", 6),
        ("x = 5; x + 1", 6),
        ("import math; math.floor(2.5)", 2),
        ("result = 7\nresult  # last\n\n# more\n", 7),
        ("x = [\n1,\n2,\n]", None),
        ("x = 3\nmax(\n1,\nx,\n)", 3),
        ("sum([\n1,\n2,\n])\n", 3),
        ("x = '''\n5\n'''", None),
        ("x = '''\nif y\n'''\nx", "\nif y\n"),
        ("'''\n5\n'''", "\n5\n"),
        ("x = 1 + \\\n2", None),
        ("x = 1\nx + \\\n2", 3),
        ("a = abs \\\n(1)", None),
        ("abs \\\n(-1)", 1),
        ("# \\\n7", 7),
        ("a = (1, 2)\n0, *a", (0, 1, 2)),
        ("*(1, 2),", (1, 2)),
        ("(y := 4)", 4),
        ("if True:\n    5", None),
        ("for i in []:\n    1\nelse:\n    2", None),
        ("try:\n    1\nexcept ValueError:\n    2\nfinally:\n    3", None),
        ("x = 1\r\nx + 1\r\n", 2),
        ("x = 1\rx + 1\r", 2),
        ("import math\n\fmath.floor(1.5)", 1),
        ("lambda: 0\n(lambda: 3)()", 3),
        ("from __future__ import annotations\n3", 3),
        ("'doc'", "doc"),
        ("'doc'\n4", 4),
        ("x = 1\n'text'", "text"),
        ("f'{1}'", "1"),
        ("return", None),
        ("return 5", 5),
        ("return 5\n6", 5),
        ("5\nreturn", None),
        ("if False:\n    return 5\n6", 6),
        ("if True:\n    return 5\n6", 5),
        ("if False:\n    pass\nelif True:\n    return 3\n6", 3),
        ("def f():\n    return 1\nf()", 1),
        ("def f():\n    return 1\nreturn f() + 1", 2),
        ("class A:\n    def f(self):\n        return 1\nA().f()", 1),
        ("for i in range(9):\n    if i == 3:\n        return i\n7", 3),
        ("for i in range(3):\n    if i == 3:\n        return i\n7", 7),
        ("for i in range(3):\n    if i == 3:\n        return i\nelse:\n    return 'else'\n7", "else"),
        ("for i in range(3):\n    if i == 1:\n        break\n    if i == 2:\n        return i\nelse:\n    return 0\n7", 7),
        ("while True:\n    while True:\n        for i in range(3):\n            return i", 0),
        ("for i in range(3):\n    for j in range(3):\n        if i + j == 3:\n            return [i, j]\n7", [1, 2]),
        ("for i in range(3):\n    for j in []:\n        return 1\n    else:\n        continue\n    return 2\n7", 7),
        ("for i in range(3):\n    for j in []:\n        return 1\n    else:\n        return i", 0),
        ("try:\n    return 1\nfinally:\n    done = 2", 1),
        ("try:\n    return 1\nfinally:\n    return 2", 2),
        ("try:\n    return 1\nexcept BaseException:\n    return 2", 1),
        ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    return 2", 2),
        ("try:\n    pass\nexcept ValueError:\n    pass\nelse:\n    return 3", 3),
        ("try:\n    return 4\nexcept* ValueError:\n    pass", 4),
        ("import contextlib\nwith contextlib.nullcontext(6) as x:\n    return x", 6),
        ("match [1, 2]:\n    case [a, b]:\n        return a + b\n9", 3),
        ("from math import *\nif pi > 3:\n    return floor(pi)", 3),
        # A `finally` takes a return back.
        ("while True:\n    try:\n        return 1\n    finally:\n        break", None),
        ("for i in range(2):\n    try:\n        return i\n    finally:\n        continue\n8", 8),
        ("for i in range(2):\n    try:\n        try:\n            return i\n        finally:\n            1 / 0\n"
         "    except ZeroDivisionError:\n        pass\nx = 8", None),
        ("for i in range(2):\n    for j in range(2):\n        try:\n            return 1\n        finally:\n"
         "            break\n9", 9),
        ("try:\n    return 1\nfinally:\n    for i in range(3):\n        if i == 5:\n            return 2", 1),
    ],
)  # fmt: skip
def test_the_result(source: str, result: object) -> None:
    assert evaluate(source) == result


def test_a_return_leaves_with_blocks_and_runs_finally() -> None:
    source = (
        "import contextlib\n@contextlib.contextmanager\ndef c():\n    print('in')\n    yield\n    print('out')\n"
        "for i in range(3):\n    with c():\n        try:\n            return i\n        finally:\n            print('f')\n"
    )
    ended = run(source)
    assert (ended.report, ended.stdout) == (b"R0", "in\nf\nout\n")


@pytest.mark.parametrize(
    "source",
    [
        "x = = 1",
        "x = 1\nbreak",
        "continue",
        "if True:\n    return 1\nbreak",
        "return 1\nif True:\n    continue",
        "for i in []:\n    return\nelse:\n    break",
        "class A:\n    return 1",
        "class A:\n    for i in []:\n        return 1\nreturn 2",
        "try:\n    pass\nexcept* ValueError:\n    return 1",
        "return (yield)",
        "await x",
        "x = 1\nfrom __future__ import annotations",
        "x = 1\nglobal x",
        "nonlocal x",
        "async for i in []:\n    return 1",
        "def f(a, a): pass",
        "print('a'",
        "if x:\nprint(1)",
        "\x00",
        "'''\nunclosed",
    ],
)
def test_no_program(source: str) -> None:
    with pytest.raises((SyntaxError, ValueError)):
        compile_program(source)


def test_a_lone_surrogate_is_refused_as_python_does() -> None:
    assert failure_of("x = '\ud800'").startswith("UnicodeEncodeError: 'utf-8' codec can't encode")


def test_a_compilers_error_shows_its_line_and_characters() -> None:
    with pytest.raises(SyntaxError) as caught:
        compile_program("x = 1\nif x:\n    'ééé'; break\n")
    error = caught.value
    assert (error.filename, error.lineno, error.text, error.offset) == (FILENAME, 3, "    'ééé'; break\n", 12)
    assert error.msg == "'break' outside loop"
    assert failure_of("x = 1\ndef f():\n    nonlocal x\n") == (
        "  File \"<code>\", line 3\n    nonlocal x\n    ^^^^^^^^^^\nSyntaxError: no binding for nonlocal 'x' found"
    )


def test_lines_of_a_traceback_are_right() -> None:
    source = "x = 0\n\n\nif x == 0:\n    for i in [1]:\n        y = 1\n        if x:\n            return 1\n\n1 / x\n"
    assert 'File "<code>", line 10, in <module>\n    1 / x\n' in failure_of(source)
    assert 'File "<code>", line 3, in <module>\n    1 / x' in failure_of("x = 0\n\n1 / x\n")
    assert 'File "<code>", line 2, in <module>\n    return 1 / x' in failure_of("x = 0\nreturn 1 / x\n")


def test_deep_nesting_is_the_programs_own_error() -> None:
    assert "too many nested parentheses" in failure_of("(" * 5000 + ")" * 5000)
    assert run("x = " + "-" * 100_000 + "1").report[:1] == b"E"
    assert result_of("x = 1\ny = " + "+".join(["x"] * 2500) + "\nprint(y)\ny") == "2500"


def test_a_warning_is_shown_once_at_its_line() -> None:
    for source in ("x = 1\nx is 5\n", "x = 1\nif x is 5:\n    return 1\n", "x = 1\nassert (x, 'a')\n"):
        stderr = run(source).stderr
        assert stderr.count("SyntaxWarning") == 1
        assert "<code>:2: SyntaxWarning: " in stderr
        assert source.splitlines()[1] in stderr
    assert '"error"' not in result_of("import warnings\nx = 1\nwarnings.filters")


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("'''doc'''\nif 1:\n    return __doc__", '"doc"'),
        ("'''doc'''\n__doc__", '"doc"'),
        ("x = 1\n'''text'''\n__doc__", "null"),
        ("x: int = 1\nif x:\n    return list(__annotations__)", '["x"]'),
        ("x: int = 1\nlist(__annotations__)", '["x"]'),
        ("def f():\n    global z\n    z = 3\nf()\nif 1:\n    return z", "3"),
        ("class A:\n    class B: pass\n    def f(self): return (lambda: 0).__qualname__\n"
         "if 1:\n    return [A.B.__qualname__, A().f()]", '["A.B", "A.f.<locals>.<lambda>"]'),
        ("import pickle\nclass A: pass\nreturn type(pickle.loads(pickle.dumps(A()))) is A", "true"),
        ("from __future__ import annotations\ndef f(x: nothing): pass\nif 1:\n    return f.__annotations__['x']",
         '"nothing"'),
        ("sorted(n for n in globals() if not n.startswith('__'))", "[]"),
    ],
)  # fmt: skip
def test_what_a_module_has_is_kept(source: str, result: str) -> None:
    assert result_of(source) == result


def test_lines_are_split_as_python_counts_them() -> None:
    assert source_lines("a\r\nb\rc\x0cd\u2028e\n") == ["a\n", "b\n", "c\x0cd\u2028e\n"]
    assert source_lines("") == []
    assert source_lines("a") == ["a\n"]
