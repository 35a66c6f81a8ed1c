"""Gives a module what only functions have: a `return`, and with it a result."""

import ast

#: The global that holds the program's result. No identifier, so that no program can mean it by accident.
RESULT_NAME = "<result>"

#: The fields of a statement that hold statements of the same scope; `except` clauses and `case` blocks count as such.
_BLOCKS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.If: ("body", "orelse"),
    ast.For: ("body", "orelse"),
    ast.While: ("body", "orelse"),
    ast.With: ("body",),
    ast.Try: ("body", "handlers", "orelse", "finalbody"),
    ast.TryStar: ("body", "handlers", "orelse", "finalbody"),
    ast.ExceptHandler: ("body",),
    ast.Match: ("cases",),
    ast.match_case: ("body",),
}
_STRAY = {ast.Break: "'break' outside loop", ast.Continue: "'continue' not properly in loop"}
_LOAD, _STORE = ast.Load(), ast.Store()
_located = ast.copy_location


def keep_result(body: list[ast.stmt]) -> None:
    """
    Rewrites a module's statements so that its result is in `RESULT_NAME` when it has run, all positions unchanged.

    @raises SyntaxError for a `break` or `continue` outside loops, which would otherwise become legal
    """
    if not body:
        return
    prologue = _prologue_length(body)
    last = body[-1]
    if isinstance(last, ast.Expr):
        if len(body) == prologue:  # a lone string is docstring and result at once
            body.append(last)
        body[-1] = _assign(RESULT_NAME, last.value, last)
    if not _returns(body):
        return
    # A loop that runs once: `break` leaves it as `return` leaves a function, by way of `finally` and `with`.
    once = _rewrite(body[prologue:], None)
    if not isinstance(last, ast.Expr):
        # A return that a `finally` took back has left its value.
        once.append(_assign(RESULT_NAME, _constant(None, last), last))
    once.append(_located(ast.Break(), last))
    body[prologue:] = [_located(ast.While(_constant(True, last), once, []), body[prologue])]


def _prologue_length(body: list[ast.stmt]) -> int:
    """How many statements must stay first: the docstring and the __future__ imports."""
    first = body[0]
    length = int(
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    for node in body[length:]:
        if not (isinstance(node, ast.ImportFrom) and node.module == "__future__"):
            break
        length += 1
    return length


def _returns(statements: list[ast.stmt]) -> bool:
    pending: list[ast.AST] = list(statements)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Return):
            return True
        for name in _BLOCKS.get(type(node), ()):
            pending += getattr(node, name)
    return False


def _rewrite(statements: list[ast.stmt], flag: str | None) -> list[ast.stmt]:
    """
    The statements with each `return` made a `break` out of all loops.

    `flag` is the global that says, right after the innermost loop around the statements, whether a return left that
    loop. Each way out of the loop sets it, since a `finally` may take a return back. Outside all loops it is None.
    """
    rewritten: list[ast.stmt] = []
    for node in statements:
        if isinstance(node, ast.Return):
            rewritten.append(_assign(RESULT_NAME, node.value or _constant(None, node), node))
            if flag:
                rewritten.append(_assign(flag, _constant(True, node), node))
            rewritten.append(_located(ast.Break(), node))
        elif isinstance(node, ast.Break | ast.Continue):
            if flag is None:
                raise _syntax_error(_STRAY[type(node)], node)
            rewritten += [_assign(flag, _constant(False, node), node), node]
        elif isinstance(node, ast.For | ast.While):
            rewritten += _rewrite_loop(node, flag)
        else:
            for name in _BLOCKS.get(type(node), ()):
                setattr(node, name, _rewrite(getattr(node, name), flag))
            rewritten.append(node)
    return rewritten


def _rewrite_loop(loop: ast.For | ast.While, flag: str | None) -> list[ast.stmt]:
    loop.orelse = _rewrite(loop.orelse, flag)
    if not _returns(loop.body):
        return [loop]
    inner = f"<returned {loop.lineno}:{loop.col_offset}>"
    loop.body = _rewrite(loop.body, inner)
    loop.orelse.insert(0, _assign(inner, _constant(False, loop), loop))
    leave: list[ast.stmt] = [_located(ast.Break(), loop)]
    if flag:
        leave.insert(0, _assign(flag, _constant(True, loop), loop))
    test = _located(ast.Name(inner, _LOAD), loop)
    return [loop, _located(ast.If(test, leave, []), loop)]


def _assign(name: str, value: ast.expr, origin: ast.stmt) -> ast.stmt:
    target = _located(ast.Name(name, _STORE), origin)
    return _located(ast.Assign([target], value), origin)


def _constant(value: bool | None, origin: ast.stmt) -> ast.expr:
    return _located(ast.Constant(value), origin)


def _syntax_error(message: str, node: ast.stmt) -> SyntaxError:
    end_offset = None if node.end_col_offset is None else node.end_col_offset + 1
    return SyntaxError(message, (None, node.lineno, node.col_offset + 1, None, node.end_lineno, end_offset))
