"""The frames and orders, from the fixtures that the service's codec is tested with too."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from forkserver import frames
from forkserver.child import _receive

FIXTURES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[2] / "test" / "fixtures" / "frames.json").read_text()
)
KINDS = {"stdout": frames.STDOUT, "stderr": frames.STDERR, "result": frames.RESULT, "ready": frames.READY}


def named(group: str) -> pytest.MarkDecorator:
    """One test for each fixture of a group."""
    return pytest.mark.parametrize("fixture", [pytest.param(one, id=one["name"]) for one in FIXTURES[group]])


@named("conversations")
def test_frames_are_written_as_the_service_reads_them(fixture: dict[str, Any]) -> None:
    for frame in fixture["frames"]:
        if frame["kind"] == "exited":
            written = frames.encode_exit(frames.Cause(frame["cause"]), frame["waitStatus"])
        else:
            written = frames.encode(KINDS[frame["kind"]], bytes.fromhex(frame["payload"]))
        assert written.hex() == frame["bytes"]


@named("orders")
def test_orders_are_read_as_the_service_writes_them(fixture: dict[str, Any]) -> None:
    order = frames.decode_order(bytes.fromhex(fixture["bytes"]))
    assert order == (fixture["kind"].encode(), fixture["number"])


@named("programs")
@pytest.mark.parametrize("piece", [1, 3, 65536])
def test_programs_are_read_as_the_service_writes_them(fixture: dict[str, Any], piece: int) -> None:
    message = bytes.fromhex(fixture["bytes"])
    reader, writer = os.pipe()
    try:
        for start in range(0, len(message), piece):
            os.write(writer, message[start : start + piece])
        assert _receive(reader) == fixture["code"]
    finally:
        os.close(reader)
        os.close(writer)


def test_no_two_kinds_are_alike() -> None:
    kinds = [frames.STDOUT, frames.STDERR, frames.RESULT, frames.EXITED, frames.READY]
    assert len(set(kinds)) == len(kinds)
    assert frames.START != frames.CANCEL
