# Stands where nsjail, its fork server and the server's next child stand, and says on the control socket what a seed makes
# of the protocol:  python3 fake_fork_server.py SEED
# or, with `padding` in place of a seed, a byte of output at a time, each followed by many frames of nothing.
import ctypes
import os
import random
import signal
import socket
import struct
import sys
import time

PR_SET_PDEATHSIG = 1
OUTPUT_BYTES = 64 * 1024
SIZES = (1, 2, 5, 1000, 10_000)
MAX_PIECES = 20
ORDER_SECONDS = 0.5
SILENT_SECONDS = 3
PADDED_BYTES = 8000

choose = random.Random(sys.argv[1])


def frame(kind, payload=b""):
    return struct.pack("!cI", kind, len(payload)) + payload


def output(kind):
    odd = choose.random() < 0.05
    size = choose.choice((0, OUTPUT_BYTES + 1, OUTPUT_BYTES + 2, 256 * 1024 + 1)) if odd else choose.choice(SIZES)
    return frame(kind, choose.randbytes(size))


def job():
    """What a fork server says of one job, its READY for the next included."""
    streams = [output(choose.choice((b"O", b"E", b"R"))) for _ in range(choose.randrange(4))]
    result = frame(b"R", choose.choice((b"R42", b"R{", b"R", b"E" * 99, b"M", b"P", b"Xtext", choose.randbytes(9))))
    status = choose.choice((0, 0, 9, 11, 256, -1, choose.getrandbits(32) - 2**31))
    exited = frame(b"X", struct.pack("!Bi", choose.choice((0, 0, 0, 0, 1, 2, 3)) if choose.random() < 0.95 else 4, status))
    return [frame(b"R", b"A"), *streams, result, exited, frame(b"H")]


def mutate(frames):
    place, other = choose.randrange(len(frames)), choose.randrange(len(frames))
    match choose.randrange(7):
        case 0:
            del frames[place:]
            frames.append(choose.randbytes(choose.randrange(40)))
        case 1:
            frames.insert(place, frames[other])
        case 2:
            frames[place], frames[other] = frames[other], frames[place]
        case 3:
            frames[place] = frames[place][: choose.randrange(len(frames[place]) + 1)]
        case 4:
            frames.insert(place, choose.randbytes(choose.randrange(12)))
        case 5:
            data = bytearray(frames[place])
            if data:
                data[choose.randrange(min(len(data), 10))] = choose.randrange(256)
            frames[place] = bytes(data)
        case _:
            frames.insert(place, struct.pack("!cI", choose.choice((b"O", b"R", b"H", b"X")), choose.getrandbits(32)))


def conversation():
    frames = job()
    for _ in range(choose.choice((0, 0, 0, 0, 1, 2, 5))):
        mutate(frames)
    return b"".join(frames)


def send(control, data):
    places = sorted(choose.randrange(len(data) + 1) for _ in range(choose.randrange(MAX_PIECES)))
    for begin, end in zip([0, *places], [*places, len(data)]):
        control.sendall(data[begin:end])
        if choose.random() < 0.05:
            os.write(2, choose.randbytes(choose.choice((1, 100, 10_000))))


def end(control, program):
    """One of the ways for a server to be no more of use."""
    match choose.randrange(6):
        case 0:
            control.close()
            signal.pause()
        case 1:
            control.shutdown(socket.SHUT_WR)
            signal.pause()
        case 2:
            program.close()
            control.recv(5)
        case 3:
            os.kill(os.getpid(), signal.SIGKILL)
        case 4:
            os.kill(os.getppid(), signal.SIGKILL)
        case _ if choose.random() < 0.2:  # says nothing until the service has lost its patience
            time.sleep(SILENT_SECONDS)


def pad(control):
    control.sendall(frame(b"H"))
    control.recv(5)
    control.sendall(frame(b"R", b"A"))
    for _ in range(PADDED_BYTES):
        control.sendall(frame(b"O", b"x") + frame(b"O") * (64 * 1024 // 5))
    control.sendall(frame(b"X", bytes(5)))


def serve(control, program):
    control.settimeout(ORDER_SECONDS)
    program.settimeout(ORDER_SECONDS)
    if choose.random() < 0.95:
        send(control, frame(b"H"))
    for _ in range(choose.randrange(6)):
        if choose.random() < 0.95 and not control.recv(5):
            return
        if choose.random() < 0.5:
            program.recv(1 << 16)
        send(control, conversation())
    end(control, program)


server = os.fork()
if server:
    os.close(3)
    os.close(4)
    os.waitpid(server, 0)
    sys.exit()
# As in a jail: the server ends with nsjail, and the child with the server.
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
alive, keep_alive = os.pipe()
if os.fork() == 0:
    os.closerange(2, 5)
    os.close(keep_alive)
    os.read(alive, 1)
    os._exit(0)
try:
    if sys.argv[1] == "padding":
        pad(socket.socket(fileno=3))
    else:
        serve(socket.socket(fileno=3), socket.socket(fileno=4))
except OSError:  # the service has hung up, or waits as well
    pass
