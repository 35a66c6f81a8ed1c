import sys

print("fine too")
sys.exit()
