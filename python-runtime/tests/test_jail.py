"""The fork server in a real jail, from outside: its protocol, and what it keeps of one job for the next."""

import contextlib
import errno
import fcntl
import os
import re
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jail import Jail, Run, eventually

from forkserver import frames, linux
from forkserver.frames import Cause

pytestmark = pytest.mark.jail

OUTPUT_BYTES = 64 * 1024
#: A program that any slot must serve at once, whatever was before it.
HONEST = "sum(range(10))"


@pytest.fixture
def jail() -> Iterator[Jail]:
    with Jail(output_bytes=OUTPUT_BYTES) as jail:
        yield jail
        # Whatever a test has done to it, a jail serves the next.
        assert jail.run(HONEST).value == 45


@pytest.fixture(scope="module")
def library_jail() -> Iterator[Jail]:
    """A jail with modules preloaded that keep a state of their own."""
    with Jail(preload=["numpy", "numpy.random", "tempfile", "ssl", "secrets", "asyncio"]) as jail:
        yield jail


# The protocol


def test_a_program_comes_back_in_frames_that_end_with_its_exit(jail: Jail) -> None:
    run = jail.run("import sys; print('out'); print('err', file=sys.stderr); {'a': 1}")
    assert (run.stdout, run.stderr, run.value) == (b"out\n", b"err\n", {"a": 1})
    assert set(run.kinds) == {frames.STDOUT, frames.STDERR, frames.RESULT, frames.EXITED}
    assert run.kinds.index(frames.EXITED) == len(run.kinds) - 1


def test_output_comes_while_the_program_runs(jail: Jail) -> None:
    jail.start("import time\nprint('first')\nwhile True: time.sleep(60)")

    def cancel_when_seen(run: Run) -> None:
        if run.kinds[-1:] == [frames.STDOUT]:
            jail.order(frames.CANCEL)

    run = jail.finish(cancel_when_seen)
    assert (run.stdout, run.cause) == (b"first\n", Cause.CANCEL)


def test_a_cancel_that_comes_too_late_hits_no_other_job(jail: Jail) -> None:
    assert jail.run("1").value == 1
    jail.order(frames.CANCEL)
    assert jail.run("2").value == 2


def test_a_program_that_never_comes_is_over_at_its_deadline(jail: Jail) -> None:
    jail.await_ready()
    jail.order(frames.START, 50)
    run = jail.finish()
    assert (run.cause, run.result) == (Cause.DEADLINE, b"")


def test_a_program_without_an_order_ends_the_server() -> None:
    with Jail() as jail:
        jail.await_ready()
        jail.send_program("1")
        with pytest.raises(EOFError):
            jail.read_frame()
        assert "a child ended before it had a program" in jail.close()


def test_a_server_whose_service_has_gone_ends_with_all_that_it_runs() -> None:
    other = Jail()
    other.start("import os, signal\nif os.fork(): os.fork()\nprint('started')\nwhile True: signal.pause()")
    while other.read_frame()[0] != frames.STDOUT:
        pass
    assert other.processes()
    server = other.server_pid
    other.close()
    assert not Path(f"/proc/{server}").exists()


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("while True: pass", id="a busy loop"),
        pytest.param("import signal\nwhile True: signal.pause()", id="a pause"),
        pytest.param("import os; os.closerange(0, 1024)\nwhile True: pass", id="closed pipes"),
        pytest.param("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", id="a stop"),
        pytest.param(
            "import signal\nfor n in set(signal.valid_signals()) - {9, 19}: signal.signal(n, signal.SIG_IGN)\n"
            "while True: signal.pause()",
            id="deaf to signals",
        ),
        pytest.param("import atexit\ndef f():\n  while True: pass\natexit.register(f)", id="a loop in atexit"),
        pytest.param("class C:\n  def __repr__(self):\n    while True: pass\nC()", id="a loop in the result's repr"),
        pytest.param("import threading\nthreading.Thread(target=threading.Event().wait).start()", id="a thread"),
        pytest.param("import os\nif os.fork(): os.wait()\nwhile True: pass", id="a child"),
    ],
)
def test_the_deadline_ends(jail: Jail, code: str) -> None:
    run = jail.run(f"print('before')\n{code}", seconds=0.5)
    assert (run.stdout, run.cause) == (b"before\n", Cause.DEADLINE)


@pytest.mark.parametrize("descriptor", [1, 2])
def test_output_may_reach_the_limit_exactly(jail: Jail, descriptor: int) -> None:
    run = jail.run(f"import os\nfor _ in range({OUTPUT_BYTES // 1024}): os.write({descriptor}, b'x' * 1024)")
    assert (run.cause, run.exit_code) == (Cause.NONE, 0)
    assert sorted([len(run.stdout), len(run.stderr)]) == [0, OUTPUT_BYTES]


@pytest.mark.parametrize("descriptor", [1, 2])
@pytest.mark.parametrize(
    "code",
    [
        pytest.param("os.write({0}, b'x' * ({1} + 1))", id="by a byte"),
        pytest.param("while True: os.write({0}, b'x' * 65536)", id="without end"),
        pytest.param("while os.fork(): pass\nwhile True: os.write({0}, b'x')", id="by many"),
    ],
)
def test_output_over_the_limit_ends_the_program(jail: Jail, descriptor: int, code: str) -> None:
    run = jail.run("import os\n" + code.format(descriptor, OUTPUT_BYTES))
    assert run.cause is Cause.OUTPUT
    assert OUTPUT_BYTES + 1 in {len(run.stdout), len(run.stderr)}


def test_a_result_may_be_as_large_as_the_limit(jail: Jail) -> None:
    assert jail.run(f"'x' * ({OUTPUT_BYTES} - 2)").value == "x" * (OUTPUT_BYTES - 2)


def test_a_result_over_the_limit_ends_the_program(jail: Jail) -> None:
    assert jail.run(f"'x' * ({OUTPUT_BYTES} - 1)").cause is Cause.OUTPUT


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM, signal.SIGABRT, signal.SIGALRM])
def test_a_death_by_signal_is_told(jail: Jail, number: signal.Signals) -> None:
    run = jail.run(f"import os; os.kill(os.getpid(), {int(number)})")
    assert (run.cause, run.exit_code) == (Cause.NONE, -number)


@pytest.mark.parametrize("code", ["import os; os._exit(3)", "import sys; sys.exit(3)", "raise SystemExit(3)"])
def test_an_exit_code_is_told(jail: Jail, code: str) -> None:
    assert jail.run(code).exit_code == 3


def test_a_program_that_closes_its_pipes_early_is_waited_for(jail: Jail) -> None:
    code = "import os, time\nprint('before', flush=True)\nos.closerange(0, 1024)\ntime.sleep(0.2)\nos._exit(7)"
    run = jail.run(code)
    assert (run.stdout, run.cause, run.exit_code) == (b"before\n", Cause.NONE, 7)


def test_a_program_cannot_forge_frames(jail: Jail) -> None:
    forged = frames.encode_exit(Cause.NONE, 0) + frames.encode(frames.READY, b"")
    run = jail.run(
        f"""
import os
for name in ('0', *os.listdir('/proc/self/fd')):
    try:
        os.write(int(name), {forged!r})
    except OSError:
        pass  # stdin, and the folder that was listed
os._exit(9)
"""
    )
    assert (run.stdout, run.stderr, run.result) == (forged, forged, b"A" + forged)
    assert run.exit_code == 9


def test_a_program_may_be_large_and_of_any_text(jail: Jail) -> None:
    run = jail.run("# " + "é" * 300_000 + "\nlen('\U0001f600é\0'.encode())".replace("\0", "\\0"))
    assert run.value == 7


# What a job leaves behind

DAEMON = """
import os, signal
reader, writer = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in set(signal.valid_signals()) - {9, 19}:
            signal.signal(number, signal.SIG_IGN)
        os.write(writer, b"x")
        while True:
            %s
    os._exit(0)
os.wait()
os.read(reader, 1)
print("left")
"""


@pytest.mark.parametrize("habit", ["signal.pause()", "os.kill(os.getpid(), signal.SIGSTOP)", "pass", "os.fork()"])
def test_a_daemon_that_holds_the_pipes_is_gone(jail: Jail, habit: str) -> None:
    run = jail.run(DAEMON % habit)
    assert (run.stdout, run.cause, run.exit_code) == (b"left\n", Cause.NONE, 0)
    processes = "import os\nreturn sorted(int(name) for name in os.listdir('/proc') if name.isdigit()), os.getpid()"
    seen, own = jail.run(processes).value
    assert seen == [own]


@pytest.mark.parametrize("writes", ["", "print('busy', flush=True)"])
def test_orphans_are_reaped_while_a_job_runs(jail: Jail, writes: str) -> None:
    run = jail.run(
        f"""
import os, time
if os.fork() == 0:
    for _ in range(8):
        if os.fork() == 0: os._exit(0)
    os._exit(0)
os.wait()
def dead():
    names = [name for name in os.listdir('/proc') if name.isdigit()]
    return sum(open(f'/proc/{{name}}/stat').read().rpartition(') ')[2].startswith('Z') for name in names)
while dead():
    {writes}
    time.sleep(0.05)
return "reaped"
""",
        seconds=10,
    )
    assert run.value == "reaped"


def test_locks_of_others_are_not_held_against_a_job(jail: Jail, tmp_path: Path) -> None:
    lock = struct.Struct("hhqqi4x")
    with contextlib.ExitStack() as files:
        for number in range(100):
            file = files.enter_context(open(tmp_path / str(number), "wb"))
            for start in range(0, 160, 2):
                fcntl.fcntl(file, fcntl.F_OFD_SETLK, lock.pack(fcntl.F_WRLCK, os.SEEK_SET, start, 1, 0))
        # An orphan that is buried, twice: the server has looked at the locks in between.
        run = jail.run("""
import os, time
for _ in range(2):
    reader, writer = os.pipe()
    if os.fork() == 0:
        orphan = os.fork()
        if orphan: os.write(writer, str(orphan).encode())
        os._exit(0)
    os.wait()
    orphan = int(os.read(reader, 9))
    while os.path.exists(f'/proc/{orphan}'): time.sleep(0.05)
return "served"
""")
    assert run.value == "served"


def test_kill_of_everybody_hits_the_job_alone(jail: Jail) -> None:
    code = """
import os, signal
child = os.fork()
if child == 0:
    while True: signal.pause()
os.kill(-1, signal.SIGKILL)
return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""
    assert jail.run(code).value == -signal.SIGKILL


OUT_OF_REACH = """
import ctypes, os, resource, signal
libc = ctypes.CDLL(None, use_errno=True)

def attempt(action):
    try:
        action()
    except OSError as error:
        return error.errno
    return 0

def call(name, *arguments):
    def action():
        if getattr(libc, name)(*arguments) < 0:
            raise OSError(ctypes.get_errno(), name)
    return action
"""


@pytest.mark.parametrize(
    "action",
    [
        "lambda: os.kill(1, signal.SIGKILL)",
        "lambda: os.kill(1, signal.SIGSTOP)",
        "lambda: signal.pidfd_send_signal(os.pidfd_open(1), signal.SIGKILL)",
        "lambda: os.setpriority(os.PRIO_PROCESS, 1, 19)",
        "lambda: os.sched_setaffinity(1, {0})",
        "lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))",
        "lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0))",
        "lambda: os.listdir('/proc/1/fd')",
        "lambda: os.readlink('/proc/1/root')",
        "lambda: os.stat('/proc/1/cwd/.')",
        "lambda: open('/proc/1/mem', 'rb')",
        "lambda: open('/proc/1/maps').read()",
        "lambda: open('/proc/1/environ').read()",
        "lambda: open('/proc/1/oom_score_adj', 'w').write('1000')",
        "lambda: open('/proc/self/oom_score_adj', 'w').write('0')",
        "lambda: open('/proc/sys/kernel/hostname', 'w').write('x')",
        "lambda: open('/proc/sys/user/max_user_namespaces', 'w').write('9')",
        "lambda: open('/proc/sysrq-trigger', 'w').write('b')",
        "lambda: os.setuid(0)",
        "lambda: os.setgroups([0])",
        "call('ptrace', 16, 1, 0, 0)",
    ],
)
def test_the_server_and_the_machine_are_out_of_reach(jail: Jail, action: str) -> None:
    refused = jail.run(f"{OUT_OF_REACH}\nreturn attempt({action})").value
    assert refused in {errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOENT}, errno.errorcode.get(refused)


@pytest.mark.parametrize(
    "call",
    [
        "call('unshare', 0x10000000)",
        "call('unshare', 0x00020000)",
        "call('unshare', 0x40000000)",
        "call('setns', os.open('/proc/self/ns/user', os.O_RDONLY), 0)",
        "call('mount', b'x', b'/tmp', b'tmpfs', 0, None)",
        "call('mount', b'/proc', b'/tmp', None, 4096, None)",
        "call('umount2', b'/tmp', 2)",
        "call('pivot_root', b'/tmp', b'/tmp') if hasattr(libc, 'pivot_root') else call('umount2', b'/proc', 2)",
        "call('chroot', b'/tmp')",
        "call('sethostname', b'x', 1)",
        "call('ptrace', 0, 0, 0, 0)",
        "call('syscall', CLONE, 0x10000000 | 17, 0, 0, 0, 0)",
        "call('syscall', CLONE, 0x20000000 | 17, 0, 0, 0, 0)",
        "call('syscall', CLONE, 0x00020000 | 0x08000000 | 17, 0, 0, 0, 0)",
    ],
)
def test_no_namespace_mount_or_tracer_can_be_had(jail: Jail, call: str) -> None:
    clone = "CLONE = {'x86_64': 56, 'aarch64': 220}[os.uname().machine]"
    assert jail.run(f"{OUT_OF_REACH}\n{clone}\nreturn attempt({call})").value == errno.EPERM


def test_clone3_is_unknown_so_that_libraries_fall_back_to_clone(jail: Jail) -> None:
    assert jail.run(f"{OUT_OF_REACH}\nreturn attempt(call('syscall', 435, 0, 0))").value == errno.ENOSYS


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x32 is of x86 alone")
def test_the_other_system_call_table_is_no_way_round(jail: Jail) -> None:
    run = jail.run(f"{OUT_OF_REACH}\nreturn attempt(call('syscall', 0x40000000 | 272, 0x10000000))")
    assert run.exit_code == -signal.SIGSYS or run.value in {errno.EPERM, errno.ENOSYS}


@pytest.mark.parametrize("family", [0, 4, 15, 16, 17, 21, 29, 31, 38, 40, 44, 47, 48, 100, -1])
def test_sockets_of_rare_families_cannot_be_had(jail: Jail, family: int) -> None:
    code = f"{OUT_OF_REACH}\nreturn [attempt(call('socket', {family}, kind, 0)) for kind in (1, 2, 3)]"
    assert jail.run(code).value == [errno.EAFNOSUPPORT] * 3


def test_a_program_has_no_powers(jail: Jail) -> None:
    status = dict(
        line.split(":\t", 1)
        for line in jail.run("open('/proc/self/status').read()").value.splitlines()
        if ":\t" in line
    )
    assert {status[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Amb", "Bnd")} == {"0" * 16}
    assert status["Uid"].split() == status["Gid"].split() == ["1000"] * 4
    assert status["Groups"].split() in ([], ["1000"])
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


def test_the_server_has_no_more_power_than_it_needs(jail: Jail) -> None:
    jail.await_ready()
    lines = Path(f"/proc/{jail.server_pid}/status").read_text().splitlines()
    status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    needed = 1 << linux.CAP_CHOWN | 1 << linux.CAP_KILL | 1 << linux.CAP_SETGID | 1 << linux.CAP_SETUID
    needed |= 1 << linux.CAP_SYS_ADMIN
    assert {status["CapPrm"], status["CapEff"]} == {f"{needed:016x}"}
    assert {status[f"Cap{kind}"] for kind in ("Inh", "Amb", "Bnd")} == {"0" * 16}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert "0" not in status["Uid"].split()
    jail.order(frames.START, 50)
    jail.finish()


@pytest.mark.parametrize("kind", ["user", "net", "pid", "uts", "ipc", "cgroup"])
def test_namespaces_are_closed_even_to_who_passes_the_filter(jail: Jail, kind: str) -> None:
    """As a process that joins the jail's user namespace from outside, with all capabilities there."""
    jail.await_ready()
    command = ["nsenter", "--user", "--target", str(jail.server_pid), "unshare", f"--{kind}", "true"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (tried.returncode, "No space left on device" in tried.stderr) == (1, True), tried
    jail.order(frames.START, 50)
    jail.finish()


def test_a_program_sees_nothing_of_the_host_in_proc(jail: Jail) -> None:
    code = """
import os
mounts = open('/proc/self/mountinfo').read().splitlines()
sources = [line.split()[3:5] + line.split(' - ')[1].split()[:2] for line in mounts]
return os.listdir('/proc'), sources, ' '.join(mounts)
"""
    names, mounts, text = jail.run(code).value
    assert [name for name in names if not name.isdigit()] == ["self", "thread-self"]
    assert {kind for *_, kind, _ in mounts} == {"overlay", "proc", "tmpfs"}
    assert {source for *_, source in mounts} <= {"overlay", "none", "stage", "tmpfs"}
    # A file is a numbered one of the stage; how many there are before it depends on the interpreter.
    assert all(re.fullmatch(r"/\d*|/dev/\w+", root) for root, *_ in mounts)
    assert str(Path(__file__).parents[2]) not in text


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
@pytest.mark.parametrize("kind", ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW"])
def test_a_program_has_no_network(jail: Jail, family: str, kind: str) -> None:
    run = jail.run(f"import socket\nsocket.socket(socket.{family}, socket.{kind})")
    assert run.stderr.endswith(b"OSError: [Errno 101] Network is unreachable\n")


def test_loopback_is_down_even_to_who_passes_the_filter(jail: Jail) -> None:
    jail.await_ready()
    connect = "import socket; print(socket.socket().connect_ex(('127.0.0.1', 80)))"
    command = ["nsenter", "--net", "--target", str(jail.server_pid), sys.executable, "-c", connect]
    assert int(subprocess.check_output(command)) == errno.ENETUNREACH
    jail.order(frames.START, 50)
    jail.finish()


@pytest.mark.parametrize(
    "call",
    [
        "call('inotify_init1', 0)",
        "call('syscall', 206, 1, ctypes.byref(ctypes.c_ulong()))",
        "call('syscall', 425, 1, 0)",
        "call('shmget', 0x1234, 4096, 0o1666)",
        "call('semget', 0x1234, 1, 0o1666)",
        "call('msgget', 0x1234, 0o1666)",
        "call('mq_open', b'/leak', 0o102, 0o600, None)",
    ],
    ids=["inotify", "aio", "io_uring", "shared memory", "semaphores", "message queues", "POSIX message queues"],
)
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86-64")
def test_what_outlives_a_job_or_counts_for_the_whole_machine_cannot_be_had(jail: Jail, call: str) -> None:
    assert jail.run(f"{OUT_OF_REACH}\nreturn attempt({call})").value in {errno.EPERM, errno.ENOSYS}


def test_pending_signals_are_few(jail: Jail) -> None:
    code = "import resource; resource.getrlimit(resource.RLIMIT_SIGPENDING)[1] <= 1024"
    assert jail.run(code).value is True


@pytest.mark.parametrize("family", ["AF_VSOCK", "AF_PACKET", "AF_NETLINK", "AF_INET"])
def test_socket_pairs_are_of_the_unix_family(jail: Jail, family: str) -> None:
    run = jail.run(f"import socket\nsocket.socketpair(socket.{family}, socket.SOCK_DGRAM)")
    assert b"Address family not supported" in run.stderr


def test_a_program_holds_its_streams_and_the_result_pipe_only(jail: Jail) -> None:
    code = """
import os, stat
held = {}
for name in os.listdir('/proc/self/fd'):
    try:
        held[name] = [stat.S_ISFIFO(os.stat(int(name)).st_mode), os.readlink(f'/proc/self/fd/{name}')]
    except OSError:
        pass  # the one that listed them
return held
"""
    held = jail.run(code).value
    assert len(held) == 4
    assert held["0"] == [False, "/dev/null"]
    assert [held[name][0] for name in held if name != "0"] == [True, True, True]


def test_nothing_but_its_own_folders_can_be_written(jail: Jail) -> None:
    code = """
import os
found = []
for folder, folders, files in os.walk('/'):
    if folder == '/':
        folders.remove('proc')
    found += [path for name in files + folders if not os.path.islink(path := os.path.join(folder, name))
              and os.access(path, os.W_OK)]
return found
"""
    allowed = {"/tmp", "/dev/shm", *(f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom"))}
    assert set(jail.run(code).value) <= allowed


LIBC = "import ctypes; libc = ctypes.CDLL(None, use_errno=True)\n"


@pytest.mark.parametrize(
    ("leave", "look", "clean"),
    [
        pytest.param("open('/tmp/x', 'w').write('x')", "os.listdir('/tmp')", [], id="a file in /tmp"),
        pytest.param("open('x', 'w').write('x')", "os.listdir()", [], id="a file in the working directory"),
        pytest.param("open('/dev/shm/x', 'w').write('x')", "os.listdir('/dev/shm')", [], id="a file in /dev/shm"),
        pytest.param("os.mkfifo('/tmp/x')", "os.listdir('/tmp')", [], id="a FIFO"),
        pytest.param(
            "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\\0x'); s.listen(); os.fork() or signal.pause()",
            "__import__('socket').socket(__import__('socket').AF_UNIX).connect_ex('\\0x')",
            errno.ECONNREFUSED,
            id="an abstract socket",
        ),
        pytest.param(
            "import array, socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
            "s.bind('\\0x'); s.connect('\\0x')\n"
            "s.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [s.fileno()]))])",
            "len(open('/proc/self/net/unix').readlines())",
            1,
            id="a socket that lies in its own queue",
        ),
        pytest.param(
            "import fcntl; fcntl.fcntl(0, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND); fcntl.fcntl(0, 10, 42)",
            "[__import__('fcntl').fcntl(0, 11), os.get_blocking(0)]",
            [0, True],
            id="the flags of its standard input",
        ),
        pytest.param("os.environ['LEAK'] = '1'", "'LEAK' in os.environ", False, id="the environment"),
        pytest.param("os.chdir('/')", "os.getcwd()", "/tmp", id="the working directory"),
        pytest.param("os.umask(0o777)", "os.umask(0o22)", 0o22, id="the umask"),
        pytest.param("os.nice(5)", "os.nice(0)", 0, id="niceness"),
        pytest.param(
            "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))",
            "__import__('resource').getrlimit(7)[1] > 9",
            True,
            id="a resource limit",
        ),
        pytest.param("os.sched_setaffinity(0, {0})", "len(os.sched_getaffinity(0))", os.cpu_count(), id="affinity"),
        pytest.param(
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
            "signal.getsignal(signal.SIGTERM) is signal.SIG_DFL",
            True,
            id="a signal handler",
        ),
        pytest.param(
            "signal.pthread_sigmask(signal.SIG_BLOCK, {15})",
            "len(signal.pthread_sigmask(signal.SIG_BLOCK, ()))",
            0,
            id="a signal mask",
        ),
        pytest.param("signal.setitimer(0, 30)", "signal.getitimer(0)[0]", 0, id="a timer"),
        pytest.param("import json; json.dumps = None", "json.dumps is None", False, id="a patched module"),
        pytest.param("import builtins; builtins.len = None", "len is None", False, id="a patched builtin"),
        pytest.param("import sys; sys.modules['leak'] = sys", "'leak' in sys.modules", False, id="a module"),
        pytest.param("import sys; sys.path.append('leak')", "'leak' in sys.path", False, id="the import path"),
        pytest.param("leak = 1", "'leak' in globals()", False, id="a global name"),
        pytest.param("sys.setrecursionlimit(50000)", "sys.getrecursionlimit()", 1000, id="the recursion limit"),
        pytest.param("import decimal; decimal.getcontext().prec = 3", "decimal.getcontext().prec", 28, id="a context"),
        pytest.param(
            "from multiprocessing.shared_memory import SharedMemory\n"
            "from multiprocessing import resource_tracker\n"
            "resource_tracker.register = lambda *_: None\n"
            "assert SharedMemory('leak', create=True, size=10).name",
            "os.path.exists('/dev/shm/leak')",
            False,
            id="POSIX shared memory",
        ),
        pytest.param(
            "import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True)",
            "sum(name.isdigit() for name in os.listdir('/proc'))",
            1,
            id="a process",
        ),
        pytest.param(
            f"{LIBC}assert libc.prctl(15, b'leak', 0, 0, 0) == 0",
            "open('/proc/self/comm').read() == 'leak\\n'",
            False,
            id="the name of the process",
        ),
    ],
)
def test_does_not_reach_the_next_job(jail: Jail, leave: str, look: str, clean: object) -> None:
    imports = "import decimal, json, os, signal, sys\n"
    left = jail.run(f"{imports}{leave}\nos._exit(0)")
    assert (left.cause, left.exit_code, left.stderr) == (Cause.NONE, 0, b"")
    assert jail.run(imports + look).value == clean


@pytest.mark.parametrize(
    "expression",
    [
        "random.random()",
        "random.getrandbits(64)",
        "random.Random().random()",
        "numpy.random.rand()",
        "numpy.random.default_rng().random()",
        "uuid.uuid4().hex",
        "uuid.uuid1().hex",
        "secrets.token_hex()",
        "os.urandom(16).hex()",
        "ssl.RAND_bytes(16).hex()",
        "tempfile.mktemp()",
        "tempfile.mkdtemp()",
        "os.path.basename(tempfile.NamedTemporaryFile().name)",
    ],
)
def test_nothing_random_comes_twice(library_jail: Jail, expression: str) -> None:
    code = f"import os, random, secrets, ssl, tempfile, uuid, numpy\nreturn {expression}"
    assert len({library_jail.run(code).value for _ in range(3)}) == 3


def test_temporary_names_do_not_repeat_in_the_children_of_a_program(library_jail: Jail) -> None:
    code = """
import random, multiprocessing
with multiprocessing.get_context('fork').Pool(2) as pool:
    return len(set(pool.map(random_of, range(2), 1)))
"""
    program = "import os, random\ndef random_of(_): return os.getpid(), random.random()\n" + code
    assert library_jail.run(program).value == 2


# What a job can find in its memory

# Every readable byte of the process is turned round before it is searched for a needle that is turned round as well:
# so neither the needle nor what is made by searching is what is looked for.
SEARCH = """
import re
flip = bytes(255 - byte for byte in range(256))
needles = {{name: bytes.fromhex(text) for name, text in {needles!r}.items()}}
own = ''.join(chr(number) for number in {own!r})
kept = [own, own.encode('utf-16-le')]
needles['own'] = bytes(255 - number for number in {own!r})
needles['own, as UTF-16'] = bytes(255 - byte for number in {own!r} for byte in (number, 0))
found, searched = dict.fromkeys(needles, 0), 0
maps = open('/proc/self/maps').read().splitlines()
with open('/proc/self/mem', 'rb', buffering=0) as memory:
    for line in maps:
        bounds, rights = line.split()[:2]
        if 'r' not in rights or line.endswith(('[vvar]', '[vsyscall]', '[vvar_vclock]')):
            continue
        start, end = (int(bound, 16) for bound in bounds.split('-'))
        while start < end:
            memory.seek(start)
            try:
                piece = memory.read(min(1 << 20, end - start))
            except OSError:
                break
            searched += len(piece)
            piece = piece.translate(flip)
            for name, needle in needles.items():
                found[name] += piece.count(needle)
            start += len(piece) if start + len(piece) >= end else max(1, len(piece) - 256)
assert len(kept) == 2
return found, searched
"""


def flipped(data: bytes) -> str:
    """As the search program takes what it must not hold itself."""
    return bytes(255 - byte for byte in data).hex()


@pytest.mark.parametrize("kilobytes", [0, 60])
@pytest.mark.parametrize("ending", ["return", "raise", "killed", "flood"])
def test_a_program_finds_nothing_of_the_last_one_in_its_memory(ending: str, kilobytes: int) -> None:
    secrets = {name: f"{name}-{os.urandom(12).hex()}" for name in ("source", "stdout", "stderr", "result", "exception")}
    hidden = {name: [ord(character) - 1 for character in text] for name, text in secrets.items()}
    last_lines = {
        "return": "return made['result'] + 'y' * 1000",
        "raise": "raise ValueError(made['exception'])",
        "killed": "while True: pass",
        "flood": "while True: print(made['stdout'])",
    }
    program = f"""
import sys
held = {secrets["source"]!r}
made = {{name: ''.join(chr(number + 1) for number in numbers) for name, numbers in {hidden!r}.items()}}
print(made['stdout'], 'x' * {kilobytes * 1000})
print(made['stderr'], 'x' * {kilobytes * 1000}, file=sys.stderr)
{last_lines[ending]}
# {"z" * kilobytes * 1000}
"""
    needles = {name: flipped(text.encode()) for name, text in secrets.items()}
    needles |= {f"{name}, as UTF-16": flipped(text.encode("utf-16-le")) for name, text in secrets.items()}
    own = [ord(character) for character in f"own-{os.urandom(12).hex()}"]
    with Jail(output_bytes=OUTPUT_BYTES) as jail:
        run = jail.run(program, seconds=1 if ending == "killed" else 20)
        assert secrets["stdout"].encode() in run.stdout
        if ending == "return":
            assert secrets["result"].encode() in run.result
        found, searched = jail.run(SEARCH.format(needles=needles, own=own)).value
    assert found.pop("own") > 0
    assert found.pop("own, as UTF-16") > 0
    assert searched > 5_000_000
    assert found == dict.fromkeys(found, 0)


def test_the_server_holds_nothing_of_a_job_either(jail: Jail) -> None:
    secret = f"secret-{os.urandom(12).hex()}"
    assert jail.run(f"print({secret!r}); {secret!r}").value == secret
    jail.await_ready()
    server, (child,) = jail.server_pid, jail.processes()
    program, output = secret.encode("utf-16-le"), secret.encode()
    # The server's relay buffer has had the output; no child inherits it.
    for pid, texts in ((server, [program]), (child, [program, output])):
        found = 0
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
                if line.endswith(("[vvar]", "[vvar_vclock]", "[vsyscall]")):
                    continue
                start, end = (int(bound, 16) for bound in line.split()[0].split("-"))
                memory.seek(start)
                try:
                    piece = memory.read(end - start)
                except OSError:  # what only exists as a reservation
                    continue
                found += sum(piece.count(text) for text in texts)
        assert found == 0
    jail.order(frames.START, 30_000)
    jail.send_program("1")
    assert jail.finish().value == 1


def test_nothing_of_a_jail_is_left_when_it_ends() -> None:
    jail = Jail()
    jail.run(HONEST)
    jail.await_ready()
    ids = [jail.server_pid, *jail.processes()]
    assert len(ids) == 2
    assert jail.close() == ""
    eventually("its processes are gone", lambda: not any(Path(f"/proc/{pid}").exists() for pid in ids))
