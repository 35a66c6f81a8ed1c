import sys

sys.stdout.buffer.write(b"valid \xc3\xb1 invalid \xff end \xe2\x82")
