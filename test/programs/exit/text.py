import sys

print("leaving")
sys.exit("config is missing: año")
