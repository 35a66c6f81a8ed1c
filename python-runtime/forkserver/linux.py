"""The few Linux system calls that the standard library has no name for."""

import ctypes
import os
from collections.abc import Sequence
from contextlib import suppress

# <linux/capability.h>
CAP_CHOWN = 0
CAP_KILL = 5
CAP_SETGID = 6
CAP_SETUID = 7
CAP_SYS_ADMIN = 21
# <linux/sched.h>, <linux/mount.h>, <linux/prctl.h>, <linux/seccomp.h>
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
MADV_WIPEONFORK = 18  # <asm-generic/mman-common.h>
MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 32
MS_BIND = 4096
_MNT_DETACH = 2
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
_PR_CAPBSET_DROP = 24
_PR_SET_SECUREBITS = 28
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_MORE_THAN_THERE_ARE = 64
_LINUX_CAPABILITY_VERSION_3 = 0x20080522  # <linux/capability.h>
#: An exec gives root nothing, and nothing is raised again: SECBIT_NOROOT, SECBIT_KEEP_CAPS_LOCKED,
#: SECBIT_NO_CAP_AMBIENT_RAISE, each locked (<linux/securebits.h>).
_SECUREBITS = 0x01 | 0x02 | 0x20 | 0x40 | 0x80

#: fork(2) without Python's hooks around it. For a process of one thread whose children see to themselves.
fork = ctypes.PyDLL(None).fork

_libc = ctypes.CDLL(None, use_errno=True)
_libc.unshare.argtypes = (ctypes.c_int,)
_libc.mount.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)
_libc.prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """unshare(2)."""
    _check(_libc.unshare(flags), "unshare")


def mount(source: bytes, target: bytes, kind: bytes, flags: int, options: bytes | None = None) -> None:
    """mount(2)."""
    _check(_libc.mount(source, target, kind, flags, options), f"mount {target.decode()}")


def mount_tmpfs(target: bytes, options: bytes) -> None:
    """An empty tmpfs over `target`, without devices and set-user-id bits (mount(2), tmpfs(5))."""
    mount(b"tmpfs", target, b"tmpfs", MS_NOSUID | MS_NODEV, options)


def make_read_only(target: bytes) -> None:
    """Makes a mount read-only for all who see this mount namespace."""
    flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC
    _check(_libc.mount(None, target, None, flags, None), f"remount {target.decode()}")


def unmount(target: bytes) -> None:
    """umount2(2), at once."""
    _check(_libc.umount2(target, _MNT_DETACH), f"unmount {target.decode()}")


def keep_capabilities(capabilities: Sequence[int]) -> None:
    """
    Gives up all other capabilities for good (capabilities(7)): what is kept is nothing that a child could inherit or an
    exec could give back.
    """
    with suppress(OSError):  # beyond the last one that this kernel knows
        for capability in range(_MORE_THAN_THERE_ARE):
            prctl(_PR_CAPBSET_DROP, capability)
    prctl(_PR_SET_SECUREBITS, _SECUREBITS)
    kept = sum(1 << capability for capability in capabilities)
    header = (ctypes.c_uint32 * 2)(_LINUX_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0)  # effective, permitted, inheritable, in two halves
    _check(_libc.capset(header, sets), "capset")


def load_filter(instructions: bytes) -> None:
    """Puts the calling process, and all that it will start, under a seccomp(2) filter (struct sock_filter[])."""
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    program = _FilterProgram(len(instructions) // 8, ctypes.addressof(buffer))
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program))


class _FilterProgram(ctypes.Structure):
    """struct sock_fprog (<linux/filter.h>)."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def give_back_free_memory() -> None:
    """malloc_trim(3): what imports have used and freed would be copied by each fork."""
    _libc.malloc_trim(0)


def prctl(option: int, argument: int, pointer: int | None = None) -> None:
    """prctl(2)."""
    _check(_libc.prctl(option, argument, pointer, 0, 0), f"prctl {option}")
