"""What the service tells a fork server at its start."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """One jail's settings. Everything here may be seen by the programs that run in it."""

    preload: tuple[str, ...]
    """Modules imported before the first job."""
    control_fd: int
    """Stream socket: orders in, frames out."""
    program_fd: int
    """Stream socket: programs in. Only children read it, so that the server never holds one."""
    job_uid: int
    """User and group id of a job, inside the jail's user namespace."""
    output_bytes: int
    """The most a job may write to stdout, to stderr and as its result, each by itself."""
    tmp_bytes: int
    """Size of a job's /tmp and of its /dev/shm."""
    processes: int
    """RLIMIT_NPROC of a job."""
    data_bytes: int
    """RLIMIT_DATA of each of a job's processes."""

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """Reads what the service's `ForkServerSettings` wrote."""
        raw = json.loads(text)
        return cls(**{**raw, "preload": tuple(raw["preload"])})
