import { ALL_REFUSED, ATTEMPTS, returned } from './attempts';
import { type HostileProgram } from './hostile-program';

/** Ways for a network to be closed: no such socket, or a socket with no way out. */
const CLOSED = String.raw`${ATTEMPTS}
import socket, struct
CLOSED = '''EPERM ENOSYS EACCES EAFNOSUPPORT EPROTONOSUPPORT ESOCKTNOSUPPORT ENETUNREACH EADDRNOTAVAIL EHOSTUNREACH ENETDOWN
            ENODEV'''
# Each with where it would lead: the service and its Redis, cloud metadata, the host's bridge, the world.
ADDRESSES = ['127.0.0.1', '127.0.0.53', '0.0.0.0', '169.254.169.254', '172.17.0.1', '10.0.0.1', '192.168.0.1', '8.8.8.8',
             '255.255.255.255', '224.0.0.1']
ADDRESSES_6 = ['::1', '::', '::ffff:127.0.0.1', '::ffff:169.254.169.254', 'fd00:ec2::254', 'fe80::1', '2001:4860:4860::8888',
               'ff02::1', '64:ff9b::7f00:1']
PORTS = [22, 53, 80, 443, 6379, 8080]
EVERY = [(socket.AF_INET, address) for address in ADDRESSES] + [(socket.AF_INET6, address) for address in ADDRESSES_6]
`;

/** Anything that is not this program. */
export const NETWORK: readonly HostileProgram[] = [
  {
    name: 'connects by TCP to the host, its services, cloud metadata and the world',
    program: String.raw`${CLOSED}
def connect(family, address, port):
    with socket.socket(family) as connection:
        connection.settimeout(0.2)
        connection.connect((address, port))
return unrefused({f'{address} {port}': lambda target=(family, address, port): connect(*target)
                  for family, address in EVERY for port in PORTS}, CLOSED + ' EINVAL')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'connects by IPv6 through each interface by number',
    program: String.raw`${CLOSED}
def connect(address, interface):
    with socket.socket(socket.AF_INET6) as connection:
        connection.settimeout(0.2)
        connection.connect((address, 80, 0, interface))
return unrefused({f'{address}%{interface}': lambda target=(address, interface): connect(*target)
                  for address in ('fe80::1', 'ff02::1', '::1') for interface in range(1, 9)}, CLOSED + ' EINVAL')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'sends datagrams, by broadcast and multicast too',
    program: String.raw`${CLOSED}
def send(family, address, port):
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if family == socket.AF_INET:
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 9)
        sender.sendto(b'?', (address, port))
return unrefused({f'{address} {port}': lambda target=(family, address, port): send(*target)
                  for family, address in EVERY if address != '0.0.0.0' for port in PORTS}, CLOSED + ' EINVAL')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'sends datagrams to itself, by the address that stands for its own host',
    program: String.raw`${CLOSED}
def meet():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(('', 0))
        receiver.sendto(b'?', ('0.0.0.0', receiver.getsockname()[1]))  # sent into an interface that is down
        receiver.recv(1, socket.MSG_DONTWAIT)
return unrefused({'datagram': meet}, CLOSED + ' EAGAIN')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'sends with the first packet, and from addresses that are not its own',
    program: String.raw`${CLOSED}
def fast_open(address):
    with socket.socket() as connection:
        connection.sendto(b'?', 0x20000000, (address, 80))  # MSG_FASTOPEN
def foreign(option, address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.IPPROTO_IP, option, 1)
        sender.bind(('8.8.8.8', 53))
        sender.sendto(b'?', (address, 53))
return unrefused({
    **{f'fast open {address}': lambda address=address: fast_open(address) for address in ADDRESSES},
    **{f'IP_FREEBIND {address}': lambda address=address: foreign(15, address) for address in ADDRESSES},
    **{f'IP_TRANSPARENT {address}': lambda address=address: foreign(19, address) for address in ADDRESSES},
}, CLOSED)`,
    answer: ALL_REFUSED,
  },
  {
    name: 'opens raw sockets, ping sockets and packet sockets',
    program: String.raw`${CLOSED}
return unrefused({
    **{f'raw {family} {protocol}': lambda family=family, protocol=protocol: socket.socket(family, socket.SOCK_RAW, protocol)
       for family in (socket.AF_INET, socket.AF_INET6) for protocol in range(256)},
    'ping': lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP),
    'ping 6': lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6),
    'packet': lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x300),
    'cooked packet': lambda: socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0x300),
    'old packet': lambda: socket.socket(socket.AF_INET, 10, 0x300),
}, CLOSED + ' EINVAL')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'opens sockets of rare protocols, whose modules the kernel would load for it',
    program: String.raw`${CLOSED}
TCP_UDP = (0, socket.IPPROTO_TCP, socket.IPPROTO_UDP)
return unrefused({f'{family} {kind} {protocol}': lambda what=(family, kind, protocol): socket.socket(*what)
                  for family in (socket.AF_INET, socket.AF_INET6) for kind in (1, 2, 4, 5, 6)
                  for protocol in {*range(264)} - {*TCP_UDP}}, CLOSED + ' EINVAL')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'opens sockets of every family but Unix and IP',
    program: String.raw`${CLOSED}
COMMON = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)
families = [family for family in (*range(64), 255, 65535, 2**31, -1) if family not in COMMON]
found = unrefused({f'{family} {kind} {protocol}': lambda what=(family, kind, protocol): call(41, *what)
                   for family in families for kind in (1, 2, 3, 4, 5, 6, 10) for protocol in (0, 1, 6)}, CLOSED)
# The filter compares 64 bits, the kernel takes 32.
wide = unrefused({f'wide {family}': lambda family=family: call(41, 1 << 32 | family, 3, 0) for family in families}, CLOSED + ' EINVAL')
return found, wide`,
    answer: returned([{}, {}]),
  },
  {
    name: 'opens pairs of sockets of every family but Unix',
    program: String.raw`${CLOSED}
ends = (ctypes.c_int * 2)()
return unrefused({f'{family} {kind}': lambda family=family, kind=kind: call(53, family, kind, 0, ends)
                  for family in {*range(64)} - {socket.AF_UNIX} for kind in (1, 2, 3, 5)}, CLOSED + ' ENOTSUP')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'opens netlink sockets of every protocol',
    program: String.raw`${CLOSED}
return unrefused({f'{kind} {protocol}': lambda kind=kind, protocol=protocol: socket.socket(socket.AF_NETLINK, kind, protocol)
                  for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM) for protocol in range(32)}, CLOSED)`,
    answer: ALL_REFUSED,
  },
  {
    name: 'asks for names',
    program: String.raw`
import socket
answers = {}
for name in ('example.com', 'metadata.google.internal', 'redis', 'host.docker.internal', 'kubernetes.default.svc'):
    for ask in (socket.gethostbyname, lambda name: socket.getaddrinfo(name, 80)):
        try:
            answers[name] = repr(ask(name))
        except socket.gaierror:
            pass
try:
    answers['reverse'] = socket.gethostbyaddr('8.8.8.8')
except socket.herror:
    pass
return answers`,
    answer: ALL_REFUSED,
  },
  {
    name: 'uses requests, urllib, http.client, ssl and asyncio, which fail as they do without a network',
    program: String.raw`
import asyncio, http.client, requests, socket, ssl, urllib.request
def over_tls():
    with socket.create_connection(('1.1.1.1', 443), timeout=2) as connection:
        ssl.create_default_context().wrap_socket(connection, server_hostname='one.one.one.one')
def by_client():
    http.client.HTTPConnection('127.0.0.1', 8080, timeout=2).request('GET', '/')
failures = {}
for name, act in {
    'requests': lambda: requests.get('http://169.254.169.254/latest/meta-data/', timeout=2),
    'urllib': lambda: urllib.request.urlopen('https://example.com', timeout=2),
    'http.client': by_client,
    'ssl': over_tls,
    'asyncio': lambda: asyncio.run(asyncio.open_connection('8.8.8.8', 53)),
}.items():
    try:
        failures[name] = repr(act())
    except OSError:  # a requests.ConnectionError and a URLError too
        failures[name] = 'OSError'
return {*failures.values()} == {'OSError'} or failures`,
    answer: returned(true),
  },
  {
    name: 'listens on every address and connects to itself',
    program: String.raw`${CLOSED}
def meet(family, address):
    with socket.socket(family) as listener, socket.socket(family) as connection:
        listener.bind((address, 0))
        listener.listen()
        connection.settimeout(0.2)
        connection.connect(listener.getsockname()[:2])
def join(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as member:
        member.bind(('', 5353))
        member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton('224.0.0.251') + socket.inet_aton(address))
return unrefused({
    **{address: lambda where=(family, address): meet(*where) for family, address in EVERY},
    'multicast': lambda: join('0.0.0.0'), 'multicast of lo': lambda: join('127.0.0.1'),
}, CLOSED + ' EINVAL')`,
    answer: ALL_REFUSED,
  },
  {
    name: "connects to Unix sockets where a host's services have theirs",
    program: String.raw`${CLOSED}
PATHS = '''/run/docker.sock /var/run/docker.sock /run/containerd/containerd.sock /run/podman/podman.sock /run/crio/crio.sock
/run/systemd/private /run/systemd/notify /run/systemd/journal/socket /run/dbus/system_bus_socket /dev/log /run/nscd/socket
/run/redis/redis-server.sock /run/redis.sock /tmp/redis.sock /srv/redis.sock /run/snapd.socket /run/uuidd/request /run/libvirt/libvirt-sock
/var/lib/lxd/unix.socket /tmp/.X11-unix/X0 /run/user/0/bus /run/udev/control redis.sock ../redis.sock .data/redis.sock'''.split()
# Names of the abstract space, which belongs to the network namespace.
NAMES = ['\0/tmp/.X11-unix/X0', '\0/tmp/dbus-system', '\0/containerd-shim', '\0/org/kernel/linux/storage/multipathd', '\0\0', '\0redis']
def connect(kind, path):
    with socket.socket(socket.AF_UNIX, kind) as connection:
        connection.connect(path)
return unrefused({f'{path!r} {kind}': lambda kind=kind, path=path: connect(kind, path)
                  for path in PATHS + NAMES for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET)},
                 'ENOENT ECONNREFUSED ENOTDIR EPERM')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'looks for a socket among its descriptors',
    program: String.raw`
import os, stat
found = []
for descriptor in range(4096):
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        continue
    if not (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)):
        found.append((descriptor, os.readlink(f'/proc/self/fd/{descriptor}')))
return found`,
    answer: returned([]),
  },
  {
    name: 'sets up interfaces, addresses, routes and bridges by ioctl on a Unix socket',
    program: String.raw`${CLOSED}
import fcntl
CALLS = dict(SIOCADDRT=0x890B, SIOCDELRT=0x890C, SIOCSIFLINK=0x8911, SIOCSIFFLAGS=0x8914, SIOCSIFADDR=0x8916, SIOCSIFDSTADDR=0x8918,
             SIOCSIFBRDADDR=0x891A, SIOCSIFNETMASK=0x891C, SIOCSIFMETRIC=0x891E, SIOCSIFMTU=0x8922, SIOCSIFNAME=0x8923,
             SIOCSIFHWADDR=0x8924, SIOCSIFENCAP=0x8926, SIOCADDMULTI=0x8931, SIOCDELMULTI=0x8932, SIOCSIFPFLAGS=0x8934,
             SIOCSIFHWBROADCAST=0x8937, SIOCSIFTXQLEN=0x8943, SIOCSMIIREG=0x8949, SIOCSARP=0x8955, SIOCDARP=0x8953,
             SIOCSIFMAP=0x8971, SIOCADDDLCI=0x8980, SIOCGIFVLAN=0x8982, SIOCSIFVLAN=0x8983, SIOCBONDENSLAVE=0x8990,
             SIOCBRADDBR=0x89A0, SIOCBRDELBR=0x89A1, SIOCBRADDIF=0x89A2, SIOCSHWTSTAMP=0x89B0, SIOCDEVPRIVATE=0x89F0, SIOCADDTUNNEL=0x89F1)
request = struct.pack('16sH254x', b'lo', 1)
def on(family):
    opened = socket.socket(family, socket.SOCK_DGRAM)
    return {f'{name} {family}': lambda number=number: fcntl.ioctl(opened, number, request) for name, number in CALLS.items()}
attempts = on(socket.AF_UNIX)
for family in (socket.AF_INET, socket.AF_INET6):
    try:
        attempts |= on(family)
    except OSError:
        pass
return unrefused(attempts, CLOSED + ' ENOTTY EINVAL ENOTSUP ENOPKG')`,
    answer: ALL_REFUSED,
  },
  {
    name: 'looks at the interfaces and for a way out',
    program: String.raw`${CLOSED}
interfaces = [line.split() for line in read('/proc/self/net/dev').splitlines()[2:]]
busy = [name for name, received, *_ in interfaces if received != '0']
routes = read('/proc/self/net/route').splitlines()[1:]
return busy, routes, read('/proc/self/net/arp').splitlines()[1:]`,
    answer: returned([[], [], []]),
  },
  {
    name: 'sets socket options of the powerful',
    program: String.raw`${CLOSED}
LEVELS = {
    'SO_DEBUG': (1, 1, 1), 'SO_PRIORITY': (1, 12, 7), 'SO_SNDBUFFORCE': (1, 32, 1 << 30), 'SO_RCVBUFFORCE': (1, 33, 1 << 30),
    'SO_MARK': (1, 36, 1), 'SO_BINDTODEVICE': (1, 25, b'eth0\0'), 'SO_ATTACH_BPF': (1, 50, 0), 'SO_ATTACH_REUSEPORT_EBPF': (1, 52, 0),
    'SO_PREFER_BUSY_POLL': (1, 69, 1),
}
LEVELS_4 = {
    'IP_TRANSPARENT': (0, 19, 1), 'IP_IPSEC_POLICY': (0, 16, bytes(256)), 'IP_XFRM_POLICY': (0, 17, bytes(256)), 'IPT_SO_SET_REPLACE': (0, 64, bytes(256)),
    'ARPT_SO_SET_REPLACE': (0, 96, bytes(256)), 'EBT_SO_SET_ENTRIES': (0, 128, bytes(256)), 'MRT_INIT': (0, 200, 1), 'IP_OPTIONS': (0, 4, bytes([131, 7, 4, 127, 0, 0, 1, 0])),
    'TCP_REPAIR': (6, 19, 1), 'TCP_MD5SIG': (6, 14, bytes(216)), 'TCP_ULP': (6, 31, b'tls\0'), 'TCP_CONGESTION': (6, 13, b'dctcp\0'),
}
def set_on(family, level, option, value):
    with socket.socket(family) as opened:
        opened.setsockopt(level, option, value)
REFUSED = CLOSED + ' EINVAL ENOPROTOOPT ENOTSUP EBADF ENOTCONN ENOENT'
found = {}
for family, options in ((socket.AF_UNIX, LEVELS), (socket.AF_INET, LEVELS | LEVELS_4)):
    found |= unrefused({f'{name} {family}': lambda what=(family, *option): set_on(*what) for name, option in options.items()}, REFUSED)
return found`,
    answer: ALL_REFUSED,
  },
  {
    name: 'takes IPv6 flow labels, which outlive sockets and are counted for the whole machine',
    program: String.raw`${CLOSED}
def take(label):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as opened:
        address = socket.inet_pton(socket.AF_INET6, '2001:db8::1')
        opened.setsockopt(41, 32, address + struct.pack('!I', label) + struct.pack('BBHHHI', 0, 255, 1, 6, 6, 0))
return unrefused({'flow label': lambda: take(0x12345)}, CLOSED)`,
    answer: ALL_REFUSED,
  },
  {
    name: 'leaves the number of its failed connections behind',
    program: String.raw`${CLOSED}
def fail():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b'?', ('8.8.8.8', 53))
outcomes = {attempt(fail) for _ in range(42)}
return len(outcomes) == 1 and outcomes <= {*CLOSED.split()}`,
    answer: returned(true),
  },
  {
    name: "reads in the network's counters what programs before it have done",
    program: String.raw`${CLOSED}
found = {}
for table in ('snmp', 'netstat'):
    lines = read('/proc/self/net/' + table).splitlines()
    for names, values in zip(lines[::2], lines[1::2]):
        counters = zip(names.split()[1:], values.split()[1:])
        found |= {name: value for name, value in counters if name in ('OutNoRoutes', 'OutRequests', 'ActiveOpens', 'AttemptFails', 'OutDatagrams')
                  and value != '0'}
for line in read('/proc/self/net/snmp6').splitlines():
    name, value = line.split()
    if name.endswith(('OutNoRoutes', 'OutRequests')) and value != '0':
        found[name] = value
return found`,
    answer: ALL_REFUSED,
  },
  {
    name: 'forges the sender of a message, and passes itself descriptors',
    program: String.raw`${CLOSED}
here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
there.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
def send_as(pid, user, group):
    here.sendmsg([b'!'], [(socket.SOL_SOCKET, socket.SCM_CREDENTIALS, struct.pack('3i', pid, user, group))])
forged = unrefused({str(who): lambda who=who: send_as(*who) for who in
                    ((1, 0, 0), (1, 1000, 1000), (os.getpid(), 0, 1000), (os.getpid(), 1000, 0), (os.getpid(), 65534, 65534))},
                   'EPERM ESRCH EINVAL')
send_as(os.getpid(), 1000, 1000)
socket.send_fds(here, [b'!'], [0, 1, 2])
with open('/proc/self/status') as file:  # what has been sent is closed with its socket
    return forged, len(socket.recv_fds(there, 1, 3)[0])`,
    answer: returned([{}, 1]),
  },
  {
    name: 'leaves sockets that lie in their own queues',
    program: String.raw`
import socket
for number in range(100):
    pair = socket.socketpair()
    for end in pair:
        socket.send_fds(end, [b'!'], [pair[0].fileno(), pair[1].fileno()])
    named = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    named.bind(f'\0kept {number}')
    named.connect(f'\0kept {number}')
    socket.send_fds(named, [b'secret'], [named.fileno()])
return number`,
    answer: returned(99),
  },
  {
    name: 'leaves servers that listen, in processes of their own',
    program: String.raw`
import os, socket, time
ready, done = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        os.setsid()
        os.close(ready)
        for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
            named = socket.socket(socket.AF_UNIX, kind)
            named.bind(f'\0left {kind} {os.getpid()}')
            named.listen()
        try:
            socket.create_server(('', 20000 + os.getpid() % 1000))
        except OSError:
            pass
        os.write(done, b'!')
        while True:
            time.sleep(60)
os.close(done)
while len(os.read(ready, 4)) < 1:
    pass
return 'left'`,
    answer: returned('left'),
  },
  {
    name: 'looks for sockets that programs before it have left',
    program: String.raw`
import os, socket
found = {}
for table in ('unix', 'tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6', 'packet', 'netlink'):
    try:
        with open('/proc/self/net/' + table) as file:
            lines = file.read().splitlines()[1:]
    except FileNotFoundError:
        continue
    if table == 'netlink':  # the kernel's own have no process
        lines = [line for line in lines if line.split()[2] != '0']
    if lines:
        found[table] = lines
return found`,
    answer: ALL_REFUSED,
  },
];
