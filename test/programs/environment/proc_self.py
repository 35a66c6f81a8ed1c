import os

print(os.readlink("/proc/self") == str(os.getpid()))
with open("/proc/self/status") as file:
    status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
print(int(status["Pid"]) == os.getpid(), int(status["PPid"]) == os.getppid())
print(os.path.samefile(f"/proc/{os.getpid()}/cwd", "/tmp"))
print(b"\0" in open("/proc/self/cmdline", "rb").read(), os.listdir("/proc/self/task") == [str(os.getpid())])
os.sysconf("SC_PAGE_SIZE")
