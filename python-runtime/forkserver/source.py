"""Compiles a program so that its top-level `return`, or else its trailing expression, leaves a value behind."""

import ast
import sys
from types import CodeType

from .top_level import keep_result

#: What tracebacks and warnings call the program.
FILENAME = "<code>"


def source_lines(source: str) -> list[str]:
    """The program's lines as Python counts them, each with its newline."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[-1]:
        lines.pop()
    return [line + "\n" for line in lines]


def compile_program(source: str) -> CodeType:
    """
    The program as code that leaves its result, if it has one, in the global `RESULT_NAME`.

    @raises Exception what Python raises for a program that it cannot compile; a SyntaxError shows the program's line
    """
    limit = sys.getrecursionlimit()
    # The compiler nests as deeply as three times this; but only once, where the tree's nodes are Python's objects.
    sys.setrecursionlimit(3 * limit)
    try:
        tree = compile(source, FILENAME, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
        assert isinstance(tree, ast.Module)
        keep_result(tree.body)
        return compile(tree, FILENAME, "exec", dont_inherit=True)
    except SyntaxError as error:
        _show_line(error, source)
        raise
    finally:
        sys.setrecursionlimit(limit)


def _show_line(error: SyntaxError, source: str) -> None:
    """Gives an error of the compiler, which looks for its line in a file, the line; and columns in characters."""
    if error.text is not None or error.lineno is None:
        return
    error.filename = FILENAME
    lines = source_lines(source)
    if 0 < error.lineno <= len(lines):
        error.text = lines[error.lineno - 1]
        error.offset = _character(error.text, error.offset)
        if error.end_lineno and error.end_lineno <= len(lines):
            error.end_offset = _character(lines[error.end_lineno - 1], error.end_offset)


def _character(line: str, offset: int | None) -> int | None:
    return offset and len(line.encode()[: offset - 1].decode(errors="replace")) + 1
