import os

reader, writer = os.pipe()
child = os.fork()
if child == 0:
    os.close(reader)
    os.write(writer, f"hello from a child of {os.getppid() == os.getpid()}".encode())
    os._exit(9)
os.close(writer)
message = os.read(reader, 100).decode()
_, status = os.waitpid(child, 0)
print(message, os.waitstatus_to_exitcode(status))
try:
    os.wait()
except ChildProcessError as error:
    print(error)
[os.WIFEXITED(status), os.WEXITSTATUS(status)]
