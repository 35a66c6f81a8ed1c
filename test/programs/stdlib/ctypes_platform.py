import ctypes
import platform
import sys

libc = ctypes.CDLL(None)
libc.strlen.argtypes = [ctypes.c_char_p]
print(libc.strlen(b"hello"), ctypes.sizeof(ctypes.c_int64))


class Pair(ctypes.Structure):
    _fields_ = [("a", ctypes.c_int16), ("b", ctypes.c_int32)]


pair = Pair(1, 2)
print(ctypes.sizeof(pair), bytes(pair).hex(), ctypes.c_uint8(257).value)
print(platform.system(), platform.python_implementation(), sys.byteorder, sys.maxsize == 2**63 - 1)
sys.version_info >= (3, 11)
