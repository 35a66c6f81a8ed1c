"""The frames between the fork server and the service, over one stream socket.

Server to service: one byte kind, four bytes length (big-endian), then so many bytes.
Service to server: one byte kind, four bytes number. The same fixtures test this and the service's codec.
"""

import struct
from enum import IntEnum

FRAME_HEADER = struct.Struct("!cI")
ORDER = struct.Struct("!cI")
EXIT = struct.Struct("!Bi")

STDOUT = b"O"
STDERR = b"E"
RESULT = b"R"
EXITED = b"X"
READY = b"H"

START = b"S"
CANCEL = b"K"


class Cause(IntEnum):
    """Why the server ended a job. NONE: it ended by itself."""

    NONE = 0
    DEADLINE = 1
    OUTPUT = 2
    CANCEL = 3
    MEMORY = 4


def encode(kind: bytes, payload: bytes) -> bytes:
    """One frame to the service."""
    return FRAME_HEADER.pack(kind, len(payload)) + payload


def encode_exit(cause: Cause, wait_status: int) -> bytes:
    """The last frame of a job. `wait_status` is what waitpid(2) gave for its first process."""
    return encode(EXITED, EXIT.pack(cause, wait_status))


def decode_order(order: bytes) -> tuple[bytes, int]:
    """An order from the service: (START, run time in milliseconds) or (CANCEL, 0)."""
    kind, number = ORDER.unpack(order)
    return kind, number
