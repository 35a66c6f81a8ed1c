import sys

sys.stdout.write("one\r\ntwo\rthree\n")
for percent in (0, 50, 100):
    print(f"\r{percent}%", end="")
