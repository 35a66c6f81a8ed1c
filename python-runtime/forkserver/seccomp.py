"""
The system call filter of a jail, built by the server with libseccomp, loaded once and inherited by every child.

Loading it in each child would cost a tenth of a short job. So it lets through the two calls that the server's children
need before their program, `mount` and one form of `unshare`: they take a capability, which a program has not.
"""

import ctypes
import errno
import os
import socket

from . import linux

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_NOT_EQUAL = 1
_MASKED_EQUAL = 7
_EQUAL = 4
_GREATER = 6
_OPTIMIZE = 8  # SCMP_FLTATR_CTL_OPTIMIZE: a binary tree instead of a list
_DENIED = (
    # namespaces, mounts and roots: a job has all of its own already
    "setns umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr "
    "open_tree_attr statmount listmount "
    # other processes' memory, and handles that pass by path permissions
    "ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd open_by_handle_at name_to_handle_at "
    # large kernel surfaces that no program here needs
    "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register keyctl add_key request_key "
    "fanotify_init lookup_dcookie vmsplice quotactl quotactl_fd nfsservctl uselib acct "
    # what the kernel counts per user or machine, and no cgroup does: one job would take it from all others
    "io_setup io_submit io_cancel io_destroy io_getevents io_pgetevents inotify_init inotify_init1 "
    "landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp "
    # the machine itself
    "kexec_load kexec_file_load init_module finit_module delete_module swapon swapoff reboot syslog sethostname "
    "setdomainname settimeofday clock_settime clock_settime64 clock_adjtime adjtimex stime iopl ioperm vhangup "
    "modify_ldt personality"
)
_CLONE_NAMESPACES = (
    0x00000080,  # CLONE_NEWTIME
    0x00020000,  # CLONE_NEWNS
    0x02000000,  # CLONE_NEWCGROUP
    0x04000000,  # CLONE_NEWUTS
    0x08000000,  # CLONE_NEWIPC
    0x10000000,  # CLONE_NEWUSER
    0x20000000,  # CLONE_NEWPID
    0x40000000,  # CLONE_NEWNET
)
#: Not AF_NETLINK: its queues lie in memory that no cgroup counts.
_SOCKET_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)
_LAST_FAMILY = 48
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C


class _Comparison(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


class _Program(ctypes.Structure):
    """struct sock_fprog (<linux/filter.h>)."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def load() -> None:
    """Puts the calling process and all that it will start under the filter. Needs libseccomp.so.2 (2.5)."""
    instructions = ctypes.create_string_buffer(_build())
    program = _Program((len(instructions) - 1) // 8, ctypes.addressof(instructions))
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.prctl(linux.PR_SET_SECCOMP, linux.SECCOMP_MODE_FILTER, ctypes.addressof(program))


def _build() -> bytes:
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_attr_set.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32)
    library.seccomp_rule_add_array.argtypes = (
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.POINTER(_Comparison),
    )
    library.seccomp_export_bpf.argtypes = (ctypes.c_void_p, ctypes.c_int)
    library.seccomp_release.argtypes = (ctypes.c_void_p,)
    context = library.seccomp_init(_ALLOW)

    def deny(name: str, error: int, *comparisons: _Comparison) -> None:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number == -1:  # a newer call than this libseccomp knows
            return
        array = (_Comparison * len(comparisons))(*comparisons)
        result = library.seccomp_rule_add_array(context, _ERRNO | error, number, len(comparisons), array)
        if result != 0:
            raise OSError(-result, f"seccomp rule for {name}")

    library.seccomp_attr_set(context, _OPTIMIZE, 2)
    for name in _DENIED.split():
        deny(name, errno.EPERM)
    deny("unshare", errno.EPERM, _Comparison(0, _NOT_EQUAL, linux.CLONE_NEWNS | linux.CLONE_NEWIPC, 0))
    # Its flags lie behind a pointer that a filter cannot follow; C libraries fall back to clone.
    deny("clone3", errno.ENOSYS)
    for flag in _CLONE_NAMESPACES:
        deny("clone", errno.EPERM, _Comparison(0, _MASKED_EQUAL, flag, flag))
    for family in set(range(_LAST_FAMILY)) - set(_SOCKET_FAMILIES):
        deny("socket", errno.EAFNOSUPPORT, _Comparison(0, _EQUAL, family, 0))
    deny("socket", errno.EAFNOSUPPORT, _Comparison(0, _GREATER, _LAST_FAMILY - 1, 0))
    deny("socketpair", errno.EAFNOSUPPORT, _Comparison(0, _NOT_EQUAL, socket.AF_UNIX, 0))
    for request in (_TIOCSTI, _TIOCLINUX):
        deny("ioctl", errno.EPERM, _Comparison(1, _MASKED_EQUAL, 0xFFFFFFFF, request))
    try:
        return _export(library, context)
    finally:
        library.seccomp_release(context)


def _export(library: ctypes.CDLL, context: int) -> bytes:
    reader, writer = os.pipe()
    try:
        result = library.seccomp_export_bpf(context, writer)
        if result != 0:
            raise OSError(-result, "seccomp_export_bpf")
        return os.read(reader, 65536)
    finally:
        os.close(reader)
        os.close(writer)
