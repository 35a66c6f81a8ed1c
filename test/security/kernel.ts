import { ALL_REFUSED, ATTEMPTS, returned } from './attempts';
import { type HostileProgram } from './hostile-program';

const NAMESPACES = String.raw`
NAMESPACES = dict(time=0x80, mnt=0x20000, cgroup=0x2000000, uts=0x4000000, ipc=0x8000000, user=0x10000000,
                  pid=0x20000000, net=0x40000000)
`;

/** Machine code of the program's own, called in a forked child. */
const MACHINE_CODE = String.raw`
import mmap
def execute(code):
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code + b'\xc3')
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return ctypes.CFUNCTYPE(ctypes.c_long)(address)()
`;

/** The kernel's own surface: every call that gives power, or that only the powerful need. */
export const KERNEL: readonly HostileProgram[] = [
  {
    name: 'unshares every kind of namespace',
    program: String.raw`${ATTEMPTS}${NAMESPACES}
kinds = {**NAMESPACES, 'all': sum(NAMESPACES.values()), 'mnt and ipc': NAMESPACES['mnt'] | NAMESPACES['ipc'],
         'user and mnt': NAMESPACES['user'] | NAMESPACES['mnt']}
return unrefused({name: lambda flags=flags: call(272, flags) for name, flags in kinds.items()})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'clones into every kind of namespace',
    program: String.raw`${ATTEMPTS}${NAMESPACES}
def clone(flags):
    if call(56, flags | signal.SIGCHLD, 0, 0, 0, 0) == 0:
        os._exit(0)
# CLONE_NEWTIME shares its bit with the number of the signal at the end.
return unrefused({name: lambda flags=flags: clone(flags) for name, flags in NAMESPACES.items() if name != 'time'})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'clones into every kind of namespace by clone3, whose flags no filter sees',
    program: String.raw`${ATTEMPTS}${NAMESPACES}
def clone3(flags):
    arguments = (ctypes.c_uint64 * 11)(flags, 0, 0, 0, signal.SIGCHLD)
    if call(435, arguments, ctypes.sizeof(arguments)) == 0:
        os._exit(0)
return unrefused({name: lambda flags=flags: clone3(flags) for name, flags in NAMESPACES.items()})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'enters its own namespaces again, and those of process 1 by its pidfd',
    program: String.raw`${ATTEMPTS}${NAMESPACES}
def enter(path):
    call(308, os.open(path, os.O_RDONLY), 0)
attempts = {name: lambda name=name: enter('/proc/self/ns/' + name) for name in os.listdir('/proc/self/ns')}
attempts['pidfd'] = lambda: call(308, os.pidfd_open(1), NAMESPACES['mnt'] | NAMESPACES['net'])
return len(attempts) > 8, unrefused(attempts)`,
    answer: returned([true, {}]),
  },
  {
    name: 'asks the pidfd of process 1 for its namespaces and descriptors',
    program: String.raw`${ATTEMPTS}
import fcntl
attempts = {f'ioctl {number}': lambda number=number: fcntl.ioctl(os.pidfd_open(1), 0xFF00 | number) for number in range(1, 11)}
attempts['pidfd_getfd'] = lambda: call(438, os.pidfd_open(1), 3, 0)
attempts['pidfd_send_signal'] = lambda: signal.pidfd_send_signal(os.pidfd_open(1), signal.SIGTERM)
return unrefused(attempts, 'EPERM ENOSYS EACCES ESRCH ENOTTY')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'mounts, remounts and unmounts by the old calls',
    program: String.raw`${ATTEMPTS}
def mount(source, target, kind, flags, data=b''):
    return lambda: call(165, source, target, kind, flags, data)
REMOUNT, BIND, MOVE, REC, PRIVATE, SHARED = 32, 4096, 8192, 16384, 1 << 18, 1 << 20
os.mkdir('/tmp/a'); os.mkdir('/tmp/b'); os.mkdir('/tmp/c')
return unrefused({
    **{kind: mount(b'none', b'/tmp/a', kind.encode(), 0)
       for kind in 'tmpfs proc sysfs ramfs devpts mqueue cgroup cgroup2 securityfs debugfs binfmt_misc bpf nfsd fuse ext4'.split()},
    'overlay': mount(b'none', b'/tmp/a', b'overlay', 0, b'lowerdir=/etc,upperdir=/tmp/b,workdir=/tmp/c'),
    'bind': mount(b'/etc', b'/tmp/a', None, BIND | REC),
    'root writable': mount(None, b'/', None, REMOUNT | BIND),
    'super block writable': mount(None, b'/', None, REMOUNT),
    'proc writable': mount(None, b'/proc', None, REMOUNT | BIND),
    'proc of all': mount(b'proc', b'/proc', b'proc', 0),
    'etc writable': mount(None, b'/etc', None, REMOUNT | BIND),
    'moved': mount(b'/proc', b'/tmp/a', None, MOVE),
    'propagated': mount(None, b'/', None, REC | SHARED),
    'private': mount(None, b'/', None, REC | PRIVATE),
    'umount /tmp': lambda: call(166, b'/tmp', 2),
    'umount /proc': lambda: call(166, b'/proc', 2),
    'umount /etc': lambda: call(166, b'/etc', 0),
    'pivot_root': lambda: call(155, b'/tmp', b'/tmp/a'),
    'chroot': lambda: os.chroot('/tmp/a'),
})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'mounts by the new calls, and asks which mounts there are',
    program: String.raw`${ATTEMPTS}
empty, HERE, CLONE = ctypes.create_string_buffer(256), -100, 1
request = (ctypes.c_uint64 * 3)(24, 0xffffffffffffffff, 0x3f)
return unrefused({
    'open_tree': lambda: call(428, HERE, b'/etc', CLONE),
    'open_tree, recursive': lambda: call(428, HERE, b'/', CLONE | 0x8000),
    'move_mount': lambda: call(429, HERE, b'/etc', HERE, b'/tmp', 0),
    'fsopen': lambda: call(430, b'tmpfs', 0),
    'fsconfig': lambda: call(431, 0, 6, None, None, 0),
    'fsmount': lambda: call(432, 0, 0, 0),
    'fspick': lambda: call(433, HERE, b'/', 0),
    'mount_setattr': lambda: call(442, HERE, b'/etc', 0, (ctypes.c_uint64 * 4)(0, 1), 32),
    'statmount': lambda: call(457, request, empty, 256, 0),
    'listmount': lambda: call(458, request, empty, 16, 0),
    'open_tree_attr': lambda: call(467, HERE, b'/etc', CLONE, (ctypes.c_uint64 * 4)(0, 1), 32),
})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'loads programs into the kernel, or has it work behind its back',
    program: String.raw`${ATTEMPTS}
buffer = ctypes.create_string_buffer(256)
return unrefused({
    **{f'bpf {command}': lambda command=command: call(321, command, buffer, 128) for command in range(40)},
    'perf_event_open': lambda: call(298, buffer, 0, -1, -1, 0),
    'userfaultfd': lambda: call(323, 0),
    'userfaultfd, user mode only': lambda: call(323, 1),
    'io_uring_setup': lambda: call(425, 8, buffer),
    'io_uring_enter': lambda: call(426, 0, 1, 0, 0, None, 0),
    'io_uring_register': lambda: call(427, -1, 0, None, 0),
    'io_setup': lambda: call(206, 8, buffer),
    'seccomp': lambda: call(317, 1, 8, buffer),
    'landlock_create_ruleset': lambda: call(444, None, 0, 1),
    'memfd_secret': lambda: call(447, 0),
    'map_shadow_stack': lambda: call(453, 0, 4096, 0),
})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'keeps something in key rings, which outlive programs',
    program: String.raw`${ATTEMPTS}
RINGS = {'thread': -1, 'process': -2, 'session': -3, 'user': -4, 'user session': -5}
return unrefused({
    **{f'add_key {name}': lambda ring=ring: call(248, b'user', b'hidden', b'secret', 6, ring) for name, ring in RINGS.items()},
    'request_key': lambda: call(249, b'user', b'hidden', None, -3),
    **{f'keyctl {command}': lambda command=command: call(250, command, -3, 1, 0, 0) for command in range(33)},
})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'reaches into processes, its own child and process 1',
    program: String.raw`${ATTEMPTS}
child = os.fork()
if child == 0:
    signal.pause()
buffer = ctypes.create_string_buffer(16)
local = (ctypes.c_uint64 * 2)(ctypes.addressof(buffer), 16)
attempts = {'traceme': lambda: call(101, 0, 0, 0, 0)}
for name, pid in {'child': child, 'process 1': 1}.items():
    attempts |= {f'{what} {name}': lambda do=do, pid=pid: do(pid) for what, do in {
        'PTRACE_ATTACH': lambda pid: call(101, 16, pid, 0, 0),
        'PTRACE_SEIZE': lambda pid: call(101, 0x4206, pid, 0, 0),
        'process_vm_readv': lambda pid: call(310, pid, local, 1, local, 1, 0),
        'process_vm_writev': lambda pid: call(311, pid, local, 1, local, 1, 0),
        'process_madvise': lambda pid: call(440, os.pidfd_open(pid), local, 1, 21, 0),
        'process_mrelease': lambda pid: call(448, os.pidfd_open(pid), 0),
        'pidfd_getfd': lambda pid: call(438, os.pidfd_open(pid), 0, 0),
        'kcmp': lambda pid: call(312, os.getpid(), pid, 0, 0, 0),
    }.items()}
# Not every one of them is closed by number: what has no use beyond its own processes may say why else it cannot.
found = unrefused(attempts, 'EPERM ENOSYS ESRCH EINVAL')
os.kill(child, signal.SIGKILL)
return found`,
    answer: ALL_REFUSED,
  },
  {
    name: 'tunes process 1',
    program: String.raw`${ATTEMPTS}
limit = (ctypes.c_uint64 * 2)()
size, head, mask = ctypes.c_size_t(), ctypes.c_void_p(), (ctypes.c_ulong * 16)(1)
return unrefused({
    'setpriority': lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
    'setpriority of its user': lambda: os.setpriority(os.PRIO_USER, 65534, 19),
    'sched_setaffinity': lambda: os.sched_setaffinity(1, [0]),
    'sched_setscheduler': lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)),
    'ioprio_set': lambda: call(251, 1, 1, 3 << 13),
    'prlimit': lambda: call(302, 1, 7, limit, None),
    'prlimit, to read': lambda: call(302, 1, 7, None, limit),
    'setpgid': lambda: os.setpgid(1, os.getpgid(0)),
    'migrate_pages': lambda: call(256, 1, 8, mask, mask),
    'move_pages': lambda: call(279, 1, 0, None, None, None, 0),
    'get_robust_list': lambda: call(274, 1, ctypes.byref(head), ctypes.byref(size)),
}, 'EPERM ENOSYS EACCES ESRCH')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'signals process 1 in every spelling',
    program: String.raw`${ATTEMPTS}
import fcntl
information = (ctypes.c_int * 32)(signal.SIGKILL, 0, -1)
def by_owner(number):
    reader, writer = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETOWN, 1)
    fcntl.fcntl(reader, 10, number)  # F_SETSIG
    fcntl.fcntl(reader, fcntl.F_SETFL, fcntl.fcntl(reader, fcntl.F_GETFL) | os.O_ASYNC | os.O_NONBLOCK)
    os.write(writer, b'!')
for number in (signal.SIGIO, signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM):
    try:
        by_owner(number)  # the kernel takes the owner, and asks at each signal whether it may be sent
    except PermissionError:
        pass
return unrefused({
    **{f'kill {number}': lambda number=number: os.kill(1, number) for number in range(65)},
    'tkill': lambda: call(200, 1, 9),
    'tgkill': lambda: call(234, 1, 1, 9),
    'rt_sigqueueinfo': lambda: call(129, 1, 9, information),
    'rt_tgsigqueueinfo': lambda: call(297, 1, 1, 9, information),
    'pidfd_send_signal': lambda: signal.pidfd_send_signal(os.pidfd_open(1), 9),
    'its process group': lambda: os.killpg(1, 9),
}, 'EPERM ENOSYS ESRCH')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'commands the machine',
    program: String.raw`${ATTEMPTS}
buffer = ctypes.create_string_buffer(256)
return unrefused({
    'reboot': lambda: call(169, 0xfee1dead, 672274793, 0x4321fedc, 0),
    'reboot, Ctrl-Alt-Del off': lambda: call(169, 0xfee1dead, 672274793, 0, 0),
    'kexec_load': lambda: call(246, 0, 0, None, 0),
    'kexec_file_load': lambda: call(320, -1, -1, 0, b'', 8),
    'init_module': lambda: call(175, buffer, 256, b''),
    'finit_module': lambda: call(313, 0, b'', 0),
    'delete_module': lambda: call(176, b'ext4', 0),
    'swapon': lambda: call(167, b'/tmp/swap', 0),
    'swapoff': lambda: call(168, b'/swapfile'),
    'acct': lambda: call(163, b'/tmp/account'),
    'acct off': lambda: call(163, None),
    'syslog': lambda: call(103, 3, buffer, 256),
    'syslog, clear': lambda: call(103, 5, None, 0),
    'sethostname': lambda: call(170, b'mine', 4),
    'setdomainname': lambda: call(171, b'mine', 4),
    'vhangup': lambda: call(153),
    'quotactl': lambda: call(179, 0x800007 << 8, None, 0, buffer),
    'quotactl_fd': lambda: call(443, 0, 0x800007 << 8, 0, buffer),
    'fanotify_init': lambda: call(300, 0, 0),
    'fanotify_init, unprivileged': lambda: call(300, 0x200, 0),
})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'sets the clocks, and timers that wake a sleeping machine',
    program: String.raw`${ATTEMPTS}
now, adjustment, timer = (ctypes.c_long * 2)(0, 0), (ctypes.c_long * 26)(0x100), ctypes.c_int()
return unrefused({
    **{f'clock_settime {clock}': lambda clock=clock: call(227, clock, now) for clock in range(12)},
    'settimeofday': lambda: call(164, now, None),
    'settimeofday, the zone': lambda: call(164, None, now),
    'adjtimex': lambda: call(159, adjustment),
    'clock_adjtime': lambda: call(305, 0, adjustment),
    'timerfd of an alarm clock': lambda: call(283, 8, 0),
    'timer of an alarm clock': lambda: call(222, 9, None, ctypes.byref(timer)),
}, 'EPERM ENOSYS ENOTSUP')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'puts itself before others: nice values, real-time classes, disk priorities',
    program: String.raw`${ATTEMPTS}
def attributes(policy, priority=0, runtime=0, flags=0):
    raw = (ctypes.c_uint32 * 14)(56, policy, flags & 0xffffffff, flags >> 32, 0, priority, runtime, 0, runtime, 0, runtime, 0)
    return lambda: call(314, 0, raw, 0)
return unrefused({
    'nice': lambda: os.nice(-1),
    'setpriority': lambda: os.setpriority(os.PRIO_PROCESS, 0, -20),
    'setpriority of the group': lambda: os.setpriority(os.PRIO_PGRP, 0, -1),
    'fifo': lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    'round robin': lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(99)),
    'sched_setparam': lambda: os.sched_setparam(0, os.sched_param(1)),
    'deadline': attributes(6, runtime=10_000_000),
    'fifo by attributes': attributes(1, priority=50),
    'short time slices': attributes(0, runtime=100_000),
    'long time slices': attributes(0, runtime=100_000_000),
    'real-time disk': lambda: call(251, 1, 0, 1 << 13),
    'real-time disk of its user': lambda: call(251, 3, 1000, 1 << 13),
    'the processor to itself': lambda: checked(_libc.prctl(62, 1, 0, 0, 0)),
}, 'EPERM ENOSYS EACCES EINVAL ENODEV')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'raises its limits',
    program: String.raw`${ATTEMPTS}
raised = []
for kind in range(16):
    limit = (ctypes.c_uint64 * 2)()
    call(302, 0, kind, None, limit)
    hard = limit[1]
    for value in {min(hard + 1, 2**64 - 1), 2**64 - 1} - {hard}:
        if attempt(lambda: call(302, 0, kind, (ctypes.c_uint64 * 2)(hard, value), None)) == 'done':
            raised.append(kind)
        if attempt(lambda: call(160, kind, (ctypes.c_uint64 * 2)(value, value))) == 'done':
            raised.append(kind)
return raised`,
    answer: returned([]),
  },
  {
    name: 'changes its personality',
    program: String.raw`${ATTEMPTS}
FLAGS = dict(ADDR_NO_RANDOMIZE=0x40000, MMAP_PAGE_ZERO=0x100000, ADDR_COMPAT_LAYOUT=0x200000, READ_IMPLIES_EXEC=0x400000,
             ADDR_LIMIT_32BIT=0x800000, ADDR_LIMIT_3GB=0x8000000, PER_LINUX32=8, PER_BSD=6)
return unrefused({name: lambda flag=flag: call(135, flag) for name, flag in FLAGS.items()})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'types into a terminal by ioctl, upper bits set where a filter may not look',
    program: String.raw`${ATTEMPTS}
requests = {'TIOCSTI': 0x5412, 'TIOCLINUX': 0x541C, 'TIOCSETD': 0x5423, 'TIOCCONS': 0x541D}
return unrefused({f'{name} {upper:x} {descriptor}': lambda request=request, upper=upper, descriptor=descriptor:
                  call(16, descriptor, request | upper << 32, b'\n')
                  for name, request in requests.items() for upper in (0, 1, 0xffffffff) for descriptor in (0, 1, 2)},
                 'EPERM ENOTTY')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'tries 65,536 ioctls on each kind of file that it can open',
    program: String.raw`${ATTEMPTS}
import socket
pair, ends = socket.socketpair(), os.pipe()
files = [os.open('/dev/null', os.O_RDWR), os.open('/dev/urandom', os.O_RDWR), os.open('/usr/bin/env', os.O_RDONLY),
         os.open('/proc/self/status', os.O_RDONLY), os.open('/tmp/file', os.O_RDWR | os.O_CREAT), ends[0], pair[0].fileno()]
buffer = ctypes.create_string_buffer(65536)
for descriptor in files:
    for request in range(65536):
        _libc.ioctl(descriptor, ctypes.c_ulong(request), buffer)
return sum(attempt(lambda: os.fstat(descriptor)) == 'done' for descriptor in files)`,
    answer: returned(7),
    timeout: 60,
  },
  {
    name: 'sets what prctl keeps for the powerful',
    program: String.raw`${ATTEMPTS}
def prctl(*arguments):
    return lambda: checked(_libc.prctl(*(ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:5])))
return unrefused({
    **{f'PR_SET_MM {field}': prctl(35, field, 0x10000) for field in range(1, 15)},
    **{f'PR_CAPBSET_DROP {capability}': prctl(24, capability) for capability in (0, 21, 40)},
    **{f'PR_CAP_AMBIENT_RAISE {capability}': prctl(47, 2, capability) for capability in (0, 21, 40)},
    'PR_SET_SECUREBITS': prctl(28, 0x2f),
    'PR_SET_IO_FLUSHER': prctl(57, 1),
    'PR_SET_NO_NEW_PRIVS off': prctl(38, 0),
    'PR_SET_SECCOMP off': prctl(22, 0),
}, 'EPERM ENOSYS EINVAL')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'sets what prctl leaves to everyone, and still hands back its result',
    program: String.raw`${ATTEMPTS}
def prctl(*arguments):
    return attempt(lambda: checked(_libc.prctl(*(ctypes.c_ulong(argument) for argument in (*arguments, 0, 0, 0, 0)[:5]))))
for option, argument in {'PR_SET_CHILD_SUBREAPER': (36, 1), 'PR_SET_DUMPABLE': (4, 0), 'PR_SET_PDEATHSIG': (1, 9), 'PR_SET_TIMERSLACK': (29, 2**40),
                         'PR_MCE_KILL': (33, 1), 'PR_SET_THP_DISABLE': (41, 1), 'PR_SET_KEEPCAPS': (8, 1), 'PR_SET_MDWE': (65, 1),
                         'PR_SET_PTRACER': (0x59616d61, 2**64 - 1)}.values():
    prctl(option, argument)
for _ in range(3):
    if os.fork() == 0:
        if os.fork() == 0:  # left to whoever takes orphans
            signal.pause()
        os._exit(0)
return read('/proc/self/status').count('CapEff:\t0000000000000000')`,
    answer: returned(1),
  },
  {
    name: 'has its pages merged with equal ones of the host, whose contents the time of a write then tells',
    program: String.raw`${ATTEMPTS}
import mmap
pages = mmap.mmap(-1, 1 << 20)
return unrefused({
    'MADV_MERGEABLE': lambda: pages.madvise(12),
    'PR_SET_MEMORY_MERGE': lambda: checked(_libc.prctl(67, 1, 0, 0, 0)),
}, 'EPERM ENOSYS EINVAL')`,
    answer: ALL_REFUSED,
  },
  {
    name: "takes the host's huge pages, which no memory group counts",
    program: String.raw`${ATTEMPTS}
HUGE = 0x40000
return unrefused({
    'mmap': lambda: checked(_libc.mmap(None, ctypes.c_size_t(2 << 20), 3, 0x22 | HUGE, -1, ctypes.c_long(0))),
    'memfd_create': lambda: os.memfd_create('huge', 4),
    'shmget': lambda: call(29, 0, 2 << 20, 0o1600 | 0o4000),
}, 'EPERM ENOSYS EINVAL ENOMEM')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'locks memory, and maps the page at address 0',
    program: String.raw`${ATTEMPTS}
import mmap
pages = mmap.mmap(-1, 1 << 20)
return unrefused({
    'mlockall': lambda: call(151, 3),
    'mlock': lambda: call(149, ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(pages))), 1 << 20),
    'MAP_LOCKED': lambda: checked(_libc.mmap(None, ctypes.c_size_t(1 << 20), 3, 0x2022, -1, ctypes.c_long(0))),
    'page 0': lambda: checked(_libc.mmap(None, ctypes.c_size_t(4096), 3, 0x32, -1, ctypes.c_long(0))),
}, 'EPERM ENOSYS ENOMEM EAGAIN')`,
    answer: ALL_REFUSED,
  },
  {
    name: "flushes all of the host's disks",
    program: String.raw`${ATTEMPTS}
return unrefused({'sync': lambda: call(162), 'syncfs': lambda: call(306, os.open('/usr/bin', os.O_RDONLY))})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'raises capabilities by capset, and in what it starts',
    program: String.raw`${ATTEMPTS}
import subprocess
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
def capset(effective, permitted, inheritable):
    return lambda: call(126, header, (ctypes.c_uint32 * 6)(*(effective, permitted, inheritable) * 2))
every = 0xffffffff
refused = unrefused({'permitted': capset(0, every, 0), 'all': capset(every, every, every), 'inheritable': capset(0, 0, every)})
status = subprocess.run(['/usr/bin/grep', '^Cap', '/proc/self/status'], capture_output=True, text=True).stdout
return refused, {line.split()[0]: int(line.split()[1], 16) for line in status.splitlines()}`,
    answer: returned([{}, { 'CapInh:': 0, 'CapPrm:': 0, 'CapEff:': 0, 'CapBnd:': 0, 'CapAmb:': 0 }]),
  },
  {
    name: 'becomes another user in every spelling',
    program: String.raw`${ATTEMPTS}
others = (0, 65534, 1, 100000, 4294967294)
refused = unrefused({
    f'{name} {other}': lambda do=do, other=other: do(other) for other in others for name, do in {
        'setuid': lambda id: call(105, id), 'setgid': lambda id: call(106, id),
        'setreuid': lambda id: call(113, id, id), 'setregid': lambda id: call(114, id, id),
        'setresuid': lambda id: call(117, -1, id, -1), 'setresgid': lambda id: call(119, -1, -1, id),
        'setgroups': lambda id: os.setgroups([id]),
    }.items()
}, 'EPERM ENOSYS EINVAL')
for other in others:  # these say nothing of failure
    for number in (122, 123):
        try:
            call(number, other)
        except PermissionError:
            pass
ids = [line.split()[1:] for line in read('/proc/self/status').splitlines() if line.startswith(('Uid', 'Gid', 'Groups'))]
return refused, ids`,
    answer: returned([{}, [Array(4).fill('1000'), Array(4).fill('1000'), []]]),
  },
  {
    name: 'takes off its system call filter',
    program: String.raw`${ATTEMPTS}
class Program(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('instructions', ctypes.c_void_p)]
allow = ctypes.create_string_buffer(b'\x06\0\0\0\0\0\xff\x7f', 8)  # return SECCOMP_RET_ALLOW
program = Program(1, ctypes.addressof(allow))
attempt(lambda: checked(_libc.prctl(22, 2, ctypes.byref(program), 0, 0)))  # one more cannot undo the first
listening = attempt(lambda: call(317, 1, 8, ctypes.byref(program)))
status = dict(line.split(':\t') for line in read('/proc/self/status').splitlines() if ':\t' in line)
return listening in REFUSALS, unrefused({'unshare': lambda: call(272, 0x10000000)}), status['NoNewPrivs'], status['Seccomp']`,
    answer: returned([true, {}, '1', '2']),
  },
  {
    name: 'opens input and output ports, and a segment table of its own',
    program: String.raw`${ATTEMPTS}
descriptor = (ctypes.c_uint32 * 4)(0, 0, 0xfffff, 0x7b)
return unrefused({
    'iopl': lambda: call(172, 3),
    'ioperm': lambda: call(173, 0x70, 2, 1),
    'modify_ldt': lambda: call(154, 1, descriptor, 16),
    'modify_ldt, new': lambda: call(154, 17, descriptor, 16),
    'modify_ldt, to read': lambda: call(154, 0, descriptor, 16),
})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'executes privileged instructions',
    program: String.raw`${ATTEMPTS}${MACHINE_CODE}
INSTRUCTIONS = {
    'hlt': b'\xf4', 'cli': b'\xfa', 'in': b'\xe4\x70', 'out': b'\xe6\x70', 'invd': b'\x0f\x08', 'wbinvd': b'\x0f\x09',
    'clts': b'\x0f\x06', 'rdmsr': b'\x0f\x32', 'wrmsr': b'\x0f\x30', 'rdpmc': b'\x31\xc9\x0f\x33', 'mov cr0': b'\x0f\x20\xc0',
    'mov to cr4': b'\x0f\x22\xe0', 'mov dr7': b'\x0f\x21\xf8', 'swapgs': b'\x0f\x01\xf8', 'lgdt': b'\x0f\x01\x14\x24',
    'lidt': b'\x0f\x01\x1c\x24', 'vmcall off': b'\x0f\x01\xc2', 'sysret': b'\x48\x0f\x07', 'iretq to ring 0': b'\x6a\0\x54\x6a\0\x6a\0\x6a\0\x48\xcf',
}
endings = {name: in_child(lambda: execute(code)) for name, code in INSTRUCTIONS.items()}
return {name: ending for name, ending in endings.items() if ending not in ('SIGSEGV', 'SIGILL', 'SIGBUS')}`,
    answer: ALL_REFUSED,
  },
  {
    name: 'calls the kernel by the 32-bit table, whose numbers mean other calls',
    program: String.raw`${ATTEMPTS}${MACHINE_CODE}
def by_32_bits(number):  # mov eax, number; xor ebx, ebx; int 0x80
    return b'\xb8' + number.to_bytes(4, 'little') + b'\x53\x31\xdb\xcd\x80\x5b'
CALLS = dict(exit=1, fork=2, getpid=20, mount=21, umount=22, ptrace=26, socketcall=102, clone=120, unshare=310, setns=346)
endings = {name: in_child(lambda: execute(by_32_bits(number))) for name, number in CALLS.items()}
return {name: ending for name, ending in endings.items() if ending not in ('SIGSYS', 'SIGSEGV')}`,
    answer: ALL_REFUSED,
  },
  {
    name: 'calls the kernel from 32-bit mode, which a far return enters',
    program: String.raw`${ATTEMPTS}
# push 0x23; lea rax, [rip+3]; push rax; retfq; then in 32 bits: mov eax, 1; xor ebx, ebx; and the call, exit(0)
FAR = b'\x6a\x23\x48\x8d\x05\x03\0\0\0\x50\x48\xcb\xb8\x01\0\0\0\x31\xdb'
def execute(code):
    page = checked(_libc.mmap(None, ctypes.c_size_t(4096), 7, 0x62, -1, ctypes.c_long(0)))  # MAP_32BIT
    ctypes.memmove(page, code, len(code))
    ctypes.CFUNCTYPE(None)(page)()
endings = {name: in_child(lambda: execute(FAR + code)) for name, code in
           {'int 0x80': b'\xcd\x80\xf4', 'sysenter': b'\x0f\x34\xf4', 'syscall': b'\x0f\x05\xf4'}.items()}
return {name: ending for name, ending in endings.items() if ending not in ('SIGSYS', 'SIGSEGV', 'SIGILL')}`,
    answer: ALL_REFUSED,
  },
  {
    name: 'calls the kernel by the x32 table, and with upper bits in the number',
    program: String.raw`${ATTEMPTS}
def outcome(number, *arguments):
    def act():
        if attempt(lambda: call(number, *arguments)) not in REFUSALS:
            os._exit(7)
        raise SystemExit
    return in_child(act)
found = {}
for name, number, arguments in (('unshare', 272, (0x10000000,)), ('mount', 165, (b'x', b'/tmp', b'tmpfs', 0, None)),
                                ('getpid', 39, ()), ('ptrace', 521, (0, 0, 0, 0)), ('process_vm_readv', 539, (1, 0, 0, 0, 0, 0))):
    found[f'x32 {name}'] = in_child(lambda: call(0x40000000 | number, *arguments))
    if name in ('unshare', 'mount'):
        for upper in (1 << 32, 1 << 63):
            found[f'{name} {upper:x}'] = in_child(lambda: call(upper | number, *arguments))
found['negative'] = in_child(lambda: call(-2))
return {name: ending for name, ending in found.items() if ending not in ('SIGSYS', 'raised')}`,
    answer: ALL_REFUSED,
  },
  {
    name: 'calls what the kernel has given up long ago',
    program: String.raw`${ATTEMPTS}
CALLS = dict(uselib=134, sysfs=139, _sysctl=156, create_module=174, get_kernel_syms=177, query_module=178, nfsservctl=180,
             getpmsg=181, putpmsg=182, afs_syscall=183, tuxcall=184, security=185, lookup_dcookie=212, epoll_ctl_old=214,
             epoll_wait_old=215, vserver=236)
return unrefused({name: lambda number=number: call(number, 0, 0, 0, 0, 0) for name, number in CALLS.items()})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'makes each system call from 0 to 1000 with no arguments',
    program: String.raw`${ATTEMPTS}
POWERFUL = [101, 103, *range(153, 157), 159, 161, 163, 164, *range(166, 184), 206, 246, *range(248, 251), 272, 298, 300, 303, 304, 305, 308,
            *range(310, 314), 317, 320, 321, 323, *range(425, 434), 435, 438, 440, 442, 443, *range(444, 448), 457, 458, 467]
found = {}
for number in range(1001):
    reader, writer = os.pipe()
    def act():
        # vfork's child would return into a frame that its parent still needs
        me, outcome = os.getpid(), attempt(lambda: call(number, *[0] * 6)) if number != 58 else 'EINVAL'
        if os.getpid() == me:
            os.write(writer, outcome.encode())
    ending = in_child(act)
    os.close(writer)
    os.set_blocking(reader, False)
    try:
        outcome = os.read(reader, 64).decode() or ending
    except BlockingIOError:
        outcome = 'forked'
    os.close(reader)
    if outcome not in REFUSALS and (number in POWERFUL or number > 470):
        found[number] = outcome
return found`,
    answer: ALL_REFUSED,
    timeout: 60,
  },
  {
    name: 'makes system calls at random, with arguments at random',
    program: String.raw`${ATTEMPTS}
import random
random.seed(20)
VALUES = [0, 1, 2, 3, -1, 4096, 1 << 31, 1 << 63, 0xffffffff, id(random), id(signal)]
def wander():
    for _ in range(50):
        _libc.syscall(*(ctypes.c_long(value) for value in [random.randrange(470), *random.choices(VALUES, k=6)]))
for _ in range(40):
    random.seed(random.random())
    in_child(wander, 0.1)
return 'survived'`,
    // What it does to itself is its own affair.
    answer: [{ status: 200 }, { status: 400, error: /./ }, { status: 408 }],
  },
  {
    name: 'crashes in every way that dumps core',
    program: String.raw`${ATTEMPTS}
attempt(lambda: call(302, 0, 4, (ctypes.c_uint64 * 2)(2**64 - 1, 2**64 - 1), None))
found = {}
for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGILL, signal.SIGFPE, signal.SIGBUS, signal.SIGQUIT, signal.SIGTRAP,
               signal.SIGSYS, signal.SIGXCPU, signal.SIGXFSZ):
    child = os.fork()
    if child == 0:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WCOREDUMP(status) or os.WTERMSIG(status) != number:
        found[number.name] = status
return found, os.listdir('/tmp')`,
    answer: returned([{}, []]),
  },
  {
    name: "has the host's handler of core dumps started by its crash, as root",
    program: String.raw`${ATTEMPTS}
import resource
# core(5): a handler behind a pipe is started whatever the limit is, but for one of 1 byte.
CORE = resource.RLIMIT_CORE
refused = unrefused({
    'prlimit': lambda: call(302, 0, CORE, (ctypes.c_uint64 * 2)(0, 1), None),
    'prlimit by number': lambda: call(302, os.getpid(), CORE, (ctypes.c_uint64 * 2)(0, 0), None),
    'setrlimit': lambda: call(160, CORE, (ctypes.c_uint64 * 2)(0, 0)),
})
return refused, resource.getrlimit(CORE)`,
    answer: returned([{}, [1, 1]]),
  },
  {
    name: 'leaves System V shared memory, semaphores and queues behind',
    program: String.raw`${ATTEMPTS}
made = unrefused({
    'memory': lambda: call(29, 4242, 4096, 0o1666),
    'semaphores': lambda: call(64, 4242, 8, 0o1666),
    'queue': lambda: call(68, 4242, 0o1666),
    'POSIX queue': lambda: call(240, b'hidden', os.O_CREAT | os.O_RDWR, 0o666, None),
}, '')
return set(made) == {'memory', 'semaphores', 'queue', 'POSIX queue'}`,
    answer: returned(true),
  },
  {
    name: 'looks for System V memory, semaphores and queues that a program before has left',
    program: String.raw`${ATTEMPTS}
return unrefused({
    'memory': lambda: call(29, 4242, 0, 0),
    'semaphores': lambda: call(64, 4242, 0, 0),
    'queue': lambda: call(68, 4242, 0),
    'POSIX queue': lambda: call(240, b'hidden', os.O_RDWR, 0, None),
}, 'EPERM ENOSYS ENOENT')`,
    answer: ALL_REFUSED,
  },
];
