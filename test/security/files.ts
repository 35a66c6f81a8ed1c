import { ALL_REFUSED, ATTEMPTS, returned } from './attempts';
import { type HostileProgram } from './hostile-program';

/** What a program may change: its own two file systems. What it may not: all else, of which it sees most. */
const OWN = String.raw`${ATTEMPTS}
import stat
OWN = ('/tmp', '/dev/shm', '/proc')
CLOSED = 'EPERM ENOSYS EACCES EROFS ENOENT ENOTDIR ELOOP EXDEV EBUSY'
def opened(path, flags):
    os.close(os.open(path, flags))
def folders():
    for folder, names, files in os.walk('/'):
        names[:] = [name for name in names if os.path.join(folder, name) not in OWN]
        yield folder, files
`;

/** Files: those of the host, of the jail, and those that stay. */
export const FILES: readonly HostileProgram[] = [
  {
    name: 'writes into every folder that is not its own',
    program: String.raw`${OWN}
os.symlink('/etc', '/tmp/link')
found, seen = {}, 0
for folder, _ in folders():
    seen += 1
    path = folder.rstrip('/') + '/.hostile'
    found |= {f'{name} {folder}': outcome for name, outcome in unrefused({
        'file': lambda: opened(path, os.O_WRONLY | os.O_CREAT),
        'nameless file': lambda: opened(folder, os.O_WRONLY | os.O_TMPFILE),
        'folder': lambda: os.mkdir(path),
        'symbolic link': lambda: os.symlink('/tmp', path),
        'FIFO': lambda: os.mkfifo(path),
        'moved link': lambda: os.rename('/tmp/link', path),
        'rmdir': lambda: os.rmdir(folder),
        'renamed': lambda: os.rename(folder, folder + '.old'),
        'chmod': lambda: os.chmod(folder, 0o777),
        'chown': lambda: os.chown(folder, 1000, 1000),
        'utime': lambda: os.utime(folder),
        'setxattr': lambda: os.setxattr(folder, 'user.hostile', b''),
    }, CLOSED + ' ENOTEMPTY EINVAL ENOTSUP').items()}
return found, seen > 100`,
    answer: returned([{}, true]),
    timeout: 60,
  },
  {
    name: 'writes to every file that is not its own',
    program: String.raw`${OWN}
DEVICES = '/dev'
found, seen = {}, 0
for folder, files in folders():
    if folder == DEVICES:
        continue
    for name in files:
        seen += 1
        path = os.path.join(folder, name)
        # One call is enough to see who may: the others are tried on a few.
        if os.access(path, os.W_OK, follow_symlinks=False) and not os.path.islink(path):
            found[path] = 'access'
        if seen % 50 == 0:
            found |= {f'{what} {path}': outcome for what, outcome in unrefused({
                'open': lambda: opened(path, os.O_WRONLY),
                'append': lambda: opened(path, os.O_RDWR | os.O_APPEND),
                'truncate': lambda: os.truncate(path, 0),
                'unlink': lambda: os.unlink(path),
                'rename': lambda: os.rename(path, path + '.old'),
                'replace': lambda: os.replace('/tmp/nothing', path),
                'chmod': lambda: os.chmod(path, 0o777),
                'utime': lambda: os.utime(path),
                'utime of the link': lambda: os.utime(path, (0, 0), follow_symlinks=False),
                'setxattr': lambda: os.setxattr(path, 'user.hostile', b''),
                'removexattr': lambda: os.removexattr(path, 'security.capability'),
            }, CLOSED + ' ENODATA ENOTSUP').items()}
return found, seen > 1000`,
    answer: returned([{}, true]),
    timeout: 60,
  },
  {
    name: "changes the times of the host's devices, which all jails see",
    program: String.raw`${OWN}
return unrefused({name: lambda name=name: os.utime('/dev/' + name) for name in ('null', 'zero', 'full', 'random', 'urandom')}, CLOSED)`,
    answer: ALL_REFUSED,
  },
  {
    name: 'changes the devices: mode, owner, attributes, name, entropy',
    program: String.raw`${OWN}
import fcntl
found = {}
for name in ('null', 'zero', 'full', 'random', 'urandom'):
    path = '/dev/' + name
    descriptor = os.open(path, os.O_RDWR)
    found |= unrefused({
        'chmod ' + name: lambda: os.fchmod(descriptor, 0),
        'chown ' + name: lambda: os.fchown(descriptor, 1000, 1000),
        'setxattr ' + name: lambda: os.setxattr(path, 'user.hostile', b''),
        'unlink ' + name: lambda: os.unlink(path),
        'rename ' + name: lambda: os.rename(path, '/dev/shm/' + name),
        'link ' + name: lambda: os.link(path, '/dev/shm/' + name),
        'truncate ' + name: lambda: os.truncate(path, 0),
        'lease ' + name: lambda: fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK),
        'RNDADDENTROPY ' + name: lambda: fcntl.ioctl(descriptor, 0x40085203, bytes(64)),
        'RNDADDTOENTCNT ' + name: lambda: fcntl.ioctl(descriptor, 0x40045201, bytes(4)),
        'RNDZAPENTCNT ' + name: lambda: fcntl.ioctl(descriptor, 0x5204),
        'RNDRESEEDCRNG ' + name: lambda: fcntl.ioctl(descriptor, 0x5207),
    }, CLOSED + ' EINVAL ENOTTY ENOTSUP EAGAIN')
return found`,
    answer: ALL_REFUSED,
  },
  {
    name: 'opens devices that it should not have',
    program: String.raw`${OWN}
present = sorted(os.listdir('/dev'))
DEVICES = '''tty tty0 tty1 ttyS0 console ptmx pts/ptmx pts/0 kmsg mem kmem port fuse kvm net/tun loop-control loop0 vda sda nvme0n1
mapper/control uinput input/event0 hpet rtc0 vsock vhost-net vhost-vsock userfaultfd cpu_dma_latency snapshot autofs
btrfs-control dri/card0 nvidia0 mqueue hugepages shm/../mem cpu/0/msr watchdog nvram'''.split()
return present, unrefused({name: lambda name=name: opened('/dev/' + name, os.O_RDONLY) for name in DEVICES}, 'ENOENT ENOTDIR')`,
    answer: returned([['fd', 'full', 'null', 'random', 'shm', 'stderr', 'stdin', 'stdout', 'urandom', 'zero'], {}]),
  },
  {
    name: 'makes devices of its own and opens them',
    program: String.raw`${OWN}
def device(kind, major, minor, folder):
    path = f'{folder}/{kind}-{major}-{minor}'
    os.mknod(path, kind | 0o666, os.makedev(major, minor))
    opened(path, os.O_RDWR)
NUMBERS = {'null': (1, 3), 'mem': (1, 1), 'kmsg': (1, 11), 'tty': (5, 0), 'ptmx': (5, 2), 'fuse': (10, 229), 'tun': (10, 200),
           'whiteout': (0, 0), 'disk': (8, 0), 'ext': (259, 0), 'vda': (254, 0)}
return unrefused({f'{name} {kind:o} {folder}': lambda what=(kind, *number, folder): device(*what)
                  for name, number in NUMBERS.items() for kind in (stat.S_IFCHR, stat.S_IFBLK) for folder in ('/tmp', '/dev/shm')}, CLOSED)`,
    answer: ALL_REFUSED,
  },
  {
    name: "reads the host's and the service's secrets where they usually are",
    program: String.raw`${OWN}
PATHS = '''/etc/shadow /etc/gshadow /etc/sudoers /etc/ssh/ssh_host_ed25519_key /etc/machine-id /etc/hostname /etc/resolv.conf /etc/fstab
/etc/environment /root/.ssh/id_ed25519 /root/.bash_history /root/.npmrc /root/.aws/credentials /home /work /mnt /media
/var /run /boot /sys /lost+found /.dockerenv /run/secrets /var/run/secrets/kubernetes.io/serviceaccount/token
.data/api-key .data /data/api-key /app /srv/python/../../package.json /srv/dist/main.js /srv/.data/api-key /usr/local/etc/redis.conf
/proc/1/environ /proc/1/mem /proc/1/maps /proc/1/root /proc/1/cwd /proc/1/exe /proc/1/fd /proc/1/fd/3 /proc/1/map_files
/proc/kcore /proc/kmsg /proc/keys /proc/sched_debug /proc/sysrq-trigger /proc/config.gz'''.split()
found = unrefused({path: lambda path=path: opened(path, os.O_RDONLY) for path in PATHS}, 'ENOENT EACCES EPERM ENOTDIR')
# Of /root it sees no more than the way to its interpreter, where that lies there.
import sys
strangers = [folder for folder, _, _ in os.walk('/root') if not (folder + '/').startswith(sys.base_prefix + '/')
             and not sys.base_prefix.startswith(folder)]
return found, strangers`,
    answer: returned([{}, []]),
  },
  {
    name: 'searches all that it sees for sockets, pipes, devices and the files of a service',
    program: String.raw`${OWN}
KINDS = {stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK}
NAMES = {'api-key', 'redis.sock', 'redis.conf', 'dump.rdb', 'appendonlydir', 'nest-cli.json', 'main.js', '.env', 'id_rsa', 'id_ed25519'}
found = []
for folder, files in folders():
    if folder == '/dev':
        continue
    for name in files:
        path = os.path.join(folder, name)
        if stat.S_IFMT(os.lstat(path).st_mode) not in KINDS or name in NAMES and 'node_modules' not in folder:
            found.append(path)
return found`,
    answer: returned([]),
    timeout: 60,
  },
  {
    name: "reads where its packages were installed from, which is the host's path",
    program: String.raw`${OWN}
for folder in ('/srv/python', '/srv/python/bin'):
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isfile(path) and os.path.getsize(path) < 20000:
            print(path, [line for line in read(path).splitlines() if '/' in line])`,
    answer: { status: 200, result: null },
  },
  {
    name: 'reads the paths that are compiled into the bytecode of its packages',
    program: String.raw`${OWN}
import marshal, sys
found = set()
for start in ('/srv', *(path for path in sys.path if 'site-packages' in path)):
    for folder, _, files in os.walk(start):
        for name in files:
            if name.endswith(sys.implementation.cache_tag + '.pyc'):
                with open(os.path.join(folder, name), 'rb') as file:
                    path = marshal.loads(file.read()[16:]).co_filename
                found.add('/'.join(path.split('/')[:6]))
return sorted(found)[:1000]`,
    answer: { status: 200, stderr: '' },
    timeout: 60,
  },
  {
    name: "searches its own memory, a copy of the server's, for the paths of the service",
    program: String.raw`${OWN}
import re
needle = re.compile(rb'(?:/[\w.-]+)+/(?:python-runtime|node_modules|dist(?![\w-])|\.data)')
found = set()
for line in read('/proc/self/maps').splitlines():
    span, rights, *_, name = line.split(maxsplit=5) + ['']
    start, end = (int(address, 16) for address in span.split('-'))
    if 'r' in rights and '[v' not in line and end - start < 1 << 28:
        found |= {match.decode() for match in needle.findall(ctypes.string_at(start, end - start))}
return sorted(found)`,
    answer: returned([]),
  },
  {
    name: 'reads its environment, command line and limits for traces of the host',
    program: String.raw`${OWN}
for name in ('environ', 'cmdline', 'comm', 'limits', 'stat', 'status'):
    print(name, repr(read('/proc/self/' + name)))
print(os.environ)
return sorted(name for name in os.environ if any(word in name for word in ('KEY', 'SECRET', 'TOKEN', 'REDIS', 'PASSWORD', 'DATA_DIR', 'NODE')))`,
    answer: { status: 200, result: [], stderr: '' },
  },
  {
    name: "looks in its mounts for the host's paths and devices",
    program: String.raw`${OWN}
import re
DEVICE = re.compile('(/dev)?/(null|zero|full|random|urandom)')
STAGE = re.compile('/(mnt|media|opt)/empty')  # where mounts were made ready, named by the service
found = []
for line in read('/proc/self/mountinfo').splitlines():
    _, _, _, root, _, *rest = line.split()
    words = re.split('[ ,=:]', ' '.join(rest))
    found += [word for word in words if word.startswith('/') and not STAGE.fullmatch(word)]
    found += [root] * (root != '/' and not DEVICE.fullmatch(root) and not root[1:].isdigit())
for table in ('mounts', 'mountstats'):
    found += re.findall(r'/dev/(?:vd|sd|nvme|mapper|loop|md)\w*', read('/proc/self/' + table))
return found`,
    answer: returned([]),
  },
  {
    name: 'looks in its control groups for process numbers of the host',
    program: String.raw`${OWN}
return [line for line in read('/proc/self/cgroup').splitlines() if line.split(':', 2)[2] != '/']`,
    answer: returned([]),
  },
  {
    name: 'asks the file system what disk it is on',
    program: String.raw`${OWN}
import fcntl
descriptor = os.open('/usr/bin/env', os.O_RDONLY)
return unrefused({
    'FS_IOC_GETFSSYSFSPATH': lambda: fcntl.ioctl(descriptor, 0x80811501, bytes(129)),
    'FS_IOC_GETFSUUID': lambda: fcntl.ioctl(descriptor, 0x80111500, bytes(17)),
    'FS_IOC_GETFSLABEL': lambda: fcntl.ioctl(descriptor, 0x81009431, bytes(256)),
    'FS_IOC_FIEMAP': lambda: fcntl.ioctl(descriptor, 0xC020660B, bytes(8) + b'\xff' * 8 + bytes(72)),
    'FIBMAP': lambda: fcntl.ioctl(descriptor, 1, bytes(4)),
    'FITRIM': lambda: fcntl.ioctl(descriptor, 0xC0185879, bytes(24)),
    'FIFREEZE': lambda: fcntl.ioctl(descriptor, 0xC0045877, bytes(4)),
    'FS_IOC_SETFLAGS': lambda: fcntl.ioctl(descriptor, 0x40086602, bytes(8)),
    'FS_IOC_ADD_ENCRYPTION_KEY': lambda: fcntl.ioctl(descriptor, 0xC0506617, bytes(80)),
    'EXT4_IOC_PRECACHE_EXTENTS': lambda: fcntl.ioctl(descriptor, 0x6612),
    'EXT4_IOC_SHUTDOWN': lambda: fcntl.ioctl(descriptor, 0x8004587D, bytes(4)),
}, CLOSED + ' ENOTTY ENOTSUP EINVAL')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'climbs out of its root by .., links and descriptors',
    program: String.raw`${OWN}
root = os.stat('/')
def is_root(path):
    found = os.stat(path)
    return (found.st_dev, found.st_ino) == (root.st_dev, root.st_ino)
folder = os.open('/', os.O_RDONLY | os.O_DIRECTORY)
os.symlink('../' * 40, '/tmp/up')
os.chdir('/tmp')
spellings = ['/..', '../' * 100, '/tmp/up', '/proc/self/root/..', '/proc/self/cwd/../..', f'/proc/self/fd/{folder}/..',
             '/proc/thread-self/root/../../..']
os.fchdir(folder)
spellings += ['..', '../..']
climbed = [path for path in spellings if not is_root(path)]
return climbed, attempt(lambda: os.chroot('/tmp')), sorted(os.listdir('/..')) == sorted(os.listdir('/'))`,
    answer: returned([[], 'EPERM', true]),
  },
  {
    name: 'opens paths by openat2, and by descriptors that only name them',
    program: String.raw`${OWN}
def openat2(folder, path, flags, resolve):
    return lambda: call(437, folder, path, (ctypes.c_uint64 * 3)(flags, 0, resolve), 24)
etc, passwd = os.open('/etc', os.O_PATH), os.open('/etc/passwd', os.O_PATH)
return unrefused({
    **{f'openat2 {resolve:x}': openat2(etc, b'../../../../etc/shadow', 0, resolve) for resolve in (0, 1, 2, 4, 8, 0x10, 0x20)},
    'openat2 to write': openat2(etc, b'passwd', os.O_RDWR, 0),
    'openat above': lambda: os.open('../../../work', os.O_RDONLY, dir_fd=etc),
    'again to write': lambda: opened(f'/proc/self/fd/{passwd}', os.O_RDWR),
    'chmod': lambda: os.chmod(f'/proc/self/fd/{passwd}', 0o777),
    'fchmodat2': lambda: call(452, passwd, b'', 0o777, 0x1000),
    'fchownat': lambda: call(260, passwd, b'', 1000, 1000, 0x1000),
    'utimensat': lambda: call(280, passwd, None, None, 0),
    'link': lambda: call(265, passwd, b'', -100, b'/tmp/passwd', 0x1000),
    'link by /proc': lambda: os.link(f'/proc/self/fd/{passwd}', '/tmp/passwd', follow_symlinks=True),
}, CLOSED + ' EBADF')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'opens files by handle instead of by path',
    program: String.raw`${OWN}
handle, mount = (ctypes.c_uint32 * 34)(128), ctypes.c_int()
# ext4's handle of the root folder: inode 2.
root = (ctypes.c_uint32 * 4)(8, 1, 2, 0)
where = os.open('/usr/bin', os.O_RDONLY)
return unrefused({
    'name_to_handle_at': lambda: call(303, -100, b'/usr/bin/env', handle, ctypes.byref(mount), 0),
    'open_by_handle_at': lambda: call(304, where, root, os.O_RDONLY),
    'open_by_handle_at in /tmp': lambda: call(304, os.open('/tmp', os.O_RDONLY), root, os.O_RDONLY),
    'FD_PIDFS_ROOT': lambda: call(304, -10002, root, os.O_RDONLY),
})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'gives files in /tmp the bits and capabilities of root, and executes them',
    program: String.raw`${OWN}
import shutil, struct, subprocess
shutil.copy('/usr/bin/grep', '/tmp/grep')
os.chmod('/tmp/grep', 0o6755)
refused = unrefused({
    'chown to root': lambda: os.chown('/tmp/grep', 0, 0),
    'chgrp to root': lambda: os.chown('/tmp/grep', -1, 0),
    'security.capability': lambda: os.setxattr('/tmp/grep', 'security.capability', struct.pack('<5I', 0x2000001, 0xffffffff, 0, 0xff, 0)),
    'of a namespace': lambda: os.setxattr('/tmp/grep', 'security.capability', struct.pack('<6I', 0x3000001, 0xffffffff, 0, 0xff, 0, 1000)),
    'trusted': lambda: os.setxattr('/tmp/grep', 'trusted.overlay.opaque', b'y'),
    'security': lambda: os.setxattr('/tmp/grep', 'security.hostile', b'y'),
}, CLOSED + ' ENOTSUP EINVAL')
lines = subprocess.run(['/tmp/grep', '-E', '^(Uid|Gid|CapEff|CapPrm|NoNewPrivs|Seccomp):', '/proc/self/status'],
                       capture_output=True, text=True).stdout.split('\n')
return refused, lines`,
    answer: returned([
      {},
      [
        'Uid:\t1000\t1000\t1000\t1000',
        'Gid:\t1000\t1000\t1000\t1000',
        'CapPrm:\t0000000000000000',
        'CapEff:\t0000000000000000',
        'NoNewPrivs:\t1',
        'Seccomp:\t2',
        '',
      ],
    ]),
  },
  {
    name: "executes every program of the host's that would make it root",
    program: String.raw`${OWN}
import subprocess
found = {}
for folder, files in folders():
    for name in files:
        path = os.path.join(folder, name)
        mode = os.lstat(path).st_mode
        if stat.S_ISREG(mode) and mode & (stat.S_ISUID | stat.S_ISGID) and os.access(path, os.X_OK):
            said = subprocess.run([path, '--version'], env={'LD_SHOW_AUXV': '1'}, capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, timeout=5).stdout
            ids = {line.split()[1] for line in said.splitlines() if line.startswith(('AT_EUID', 'AT_EGID'))}
            if not ids <= {'1000'} or 'AT_SECURE:            1' in said:
                found[path] = said
return found`,
    answer: ALL_REFUSED,
    timeout: 60,
  },
  {
    name: 'executes files that have no name, from memory',
    program: String.raw`${OWN}
import sys
def execute(flags):
    memory = os.memfd_create('hidden', flags)
    with open('/usr/bin/grep', 'rb') as file:
        os.sendfile(memory, file.fileno(), 0, os.fstat(file.fileno()).st_size)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writer, 1)
        try:
            os.execve(memory, ['grep', '-E', '^(CapEff|Seccomp):', '/proc/self/status'], {})
        finally:
            os._exit(1)
    os.close(writer)
    os.waitpid(child, 0)
    return os.read(reader, 4096).decode()
return [execute(flags) for flags in (0, os.MFD_CLOEXEC, os.MFD_ALLOW_SEALING)]`,
    answer: returned(Array(3).fill('CapEff:\t0000000000000000\nSeccomp:\t2\n')),
  },
  {
    name: 'writes to its own /proc',
    program: String.raw`${OWN}
found, seen = {}, 0
for folder, names, files in os.walk('/proc/self'):
    seen += len(files)
    names[:] = [name for name in names if name not in ('fd', 'map_files', 'cwd', 'root')]
    found |= unrefused({os.path.join(folder, name): lambda name=name: opened(os.path.join(folder, name), os.O_WRONLY)
                        for name in files}, CLOSED + ' ENXIO EIO EINVAL ENODEV ETXTBSY EISDIR')
return found, seen > 50`,
    answer: returned([{}, true]),
  },
  {
    name: 'takes back that the kernel ends it first when memory is short',
    program: String.raw`${OWN}
def write(path, value):
    descriptor = os.open(path, os.O_WRONLY)
    os.write(descriptor, value)
refused = unrefused({f'{path} {value}': lambda path=path, value=value: write(path, value)
                     for path in ('/proc/self/oom_score_adj', '/proc/self/oom_adj', '/proc/thread-self/oom_score_adj')
                     for value in (b'0', b'-1000', b'-17')}, CLOSED)
return refused, read('/proc/self/oom_score_adj')`,
    answer: returned([{}, '1000\n']),
  },
  {
    name: 'writes to shared files by mapping them, and by way of /proc',
    program: String.raw`${OWN}
import mmap
path = '/usr/bin/env'
descriptor, before = os.open(path, os.O_RDONLY), read(path)
def shared(prot):
    return mmap.mmap(descriptor, 4096, flags=mmap.MAP_SHARED, prot=prot)
def upgraded():
    address = checked(_libc.mmap(None, ctypes.c_size_t(4096), 1, 1, descriptor, ctypes.c_long(0)))
    call(10, address, 4096, 3)
private = mmap.mmap(descriptor, 4096, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
private[:16] = b'x' * 16
address = ctypes.addressof(ctypes.c_char.from_buffer(private)) & ~4095
span = f'{address:x}-{address + 4096:x}'
refused = unrefused({
    'mmap': lambda: shared(mmap.PROT_READ | mmap.PROT_WRITE),
    'mprotect': upgraded,
    'splice into it': lambda: call(275, os.pipe()[0], None, descriptor, None, 1, 2),
    'sendfile into it': lambda: os.sendfile(descriptor, os.open('/etc/passwd', os.O_RDONLY), 0, 1),
    'copy_file_range': lambda: os.copy_file_range(os.open('/etc/passwd', os.O_RDONLY), descriptor, 1),
    'fallocate': lambda: os.posix_fallocate(descriptor, 0, 1),
    'map_files': lambda: opened('/proc/self/map_files/' + span, os.O_RDWR),
    'map_files, to read': lambda: opened('/proc/self/map_files/' + span, os.O_RDONLY),
    'mem': lambda: opened('/proc/self/mem', os.O_RDWR),
}, CLOSED + ' EBADF')
return refused, read(path) == before`,
    answer: returned([{}, true]),
  },
  {
    name: 'looks for physical addresses, kernel stacks and kernel symbols',
    program: String.raw`${OWN}
frames = set()
with open('/proc/self/pagemap', 'rb') as file:
    for address in (id(frames), id(os), ctypes.addressof(ctypes.c_int())):
        file.seek(address // 4096 * 8)
        frames.add(int.from_bytes(file.read(8), 'little') & ((1 << 55) - 1))
stack = attempt(lambda: read('/proc/self/stack'))
wait = read('/proc/self/wchan')
tables = unrefused({name: lambda name=name: opened('/proc/' + name, os.O_RDONLY) for name in
                    'kallsyms modules kpagecount kpageflags slabinfo vmallocinfo iomem ioports timer_list'.split()}, CLOSED)
return frames, stack in CLOSED.split(), wait, tables`,
    answer: returned(['{0}', true, '0', {}]),
  },
  {
    name: 'looks for processes, and for the machine, in /proc',
    program: String.raw`${OWN}
names = os.listdir('/proc')
machine = [name for name in names if not name.isdigit() and name not in ('self', 'thread-self')]
strangers = [name for name in names if name.isdigit() and int(name) != os.getpid()]
hidden = unrefused({name: lambda name=name: os.stat('/proc/' + name) for name in
                    ('1', '1/status', '1/cmdline', '1/ns/net', 'sys', 'sys/kernel/hostname', 'sys/vm/drop_caches', 'cpuinfo', 'meminfo',
                     'net', 'version', 'cmdline', 'mounts', 'loadavg', 'stat', 'locks', 'sysrq-trigger', 'fs', 'bus', 'irq', 'scsi')},
                   'ENOENT')
return machine, strangers, hidden`,
    answer: returned([[], [], {}]),
  },
  {
    name: "looks for the host's name",
    program: String.raw`
import os, platform, socket
for name in sorted(os.listdir('/etc')):
    with open('/etc/' + name) as file:
        print(file.read())
return os.uname().nodename, socket.gethostname(), platform.node(), socket.getfqdn(), sorted(os.listdir('/etc'))`,
    answer: {
      status: 200,
      result: ['sandbox', 'sandbox', 'sandbox', 'sandbox', ['group', 'hosts', 'nsswitch.conf', 'passwd']],
      stderr: '',
    },
  },
  {
    name: 'tells who else uses a shared folder by asking for signals',
    program: String.raw`${OWN}
import fcntl
folders = [os.open(path, os.O_RDONLY) for path in ('/usr/bin', '/etc', '/')]
return unrefused({
    **{f'F_NOTIFY {folder}': lambda folder=folder: fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS | fcntl.DN_CREATE) for folder in folders},
    **{f'F_SETLEASE {kind}': lambda kind=kind: fcntl.fcntl(os.open('/usr/bin/env', os.O_RDONLY), fcntl.F_SETLEASE, kind)
       for kind in (fcntl.F_RDLCK, fcntl.F_WRLCK)},
    'inotify_init': lambda: call(253),
    'inotify_init1': lambda: call(294, 0),
    'fanotify_init': lambda: call(300, 0x200, 0),
    'cachestat': lambda: call(451, folders[0], (ctypes.c_uint64 * 2)(0, 0), (ctypes.c_uint64 * 5)(), 0),
}, CLOSED + ' EAGAIN EINVAL')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'leaves the time of its reading on a shared file',
    program: String.raw`${OWN}
import time
changed = []
for path in ('/usr/bin/env', '/etc/passwd', '/srv/forkserver/server.py', '/usr/bin', '/etc', '/dev/null', '/dev/zero', '/bin'):
    before = os.lstat(path).st_atime_ns
    descriptor = os.open(path, os.O_RDONLY)
    if os.path.isdir(path):
        os.listdir(descriptor)
    else:
        os.read(descriptor, 64)
    if os.path.islink(path):
        os.readlink(path)
    if os.lstat(path).st_atime_ns != before:
        changed.append(path)
return changed`,
    answer: returned([]),
  },
  {
    name: 'keeps shared files locked by a process that it leaves',
    program: String.raw`
import fcntl, os, signal
reader, writer = os.pipe()
if os.fork() == 0:
    os.setsid()
    held = [open(path, 'rb') for path in ('/usr/bin/env', '/etc/passwd', '/dev/null', '/srv/forkserver/server.py')]
    for file in held:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, 4242)
    os.write(writer, b'!')
    while True:
        signal.pause()
os.close(writer)
return os.read(reader, 1).decode()`,
    answer: returned('!'),
  },
  {
    name: 'looks for locks that a program before it has left',
    program: String.raw`${OWN}
import fcntl
def lock(path):
    fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
return unrefused({path: lambda path=path: lock(path) for path in ('/usr/bin/env', '/etc/passwd', '/dev/null', '/srv/forkserver/server.py')}, 'done')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'takes file locks without end, in memory of the kernel that no group counts',
    program: String.raw`
import fcntl
files = [open(f'/tmp/{number}', 'wb') for number in range(900)]
for start in range(0, 500, 2):
    for file in files:
        fcntl.lockf(file, fcntl.LOCK_EX, 1, start)
return 'took 225,000'`,
    answer: { status: 400, error: /./ },
    timeout: 30,
  },
  {
    name: 'takes locks of no process, which all jails would count as their own',
    program: String.raw`${ATTEMPTS}
import fcntl, struct
file = os.open('/tmp/x', os.O_CREAT | os.O_RDWR)
lock = struct.pack('hhqqi4x', fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0)
return unrefused({name: lambda command=getattr(fcntl, name): fcntl.fcntl(file, command, lock)
                  for name in ('F_OFD_GETLK', 'F_OFD_SETLK', 'F_OFD_SETLKW')}, 'EINVAL')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'hands locks to a process that ends, so that nobody sees whose they are',
    program: String.raw`${ATTEMPTS}
CLONE_FILES, CLONE_VM = 0x400, 0x100
def clone(flags):
    if call(56, flags | signal.SIGCHLD, 0, 0, 0, 0) == 0:
        os._exit(0)
return unrefused({'descriptors': lambda: clone(CLONE_FILES), 'descriptors and memory': lambda: clone(CLONE_FILES | CLONE_VM)})`,
    answer: ALL_REFUSED,
  },
  {
    name: 'leaves files, pipes, sockets and links in every place that takes them',
    program: String.raw`${OWN}
import socket
left = []
for folder in ('/tmp', '/dev/shm', '/var/tmp', '/run', '/run/lock', '/run/user', '/dev', '/dev/mqueue', '/srv', '/root', '/'):
    path = folder.rstrip('/') + '/left'
    for name, make in {
        'file': lambda: opened(path, os.O_WRONLY | os.O_CREAT),
        'FIFO': lambda: os.mkfifo(path + '.fifo'),
        'socket': lambda: socket.socket(socket.AF_UNIX).bind(path + '.socket'),
        'link': lambda: os.symlink('/nowhere', path + '.link'),
        'folder': lambda: os.mkdir(path + '.folder', 0),
    }.items():
        if attempt(make) == 'done':
            left.append(f'{folder} {name}')
if os.fork() == 0:
    os.open('/tmp/left.fifo', os.O_RDONLY)  # for ever
return sorted({place.split()[0] for place in left}), len(left)`,
    answer: returned([['/dev/shm', '/tmp'], 10]),
  },
  {
    name: 'looks for files that a program before it has left',
    program: String.raw`
import os
return os.listdir('/tmp'), os.listdir('/dev/shm')`,
    answer: returned([[], []]),
  },
  {
    name: 'leaves folders 10,000 deep',
    program: String.raw`
import os
for depth in range(10_000):
    os.mkdir('d')
    os.chdir('d')
return depth + 1`,
    answer: returned(10_000),
  },
  {
    name: 'makes more files than its file system has room for',
    program: String.raw`${OWN}
def fill(folder):
    for number in range(100_000):
        opened(f'{folder}/{number}', os.O_WRONLY | os.O_CREAT)
return attempt(lambda: fill('/tmp')), attempt(lambda: fill('/dev/shm')), len(os.listdir('/tmp')) < 16_384`,
    answer: returned(['ENOSPC', 'ENOSPC', true]),
    timeout: 30,
  },
  {
    name: 'uses every byte in names, the longest names and longer paths',
    program: String.raw`
import os
names = [bytes([byte]) for byte in range(1, 256) if byte not in b'./'] + [b'n' * 255, b'\xff' * 255, b'-rf *', b'$(reboot)', b'..\\..']
for name in names:
    os.mkdir(os.path.join(b'/tmp', name))
too_long = []
for path in ('/tmp/' + 'n' * 256, '/tmp/' + '/n' * 2100, '/' * 4096, '/tmp' + '/.' * 100_000):
    try:
        open(path)
    except OSError as error:
        too_long.append(error.errno)
print(os.listdir('/tmp'))
return len(names) == len(os.listdir('/tmp')), too_long, os.path.isdir('/' * 4095)`,
    answer: { status: 200, result: [true, [36, 36, 36, 36], true], stdout: /rf \*/, stderr: '' },
  },
  {
    name: 'plants modules and settings where the next Python would look for them',
    program: String.raw`
import os
BOMB = 'import os\nos.write(1, b"planted")\nos._exit(9)\n'
for name in ('json.py', 'ast.py', 'sitecustomize.py', 'usercustomize.py', 'random.py', 'encodings.py', '.pythonrc.py', 'pyvenv.cfg', 'forkserver.py'):
    for folder in ('/tmp', '/dev/shm'):
        with open(os.path.join(folder, name), 'w') as file:
            file.write(BOMB)
for folder in ('/tmp/.local/lib/python3.11/site-packages', '/tmp/lib', '/tmp/__pycache__'):
    os.makedirs(folder)
    with open(folder + '/planted.pth', 'w') as file:
        file.write('import os; os._exit(9)\n')
os.environ['PYTHONSTARTUP'] = os.environ['PYTHONPATH'] = '/tmp'
os.environ['LD_PRELOAD'] = '/tmp/planted.so'
return 'planted'`,
    answer: returned('planted'),
  },
];
