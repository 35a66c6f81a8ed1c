"""Random orders and programs for the fork server of a real jail. `FUZZ_SEED` and `FUZZ_SECONDS` as in test/fuzz."""

import contextlib
import os
import random
import time
from pathlib import Path

import pytest
from jail import Jail

from forkserver import frames

pytestmark = pytest.mark.jail

SECONDS = float(os.environ.get("FUZZ_SECONDS", "15"))
FIRST_SEED = int(os.environ.get("FUZZ_SEED", random.randrange(2**31)))
MOST_MESSAGES = 8
PROGRAMS = ("", "1", "print('x' * 10**6)", "while True: pass", "import os; os.fork()", "\ud800", "x = = 1", "\x00")


def an_order(choose: random.Random) -> bytes:
    kind = choose.choice((frames.START, frames.START, frames.CANCEL, choose.randbytes(1)))
    number = choose.choice((0, 1, 50, 300, choose.getrandbits(32)))
    return frames.ORDER.pack(kind, number)


def a_program(choose: random.Random) -> bytes:
    text = choose.choice(PROGRAMS).encode("utf-16-le", "surrogatepass")
    noise = choose.randbytes(choose.choice((0, 1, 7, 1000, 100_000)))
    data = choose.choice((text, text, noise))
    wrong = choose.choice((0, len(data) + 1, max(0, len(data) - 1), choose.getrandbits(32)))
    length = len(data) if choose.random() < 0.7 else wrong
    message = length.to_bytes(4, "big") + data
    return message if choose.random() < 0.9 else message[: choose.randrange(len(message))]


def talk(jail: Jail, choose: random.Random) -> None:
    for _ in range(choose.randrange(MOST_MESSAGES)):
        if choose.random() < 0.5:
            jail.send_bytes(an_order(choose), b"")
        else:
            jail.send_bytes(b"", a_program(choose))
    if choose.random() < 0.3:
        jail.send_bytes(choose.randbytes(choose.randrange(20)), b"")
    else:  # whatever runs is ended, and one more is started, which has no time
        jail.order(frames.CANCEL)
        jail.order(frames.START, 50)
        while jail.read_frame()[0] != frames.EXITED:
            pass


def run_round(seed: int) -> None:
    choose = random.Random(seed)
    jail = Jail()
    try:
        jail.await_ready()
        server = jail.server_pid
        with contextlib.suppress(EOFError, ConnectionError):  # the server may end, but not wait for ever
            talk(jail, choose)
    finally:
        jail.close()
    assert jail.nsjail.returncode is not None
    assert not Path(f"/proc/{server}").exists()


def test_random_orders_and_programs_are_answered_or_end_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    end = time.monotonic() + SECONDS
    rounds = 0
    while rounds == 0 or time.monotonic() < end:
        try:
            run_round(FIRST_SEED + rounds)
        except Exception as error:
            raise AssertionError(f"seed {FIRST_SEED + rounds}: {error!r}") from error
        rounds += 1
    with capsys.disabled():
        print(f"\nfuzz: orders and programs to a fork server: seed {FIRST_SEED}, {rounds} jails")
