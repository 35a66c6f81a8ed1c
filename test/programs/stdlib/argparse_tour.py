import argparse

parser = argparse.ArgumentParser(prog="tool", description="A demonstration.", add_help=False)
parser.add_argument("path")
parser.add_argument("-n", "--number", type=int, default=1, choices=range(5))
parser.add_argument("--tag", action="append", default=[])
parser.add_argument("-v", action="count", default=0)
parser.add_argument("--dry-run", action=argparse.BooleanOptionalAction, default=False)
print(parser.parse_args(["in.csv", "-n", "3", "--tag", "a", "--tag", "b", "-vv", "--dry-run"]))

commands = argparse.ArgumentParser(prog="git", exit_on_error=False)
sub = commands.add_subparsers(dest="command", required=True)
commit = sub.add_parser("commit")
commit.add_argument("-m", dest="message", required=True)
print(vars(commands.parse_args(["commit", "-m", "first"])))
known, rest = parser.parse_known_args(["x", "--unknown", "1"])
print(known.path, rest)
vars(known)
