import multiprocessing as mp
import os
import signal
import sys


def leave():
    sys.exit(7)


def killed():
    os.kill(os.getpid(), signal.SIGKILL)


codes = []
for target in (leave, killed):
    process = mp.Process(target=target)
    process.start()
    process.join()
    codes.append(process.exitcode)
sleeper = mp.Process(target=signal.pause)
sleeper.start()
sleeper.terminate()
sleeper.join()
codes + [sleeper.exitcode]
