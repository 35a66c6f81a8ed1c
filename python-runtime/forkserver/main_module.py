"""The program's module, with a file for the processes that have to run the program themselves."""

import marshal
import os
import sys
from types import ModuleType

from .source import FILENAME, compile_program, source_lines

#: The function in which multiprocessing (and joblib's loky) asks for the file that a fresh interpreter is to run.
_ASKS_FOR_FILE = "get_preparation_data"


class MainModule(ModuleType):
    """
    `__main__`, whose `__file__` is "<code>" to all but multiprocessing: its start methods "spawn" and "forkserver" run
    that file in the new process. They get a path in /proc of a file in memory, made when it is first asked for.
    """

    __slots__ = ("_path", "source")

    source: str
    _path: str

    @property
    def __file__(self) -> str:
        name = self.__dict__.get("__file__", self)
        if name is self:
            raise AttributeError("module '__main__' has no attribute '__file__'")
        if name == FILENAME and sys._getframe(1).f_code.co_name == _ASKS_FOR_FILE:
            return self._file()
        return name  # type: ignore[no-any-return]

    @__file__.setter
    def __file__(self, name: str) -> None:
        self.__dict__["__file__"] = name

    @__file__.deleter
    def __file__(self) -> None:
        self.__dict__.pop("__file__", None)

    def _file(self) -> str:
        try:
            if os.readlink(self._path) == f"/memfd:{FILENAME} (deleted)":
                return self._path
        except (AttributeError, OSError):  # not made yet; closed by the program
            pass
        descriptor = os.memfd_create(FILENAME)
        with open(descriptor, "wb", closefd=False) as file:
            file.write(_compiled(self.source))
        self._path = f"/proc/{os.getpid()}/fd/{descriptor}"
        return self._path


def _compiled(source: str) -> bytes:
    """As a .pyc file, which holds what no source can: a top-level `return`, another name, lines for tracebacks."""
    from importlib.util import MAGIC_NUMBER  # by now it has been

    lines = (len(source), None, source_lines(source), FILENAME)
    code = marshal.dumps(compile_program(source))
    loader = f"__import__('linecache').cache[{FILENAME!r}] = {lines!r}\nexec(__import__('marshal').loads({code!r}))"
    return MAGIC_NUMBER + bytes(12) + marshal.dumps(compile(loader, "<multiprocessing>", "exec", dont_inherit=True))
