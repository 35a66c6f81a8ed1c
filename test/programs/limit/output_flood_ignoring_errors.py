import os

while True:
    try:
        os.write(1, b"w" * 65536)
    except OSError:
        pass
