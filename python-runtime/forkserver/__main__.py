"""Starts the fork server: `python -B -X utf8 …/forkserver/__main__.py SETTINGS` (JSON, see `Settings`)."""

import importlib
import os
import sys
import traceback
from pathlib import Path

_RUNTIME = str(Path(__file__).parent.parent)
sys.path[0] = _RUNTIME  # was this file's own folder

from forkserver.server import Server  # noqa: E402
from forkserver.settings import Settings  # noqa: E402

#: What most programs import, found imported. Each megabyte costs every fork 0.06 ms, so what is large and rare is not
#: here: the service has jails of their own for programs that want it.
_USUAL = (
    "base64 bisect collections.abc contextlib copy csv dataclasses datetime decimal enum functools heapq io itertools "
    "json math operator os.path pathlib random re statistics string textwrap threading time traceback typing uuid"
)


def _preload(modules: tuple[str, ...]) -> None:
    for module in (*_USUAL.split(), *modules):
        try:
            importlib.import_module(module)
        except Exception:  # a program that wants it will be told the same
            print(f"cannot preload {module}:", traceback.format_exc(), file=sys.stderr)


def main() -> None:
    """Runs until the service closes the control socket."""
    settings = Settings.from_json(sys.argv[1])
    os.environ.pop("LD_BIND_NOW", None)  # for this process only, not for those that programs start
    _preload(settings.preload)
    # What a script finds: its own folder first, and nothing of this server's.
    sys.path[sys.path.index(_RUNTIME)] = "/tmp"
    server = Server(settings)
    for name in [name for name in sys.modules if name.partition(".")[0] == "forkserver"]:
        del sys.modules[name]
    try:
        server.serve()
    except Exception:  # sys.excepthook is the programs' by now, and shows their frames only
        traceback.print_exc()
        raise SystemExit(1) from None


main()
