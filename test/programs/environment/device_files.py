import os

with open("/dev/null", "w") as null:
    print("swallowed", file=null)
with open("/dev/null") as null:
    print(repr(null.read()))
with open("/dev/zero", "rb") as zero:
    print(zero.read(4))
with open("/dev/urandom", "rb") as random:
    print(len(random.read(16)), random.read(16) != random.read(16))
print(len(os.urandom(8)))
os.path.exists("/dev/shm")
