"""
The system calls of a jail: what CPython, its standard library, numpy, pandas and ordinary programs need, and no more.

The filter is loaded once, by the server, and inherited by every child: loading one in each child would cost 0.2 ms of a
short job. So it lets through the two calls that the server's children need before their program, `mount` and one form
of `unshare`: they take a capability, which a program has not.
"""

import ctypes
import errno
import resource
import socket
import stat

from . import linux
from .bpf import ALLOW, Clause, Condition, Rule, assemble, refuse

_ALLOWED = (
    # files
    "read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 open openat creat close close_range "
    "dup dup2 dup3 pipe pipe2 lseek stat fstat lstat newfstatat statx access faccessat faccessat2 getdents getdents64 "
    "getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat "
    "readlink readlinkat chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat "
    "truncate ftruncate fallocate fsync fdatasync statfs fstatfs umask flock sendfile copy_file_range splice "
    "getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr lremovexattr fremovexattr "
    # waiting
    "select pselect6 poll ppoll epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd "
    "eventfd2 signalfd signalfd4 timerfd_create timerfd_settime timerfd_gettime "
    # memory
    "mprotect munmap mremap brk msync mlock munlock "
    # processes and threads
    "fork vfork execve execveat exit exit_group wait4 waitid kill tkill tgkill pidfd_open pidfd_send_signal getpid "
    "getppid gettid getpgrp getpgid setpgid getsid setsid set_tid_address set_robust_list rseq futex futex_waitv "
    "futex_wake futex_wait futex_requeue arch_prctl getrlimit getrusage times "
    "getuid geteuid getgid getegid getresuid getresgid getgroups setuid setgid setreuid setregid setresuid setresgid "
    "setgroups setfsuid setfsgid capget "
    # scheduling
    "sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_setparam sched_getscheduler "
    "sched_setscheduler sched_getattr sched_get_priority_max sched_get_priority_min "
    "sched_rr_get_interval getpriority setpriority getcpu "
    # signals
    "rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigqueueinfo rt_tgsigqueueinfo "
    "rt_sigsuspend sigaltstack restart_syscall pause alarm getitimer setitimer "
    # time
    "time gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep timer_create timer_settime timer_gettime "
    "timer_getoverrun timer_delete "
    # sockets
    "connect accept accept4 bind listen sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown getsockname "
    "getpeername getsockopt "
    # what the machine is
    "uname sysinfo getrandom "
    # the server's children, see above
    "mount"
)
#: Programs may try these and are told that they may not. Whatever is named nowhere does not exist for them (ENOSYS):
#: that is what libraries look for before they fall back on something older.
_REFUSED = (
    # namespaces, mounts and roots: a job has all of its own already
    "setns umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr "
    # other processes' memory and descriptors, and handles that pass by path permissions
    "ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd open_by_handle_at name_to_handle_at "
    # large parts of the kernel that no program here needs
    "bpf perf_event_open keyctl add_key request_key fanotify_init fanotify_mark quotactl acct capset "
    # what the kernel counts, or does, for all users together, and no cgroup does: one job would take it from all others
    "inotify_init inotify_init1 ioprio_set syncfs "
    # with a time slice of its own choice a job comes before all others, or keeps a CPU from them
    "sched_setattr "
    # the machine itself
    "kexec_load kexec_file_load init_module finit_module delete_module swapon swapoff reboot syslog sethostname "
    "setdomainname settimeofday clock_settime clock_adjtime adjtimex iopl ioperm vhangup modify_ldt"
)

# <linux/sched.h>
_CLONE_NAMESPACES = 0x7E020080  # all CLONE_NEW… there are
_CLONE_PARENT = 0x00008000  # a child of the server's
#: Without CLONE_THREAD: a process whose locks on files outlive it, where the server does not see them.
_CLONE_FILES = 0x00000400
_CLONE_THREAD = 0x00010000
_HUGE_PAGES = 0x00040000  # MAP_HUGETLB: from a pool of the machine's (<asm-generic/mman-common.h>)
_MFD_HUGETLB = 0x0004  # <linux/memfd.h>
_MADV_MERGEABLE = 12  # one job could tell from the time of a write what another has in memory
_FADV_DONTNEED = 4  # drops from the page cache what other jails read, too (<linux/fadvise.h>)
_F_NOTIFY = 1026  # like inotify (<linux/fcntl.h>)
#: F_OFD_GETLK, …_SETLK, …_SETLKW: locks of no process, so that each jail's server would count them as its own.
_OFD_LOCKS = (36, 37, 38)
_PERSONALITY_QUERY = 0xFFFFFFFF
#: SO_ATTACH_FILTER, …_BPF, …_REUSEPORT_CBPF, …_REUSEPORT_EBPF: programs for the kernel.
_SOCKET_FILTERS = (26, 50, 51, 52)
#: What terminals, pipes and sockets are asked (ioctl_list(2)).
_IOCTLS = (
    *(0x5401, 0x5402, 0x5403, 0x5404),  # TCGETS, TCSETS, TCSETSW, TCSETSF
    *(0x540F, 0x5410, 0x5411, 0x5413, 0x541B),  # TIOCGPGRP, TIOCSPGRP, TIOCOUTQ, TIOCGWINSZ, FIONREAD
    *(0x5421, 0x5450, 0x5451, 0x5452),  # FIONBIO, FIONCLEX, FIOCLEX, FIOASYNC
)
_CLONES = (0x40049409, 0x4020940D)  # FICLONE, FICLONERANGE
#: Of a process's own (prctl(2)): death signal, dumpable, name, seccomp (asked), bounding set (asked), timer slack,
#: subreaper, no_new_privs, thread id address, huge pages. Not the names of memory areas, which no cgroup counts.
_PRCTLS = (1, 2, 3, 4, 7, 15, 16, 21, 23, 29, 30, 36, 37, 38, 39, 40, 41, 42)
_FILE_KINDS = (0, stat.S_IFREG, stat.S_IFIFO, stat.S_IFSOCK)
_KIND_MASK = 0o170000

_UNKNOWN = Rule(refuse(errno.ENOSYS))


def _only(argument: int, values: tuple[int, ...], *, mask: int = 0xFFFFFFFF, otherwise: int = errno.EPERM) -> Rule:
    return Rule(refuse(otherwise), (Clause(ALLOW, (Condition(argument, values, mask),)),))


def _unless(argument: int, values: tuple[int, ...], *, error: int) -> Rule:
    return Rule(ALLOW, (Clause(refuse(error), (Condition(argument, values),)),))


_RULES = {
    _ALLOWED: Rule(ALLOW),
    _REFUSED: Rule(refuse(errno.EPERM)),
    "unshare": _only(0, (linux.CLONE_NEWNS,)),
    "clone": Rule(
        refuse(errno.EPERM),
        (
            Clause(refuse(errno.EPERM), (Condition(0, (_CLONE_FILES,), mask=_CLONE_FILES | _CLONE_THREAD),)),
            Clause(ALLOW, (Condition(0, (0,), mask=_CLONE_NAMESPACES | _CLONE_PARENT),)),
        ),
    ),
    "mmap": _only(3, (0,), mask=_HUGE_PAGES, otherwise=errno.ENOMEM),
    "memfd_create": _only(1, (0,), mask=_MFD_HUGETLB, otherwise=errno.EINVAL),
    "madvise": _unless(2, (_MADV_MERGEABLE,), error=errno.EINVAL),
    "fadvise64": _unless(3, (_FADV_DONTNEED,), error=0),  # advice, which may be taken or not
    "fcntl": _unless(1, (_F_NOTIFY, *_OFD_LOCKS), error=errno.EINVAL),
    "ioctl": Rule(
        refuse(errno.ENOTTY),
        (
            Clause(ALLOW, (Condition(1, _IOCTLS),)),
            Clause(refuse(errno.EOPNOTSUPP), (Condition(1, _CLONES),)),  # what tmpfs answers
        ),
    ),
    "prctl": _only(0, _PRCTLS, otherwise=errno.EINVAL),
    # As on a file system that has none: access control lists would lie in memory that no cgroup counts.
    "setxattr lsetxattr fsetxattr": Rule(refuse(errno.ENOTSUP)),
    "personality": _only(0, (_PERSONALITY_QUERY,)),
    "mknod": _only(1, _FILE_KINDS, mask=_KIND_MASK),
    "mknodat": _only(2, _FILE_KINDS, mask=_KIND_MASK),
    # No network at all: the kernel's has counters, labels and keys that outlive a job, in memory that no cgroup counts.
    "socket": Rule(
        refuse(errno.EAFNOSUPPORT),
        (
            Clause(ALLOW, (Condition(0, (socket.AF_UNIX,)),)),
            Clause(refuse(errno.ENETUNREACH), (Condition(0, (socket.AF_INET, socket.AF_INET6)),)),
        ),
    ),
    "socketpair": _only(0, (socket.AF_UNIX,), otherwise=errno.EAFNOSUPPORT),
    "setsockopt": Rule(
        ALLOW,
        (Clause(refuse(errno.EPERM), (Condition(1, (socket.SOL_SOCKET,)), Condition(2, _SOCKET_FILTERS))),),
    ),
    # The limit of core files may be read and must not be lowered, see powers.py.
    "setrlimit": _unless(0, (resource.RLIMIT_CORE,), error=errno.EPERM),
    "prlimit64": Rule(
        ALLOW,
        (
            Clause(ALLOW, (Condition(2, (0,)), Condition(2, (0,), high=True))),
            Clause(refuse(errno.EPERM), (Condition(1, (resource.RLIMIT_CORE,)),)),
        ),
    ),
}


def load() -> None:
    """Puts the calling process and all that it will start under the filter. Needs libseccomp.so.2 (2.5)."""
    linux.load_filter(assemble(_library().seccomp_arch_native(), _rules(), _UNKNOWN))


def call_numbers() -> list[int]:
    """The calls that this machine's filter has a rule for."""
    return list(_rules())


def _rules() -> dict[int, Rule]:
    resolve = _library().seccomp_syscall_resolve_name
    rules = [(name, rule) for names, rule in _RULES.items() for name in names.split()]
    numbered = [(resolve(name.encode()), rule) for name, rule in rules]
    # A negative one is not of this architecture, or newer than this libseccomp.
    return {number: rule for number, rule in numbered if number >= 0}


def _library() -> ctypes.CDLL:
    """libseccomp, which knows the calls' numbers on each architecture."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_arch_native.restype = ctypes.c_uint32
    return library
