import argparse

parser = argparse.ArgumentParser(prog="tool")
parser.add_argument("--number", type=int)
print("parsing")
parser.parse_args(["--number", "many"])
print("not reached")
