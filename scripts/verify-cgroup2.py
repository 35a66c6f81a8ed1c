"""Checks of the sandbox on control groups version 2: run as root by the machine that `verify-cgroup2.sh` boots."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent
NODE_COMMAND = f"{PROJECT}/node_modules/node/bin/node dist/main.js"
ROOT = Path("/sys/fs/cgroup")
KEY = "verify-cgroup2-key"
SECONDS = 240
"""An upper bound for anything: the machine may be an emulated one."""

PROCESSES = 16
MEMORY_MESSAGE = "Memory limit of 256 MiB exceeded"
PROCESS_MESSAGE = f"Process limit of {PROCESSES} exceeded"
MEMORY_BOMB = "held = []\nwhile True: held.append(b'x' * (8 << 20))"
EIGHT_CHILDREN = """import os, time
for _ in range(8):
    if os.fork() == 0:
        held = b'x' * (100 << 20)
        time.sleep(60)
os.wait()"""
FORK_BOMB = "import os\nwhile True: os.fork()"
OWN_GROUPS = "return open('/proc/self/cgroup').read()"
BUSY_SECOND = "import time\nwhile time.process_time() < 1: pass"


class Report:
    """Prints a line for each check, and counts."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def check(self, what: str, seen: object, wanted: object = True) -> None:
        good = seen == wanted
        self.passed += good
        self.failed += not good
        print(f"  {'ok  ' if good else 'FAIL'} {what}" + ("" if good else f": {seen!r} instead of {wanted!r}"))


class Service:
    """The service in a transient unit of systemd's."""

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.log = Path(f"/tmp/{unit}.log")

    def run(self, code: str) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(
            "http://127.0.0.1:8080/v1/code/execute/python",
            json.dumps({"code": code, "timeout": 120}).encode(),
            {"content-type": "application/json", "x-api-key": KEY},
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def failure(self, code: str) -> str:
        status, body = self.run(code)
        return f"{status} {body.get('error')}"

    def result(self, code: str) -> object:
        status, body = self.run(code)
        return body["response"]["result"] if status == 200 else f"{status} {body}"

    def state(self, name: str) -> str:
        command = ["systemctl", "show", "--value", "--property", name, self.unit]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def said(self, pattern: str) -> str:
        """The last line of the log that has it."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return next((line for line in reversed(lines) if re.search(pattern, line)), "")

    @property
    def version(self) -> str:
        found = re.search(r"control groups: (\w+)", self.said("control groups: "))
        return found[1] if found else "not said"

    def listens(self) -> bool:
        return bool(self.said("^Listening on "))


def until(what: str, is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.2)


@contextmanager
def service(unit: str, *properties: str, around: str = f"exec {NODE_COMMAND}", **settings: str) -> Iterator[Service]:
    """Starts the service; `around` is the shell command that does so."""
    environment = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "API_KEYS": f"verify:{KEY}",
        "PORT": "8080",
        "DATA_DIR": f"/var/tmp/{unit}",
        "PYTHON_BIN": "/usr/bin/python3",
        "PYTHON_PRELOAD": "",
        "WORKER_CONCURRENCY": "1",
        "SANDBOX_PIDS": str(PROCESSES),
        **settings,
    }
    started = Service(unit)
    command = ["systemd-run", "--quiet", f"--unit={unit}", f"--working-directory={PROJECT}"]
    output = [f"Standard{stream}=append:{started.log}" for stream in ("Output", "Error")]
    command += [f"--property={text}" for text in (*output, *properties)]
    command += [f"--setenv={name}={value}" for name, value in environment.items()]
    subprocess.run([*command, "sh", "-c", around], check=True)
    try:
        until(f"{unit} listens", lambda: started.listens() or started.state("ActiveState") in ("failed", "inactive"))
        if not started.listens():
            raise RuntimeError(f"{unit} did not start:\n{started.log.read_text()[-3000:]}")
        yield started
        end_service()
        until(f"{unit} ends", lambda: started.state("ActiveState") in ("failed", "inactive"))
    finally:
        subprocess.run(["systemctl", "kill", "--signal=KILL", unit], check=False, stderr=subprocess.DEVNULL)


def end_service() -> None:
    """Not `systemctl stop`: what starts a container's process 1 hears no signals."""
    subprocess.run(["pkill", "--full", f"^{NODE_COMMAND}"], check=True)


def jails() -> list[Path]:
    return sorted(ROOT.glob("**/NSJAIL.[0-9]*"))


def members() -> dict[str, str]:
    """The group of each process that there is."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found[process.name] = (process / "cgroup").read_text()
        except OSError:
            continue  # it has ended
    return found


def moved(before: dict[str, str]) -> list[str]:
    """Processes of others that are in another group than before."""
    after = members()
    return [
        f"{before[pid].strip()} -> {after[pid].strip()}" for pid in before if pid in after and after[pid] != before[pid]
    ]


def counter(group: Path, file: str, key: str) -> int:
    pairs = (line.split() for line in (group / file).read_text().splitlines())
    return next(int(value) for name, value in pairs if name == key)


def check_limits(report: Report, running: Service) -> None:
    """What each place must give: every limit holds, and the same slot goes on."""
    report.check("a program prints", running.run("print('hello')")[1].get("response", {}).get("stdout"), "hello\n")
    group = jails()[0]
    for what, bomb in (("a memory bomb", MEMORY_BOMB), ("eight children of 100 MB each", EIGHT_CHILDREN)):
        before = counter(group, "memory.events", "oom_kill")
        report.check(f"{what} is told its limit", running.failure(bomb), f"400 {MEMORY_MESSAGE}")
        report.check("the kernel has counted it", counter(group, "memory.events", "oom_kill") > before)
        report.check("an honest program follows", running.result("return 6 * 7"), 42)
    before = counter(group, "pids.events", "max")
    report.check("a fork bomb is told its limit", running.failure(FORK_BOMB), f"400 {PROCESS_MESSAGE}")
    report.check("the kernel has counted it", counter(group, "pids.events", "max") > before)
    report.check("an honest program follows", running.result("return 6 * 7"), 42)
    report.check("all that in one jail", jails(), [group])
    report.check("the unit is still active", running.state("ActiveState"), "active")
    report.check("swap is closed", (group / "memory.swap.max").read_text(), "0\n")


def check_gone(report: Report) -> None:
    until("the jails' groups are gone", lambda: not jails())
    report.check("no group is left after the stop", jails(), [])


def place(report: Report, group: Path) -> None:
    report.check(f"jails are below {group}", [jail.parent for jail in jails()], [group])


def delegated(report: Report) -> None:
    """A unit with Delegate=yes"""
    before = members()
    with service("delegated", "Delegate=yes") as running:
        report.check("the log says", running.version, "v2")
        place(report, ROOT / "system.slice/delegated.service/NSJAIL")
        check_limits(report, running)
        report.check("no process of others was moved", moved(before), [])
        print(f"       programs see: {running.result(OWN_GROUPS)!r}")
        subprocess.run(["systemctl", "daemon-reload"], check=True)
        report.check("the limits outlive a reload of systemd", running.failure(MEMORY_BOMB), f"400 {MEMORY_MESSAGE}")
    check_gone(report)
    report.check("nothing was made elsewhere", (ROOT / "NSJAIL").exists(), False)


def undelegated(report: Report) -> None:
    """A unit without: its group is systemd's, and an out-of-memory kill in it would stop the unit"""
    before = members()
    at_the_top = (ROOT / "cgroup.procs").read_text()
    with service("undelegated") as running:
        report.check("the log says", running.version, "v2")
        place(report, ROOT / "NSJAIL")
        check_limits(report, running)
        report.check("no process of others was moved", moved(before), [])
        report.check("the root group has the processes it had", (ROOT / "cgroup.procs").read_text(), at_the_top)
        subprocess.run(["systemctl", "daemon-reload"], check=True)
        report.check("the limits outlive a reload of systemd", running.failure(MEMORY_BOMB), f"400 {MEMORY_MESSAGE}")
    check_gone(report)


def half_a_processor(report: Report) -> None:
    """SANDBOX_CPUS=0.5"""
    with service("half", "Delegate=yes", SANDBOX_CPUS="0.5") as running:
        running.run("pass")
        group = jails()[0]
        # In a jail's first second the same share is counted over a longer period.
        until("the share is set", lambda: (group / "cpu.max").read_text() == "10000 20000\n")
        before = counter(group, "cpu.stat", "nr_throttled")
        report.check("a busy program ends", running.result(BUSY_SECOND + "\nreturn 'done'"), "done")
        # One second of work in shares of 10 ms.
        report.check("it was held back", counter(group, "cpu.stat", "nr_throttled") - before >= 75)
    check_gone(report)


CONTAINER = """set -e
unit={root}/system.slice/{unit}.service
mkdir $unit/engine $unit/container
echo $$ >$unit/engine/cgroup.procs
echo '{controllers}' >$unit/cgroup.subtree_control
exec unshare --mount --pid --fork --kill-child --mount-proc sh -c '
  echo $$ >'$unit'/container/cgroup.procs
  exec unshare --cgroup sh -c "
    {inside}
  "
'
"""
OWN_VIEW = f"umount {ROOT} && mount -t cgroup2 cgroup2 {ROOT}"


def in_container(unit: str, inside: str, controllers: str = "+memory +pids +cpu") -> str:
    """The command that runs `inside` as a container engine would: process 1 of a group and namespaces of its own."""
    script = Path(f"/run/{unit}.sh")
    script.write_text(CONTAINER.format(root=ROOT, unit=unit, controllers=controllers, inside=inside))
    return f"exec sh {script}"


def container(report: Report) -> None:
    """A control group namespace, as containers have; the shell is its process 1; the service starts twice in it"""
    around = in_container("container", f"{OWN_VIEW} && {NODE_COMMAND}; {NODE_COMMAND}")
    before = members()
    home = ROOT / "system.slice/container.service/container"
    with service("container", "Delegate=yes", "MemoryMax=2G", around=around) as running:
        report.check("the log says", running.version, "v2")
        place(report, home / "NSJAIL")
        check_limits(report, running)
        report.check("no process of others was moved", moved(before), [])
        first = running.log.read_text()
        running.log.write_text("")
        end_service()
        until("the second one listens", running.listens)
        report.check("the second start finds the same place", (first.count("v2"), running.version), (1, "v2"))
        place(report, home / "NSJAIL")
        report.check("and limits it", running.failure(MEMORY_BOMB), f"400 {MEMORY_MESSAGE}")
    check_gone(report)


def pair(report: Report) -> None:
    """Two services that start at once in one container: each may move the other"""
    second = "PORT=8081 DATA_DIR=/var/tmp/pair-2"
    around = in_container("pair", f"{OWN_VIEW}; {second} {NODE_COMMAND} & {NODE_COMMAND} & wait")
    home = ROOT / "system.slice/pair.service/container"
    with service("pair", "Delegate=yes", around=around) as running:
        until("both listen", lambda: running.log.read_text().count("Listening on") == 2)
        report.check("both logs say", running.log.read_text().count("control groups: v2"), 2)
        report.check("jails are in one place", {jail.parent for jail in jails()}, {home / "NSJAIL"})
        report.check("a memory bomb is told its limit", running.failure(MEMORY_BOMB), f"400 {MEMORY_MESSAGE}")
    check_gone(report)


def nested(report: Report) -> None:
    """A group of somebody's own making, beside one that is another's"""
    home = ROOT / "apps/mine"
    home.mkdir(parents=True)
    other = ROOT / "apps/other"
    other.mkdir()
    for group in (ROOT, ROOT / "apps"):
        (group / "cgroup.subtree_control").write_text("+memory +pids +cpu")
    sleeper = subprocess.Popen(["sleep", "infinity"])
    (other / "cgroup.procs").write_text(str(sleeper.pid))
    before = members()
    with service("nested", around=f"echo 0 >{home}/cgroup.procs && exec {NODE_COMMAND}") as running:
        report.check("the log says", running.version, "v2")
        place(report, home / "NSJAIL")
        check_limits(report, running)
        report.check("no process of others was moved", moved(before), [])
    check_gone(report)
    sleeper.kill()


def bare_root(report: Report) -> None:
    """The root group itself, as on a machine without systemd"""
    before = members()
    with service("bare", around=f"echo 0 >{ROOT}/cgroup.procs && exec {NODE_COMMAND}") as running:
        report.check("the log says", running.version, "v2")
        place(report, ROOT / "NSJAIL")
        report.check("a memory bomb is told its limit", running.failure(MEMORY_BOMB), f"400 {MEMORY_MESSAGE}")
        report.check("no process of others was moved", moved(before), [])
        report.check("nor the service", members()[running.state("MainPID")], "0::/\n")
    check_gone(report)


def without(
    report: Report, unit: str, around: str, reason: str, *properties: str, untouched: Path | None = None
) -> None:
    """Where no group can be used, the service must start all the same and say why."""
    with service(unit, *properties, around=around) as running:
        report.check("the log says", running.version, "none")
        report.check("and why", bool(running.said(reason)))
        report.check("no jail has a group", jails(), [])
        if untouched is not None:
            report.check("nothing was made in it", [path for path in untouched.iterdir() if path.is_dir()], [])
        report.check("a program runs", running.result("return 6 * 7"), 42)
        report.check("a memory bomb is told its limit", running.failure(MEMORY_BOMB), f"400 {MEMORY_MESSAGE}")
        report.check("an honest program follows", running.result("return 6 * 7"), 42)
        print("       " + running.said("No control group"))


def read_only(report: Report) -> None:
    """A container that can only read its groups, as most"""
    around = in_container("readonly", f"{OWN_VIEW}; mount -o remount,bind,ro {ROOT}; exec {NODE_COMMAND}")
    without(report, "readonly", around, "EROFS", "Delegate=yes")


def protected(report: Report) -> None:
    """A unit without Delegate=yes, and with ProtectControlGroups=yes"""
    without(report, "protected", f"exec {NODE_COMMAND}", "no Delegate=yes.*EROFS", "ProtectControlGroups=yes")


def lacking(report: Report) -> None:
    """A container that was given no cpu controller"""
    around = in_container("lacking", f"{OWN_VIEW}; exec {NODE_COMMAND}", "+memory +pids")
    home = ROOT / "system.slice/lacking.service/container"
    without(report, "lacking", around, "no cpu", "Delegate=yes", untouched=home)


def stale(report: Report) -> None:
    """A container that sees the groups of the whole machine, which no process of its can be moved to"""
    without(report, "stale", in_container("stale", f"exec {NODE_COMMAND}"), "does not show", "Delegate=yes")


def absent(report: Report) -> None:
    """A container that sees no groups at all"""
    without(report, "absent", in_container("absent", f"umount {ROOT}; exec {NODE_COMMAND}"), "ENOENT", "Delegate=yes")


PLACES = [
    delegated,
    undelegated,
    half_a_processor,
    container,
    pair,
    nested,
    bare_root,
    read_only,
    protected,
    lacking,
    stale,
    absent,
]


def main() -> None:
    report = Report()
    print(Path("/proc/version").read_text().strip())
    wanted = sys.argv[1:]
    for case in PLACES:
        if wanted and case.__name__ not in wanted:
            continue
        print(f"\n{case.__doc__}")
        begun = time.monotonic()
        for log in Path("/tmp").glob("*.log"):
            log.unlink()
        try:
            case(report)
        except Exception:
            report.check(f"goes through\n{traceback.format_exc()}", seen=False)
            for log in Path("/tmp").glob("*.log"):
                print(f"{log}:\n{log.read_text()[-3000:]}")
        print(f"  ({time.monotonic() - begun:.0f} s)")
    print(f"\n{report.passed} passed, {report.failed} failed")


main()
