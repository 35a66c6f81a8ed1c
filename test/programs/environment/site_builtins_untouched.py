import builtins
import signal
import threading

print(threading.current_thread() is threading.main_thread(), threading.current_thread().name, threading.active_count())
print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN)
print(signal.pthread_sigmask(signal.SIG_BLOCK, []))
import gc

gc.isenabled()
