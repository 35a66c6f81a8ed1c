"""
Assembles a system call policy into a classic BPF program for seccomp(2).

The program finds the call's number by binary search, so that a policy of hundreds of calls costs nine comparisons.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# <linux/seccomp.h>
ALLOW = 0x7FFF0000
KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000
# <linux/bpf_common.h>
_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_AND = 0x54  # BPF_ALU | BPF_AND | BPF_K
_JUMP = 0x05  # BPF_JMP | BPF_JA
_JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_GREATER_EQUAL = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K
# Offsets in struct seccomp_data, of a little-endian machine.
_NUMBER = 0
_ARCHITECTURE = 4
_ARGUMENTS = 16

_ALL_BITS = 0xFFFFFFFF
_Code = list[bytes]


def refuse(error: int) -> int:
    """The verdict that answers a call with an errno."""
    return _ERRNO | error


@dataclass(frozen=True)
class Condition:
    """
    Holds when an argument (counted from 0), cut down to the bits of `mask`, is one of some values. It looks at the low
    half, which is all that the kernel sees of a number; of a pointer there is a high half as well.
    """

    argument: int
    values: Sequence[int]
    mask: int = _ALL_BITS
    high: bool = False


@dataclass(frozen=True)
class Clause:
    """A verdict for a call whose arguments meet all conditions."""

    verdict: int
    conditions: Sequence[Condition]


@dataclass(frozen=True)
class Rule:
    """The verdict of the first clause that is met, else that of the rule itself."""

    verdict: int
    clauses: Sequence[Clause] = ()


def assemble(architecture: int, rules: Mapping[int, Rule], default: Rule) -> bytes:
    """
    A program (struct sock_filter[]) with a rule for each system call number of `architecture` (AUDIT_ARCH_…).

    Calls made by another architecture's convention end the process.
    """
    starts: list[tuple[int, Rule]] = []
    for number in sorted({0, *rules, *(number + 1 for number in rules)}):
        rule = rules.get(number, default)
        if not starts or rule != starts[-1][1]:  # a run of numbers with the same rule is one range
            starts.append((number, rule))
    check = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_JUMP_EQUAL, architecture, 1, 0),
        _instruction(_RETURN, KILL_PROCESS),
        _instruction(_LOAD, _NUMBER),
    ]
    return b"".join(check + _search(starts))


def _search(starts: Sequence[tuple[int, Rule]]) -> _Code:
    if len(starts) == 1:
        return _decide(starts[0][1])
    middle = len(starts) // 2
    below, above = _search(starts[:middle]), _search(starts[middle:])
    # A conditional jump reaches 255 instructions; the way to the upper half may be longer.
    return [
        _instruction(_JUMP_GREATER_EQUAL, starts[middle][0], 0, 1),
        _instruction(_JUMP, len(below)),
        *below,
        *above,
    ]


def _decide(rule: Rule) -> _Code:
    code: _Code = []
    for clause in rule.clauses:
        code += _test(clause.conditions, _instruction(_RETURN, clause.verdict))
    return [*code, _instruction(_RETURN, rule.verdict)]


def _test(conditions: Sequence[Condition], verdict: bytes) -> _Code:
    """Code that ends in the verdict when all conditions hold, and else falls through behind it."""
    code = [verdict]
    for condition in reversed(conditions):
        load = [_instruction(_LOAD, _ARGUMENTS + 8 * condition.argument + 4 * condition.high)]
        if condition.mask != _ALL_BITS:
            load.append(_instruction(_AND, condition.mask))
        count = len(condition.values)
        comparisons = [
            # To what follows the jump over it, when equal.
            _instruction(_JUMP_EQUAL, value & _ALL_BITS, count - index, 0)
            for index, value in enumerate(condition.values)
        ]
        code = [*load, *comparisons, _instruction(_JUMP, len(code)), *code]
    return code


def _instruction(operation: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", operation, if_true, if_false, operand)
