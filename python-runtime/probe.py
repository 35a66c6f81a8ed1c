"""
Tells the service, as JSON on stdout, what a jail needs of the Python that runs this.

Compiles the fork server for it as well: inside a jail nothing can be written, and each start would compile it anew. The
argument is the folder where a jail has it.
"""

import compileall
import json
import os
import sys
import sysconfig

#: What an operator sets for numeric libraries on processors that need it.
_NUMERIC = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")

# With the name that the folder has there, and anew: compiled by another it would name this machine's.
compileall.compile_dir(
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "forkserver"), ddir=sys.argv[1], force=True, quiet=2
)
json.dump(
    {
        "executable": sys.executable,
        "baseExecutable": os.path.realpath(sys.executable),
        "version": list(sys.version_info[:3]),
        "baseFolders": [sys.base_prefix, sys.base_exec_prefix, os.path.dirname(os.path.realpath(sys.executable))],
        "venv": None if sys.prefix == sys.base_prefix else os.path.realpath(sys.prefix),
        "libraryFolder": sysconfig.get_config_var("LIBDIR") if sysconfig.get_config_var("Py_ENABLE_SHARED") else None,
        "environment": {name: os.environ[name] for name in _NUMERIC if name in os.environ},
    },
    sys.stdout,
)
