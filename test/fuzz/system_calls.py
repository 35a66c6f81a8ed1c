# Calls the kernel at random in children of its own, and returns how often. `SEED` is set by a line before this one.
import ctypes
import mmap
import os
import random
import signal
import struct
import time

CHILDREN = 24
AT_ONCE = 6
CALLS_EACH = 4000
CHILD_SECONDS = 1
WAKE_SECONDS = 0.01
PROGRAM_SECONDS = 6
NUMBERS = 472
X32 = 0x40000000
# Numbers of no system call end a child at once. So, mostly, do exit, exit_group, pause, rt_sigsuspend, rt_sigreturn, munmap
# and uretprobe; poll, select, pselect6, ppoll, nanosleep, clock_nanosleep and msgrcv take its time.
ODD_CALLS = 0.0003
COSTLY_CALLS = 0.02
COSTLY = {60, 231, 34, 130, 15, 11, 335, 7, 23, 270, 271, 35, 230, 70}
HARMLESS = 39

PATHS = (
    "/ /tmp /tmp/f /tmp/d /dev/null /dev/shm /dev/shm/f /proc /proc/1/mem /proc/1/root /proc/self/mem /proc/self/maps "
    "/proc/self/ns/user /proc/self/ns/mnt /proc/self/fd/3 /proc/self/oom_score_adj /proc/self/uid_map "
    "/proc/self/attr/current /proc/sys/kernel/core_pattern /proc/sysrq-trigger /sys /sys/fs/cgroup /srv/forkserver "
    "/etc/passwd /usr/bin/env /../../.. proc tmpfs cgroup2 overlay lo"
).split()
FLAGS = [1 << bit for bit in range(32)] + [0o100, 0o1000, 0o200000, 0x10000000, 0x7E020000, 0x3D0F00]
ODD = [-1, -2, -100, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**47, 2**63 - 1, -(2**63), 4096, 0x1000000, 0xFFFFFFFFFF600000]

call = ctypes.CDLL(None).syscall
call.restype = ctypes.c_long
memory = ctypes.create_string_buffer(1 << 16)
start = ctypes.addressof(memory)
strings = [ctypes.create_string_buffer(path.encode()) for path in PATHS]
done = mmap.mmap(-1, 8 * CHILDREN)


def a_call(choose):
    if choose.random() < ODD_CALLS:
        return choose.choice((X32 | choose.randrange(600), choose.getrandbits(32), -choose.randrange(2000), *ODD))
    number = choose.randrange(NUMBERS)
    return HARMLESS if number in COSTLY and choose.random() > COSTLY_CALLS else number


def an_argument(choose):
    return any_number(choose) % 2**64


def any_number(choose):
    match choose.randrange(8):
        case 0:
            return 0
        case 1:
            return choose.randrange(-2, 20)  # a descriptor, a signal, a size, an option
        case 2:
            return start + choose.randrange(len(memory))
        case 3:
            return ctypes.addressof(choose.choice(strings))
        case 4:
            return choose.choice(FLAGS) | choose.choice((0, choose.choice(FLAGS)))
        case 5:
            return choose.choice(ODD)
        case 6:
            return choose.choice((os.getpid(), os.getppid(), 1, 1000, os.getuid()))
        case _:
            return choose.getrandbits(64)


def fill(choose):
    """Bytes for the kernel to read as any structure: pointers, small numbers, noise."""
    for place in range(0, len(memory), 8):
        memory[place : place + 8] = struct.pack("=Q", an_argument(choose))


def run_child(number):
    choose = random.Random(SEED * CHILDREN + number)  # noqa: F821
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, WAKE_SECONDS, WAKE_SECONDS)  # a call that waits goes on
    give_up = time.monotonic() + CHILD_SECONDS
    fill(choose)
    for count in range(1, CALLS_EACH + 1):
        if time.monotonic() > give_up:
            return
        arguments = [ctypes.c_ulong(an_argument(choose)) for _ in range(6)]
        struct.pack_into("=Q", done, 8 * number, count)
        call(ctypes.c_long(a_call(choose)), *arguments)


def start_child(number):
    pid = os.fork()
    if pid == 0:
        try:
            run_child(number)
        finally:
            os._exit(0)
    return pid


give_up = time.monotonic() + PROGRAM_SECONDS
running, waiting = {}, list(range(CHILDREN))
while (running or waiting) and time.monotonic() < give_up:
    while waiting and len(running) < AT_ONCE:
        try:
            running[start_child(waiting[-1])] = time.monotonic() + CHILD_SECONDS + 0.5
            waiting.pop()
        except OSError:  # the children have filled the process table
            break
    for pid, overdue in list(running.items()):
        if os.waitpid(pid, os.WNOHANG)[0]:
            del running[pid]
        elif time.monotonic() > overdue:  # it hangs in a call
            os.kill(pid, signal.SIGKILL)
    time.sleep(0.005)
return sum(struct.unpack(f"={CHILDREN}Q", done[:]))
