import array
import struct

header = struct.pack(">4sHBx3sI", b"PNG\0", 258, 7, b"abc", 0xDEADBEEF)
print(header.hex(" "), struct.calcsize(">4sHBx3sI"))
print(struct.unpack(">4sHBx3sI", header))
print(list(struct.iter_unpack("<hB", bytes(range(6)))))
numbers = array.array("i", [1, -2, 3])
numbers.extend([4])
numbers.byteswap()
numbers.byteswap()
print(numbers, numbers.itemsize, memoryview(numbers)[1:3].tolist())
buffer = bytearray(8)
struct.pack_into("<d", buffer, 0, 1.5)
print(buffer.hex(), int.from_bytes(b"\x01\x00", "big"), (1024).to_bytes(3, "little"))
memoryview(buffer).readonly
