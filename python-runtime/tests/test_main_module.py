"""What `__main__` is to the processes that multiprocessing starts with a fresh interpreter, and to all others."""

import pytest
from in_child import result_of, run

METHODS = ["spawn", "forkserver"]


@pytest.mark.parametrize("method", METHODS)
def test_a_fresh_process_finds_what_the_program_defines(method: str) -> None:
    source = f"""
import multiprocessing, os
from concurrent.futures import ProcessPoolExecutor

class Task:
    def __init__(self, n):
        self.n = n

def square(task):
    return Task(task.n ** 2)

def name(_):
    return __name__

if __name__ == "__main__":
    context = multiprocessing.get_context({method!r})
    with context.Pool(2) as pool:
        squares = [task.n for task in pool.map(square, map(Task, range(4)))]
    with ProcessPoolExecutor(2, mp_context=context, max_tasks_per_child=1) as pool:
        names = list(pool.map(name, range(3)))
    return squares, names, [name for name in os.listdir() if not name.startswith(".")]
"""
    assert result_of(source) == '[[0, 1, 4, 9], ["__mp_main__", "__mp_main__", "__mp_main__"], []]'


@pytest.mark.parametrize("method", METHODS)
def test_a_fresh_process_that_fails_shows_its_line(method: str) -> None:
    ended = run(
        "import multiprocessing\ndef fail():\n    return 1 / 0\n"
        f"if __name__ == '__main__':\n    p = multiprocessing.get_context({method!r}).Process(target=fail)\n"
        "    p.start()\n    p.join()\n    return p.exitcode"
    )
    assert ended.report == b"R1"
    assert '  File "<code>", line 3, in fail\n    return 1 / 0\n' in ended.stderr
    assert ended.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_a_fresh_process_starts_others() -> None:
    source = """
import multiprocessing
def leaf(queue): queue.put(5)
def branch(queue):
    p = multiprocessing.get_context("spawn").Process(target=leaf, args=(queue,))
    p.start()
    p.join()
if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    queue = context.SimpleQueue()
    p = context.Process(target=branch, args=(queue,))
    p.start()
    p.join()
    return queue.get()
"""
    assert result_of(source) == "5"


def test_a_program_without_a_guard_is_told_as_by_python() -> None:
    ended = run(
        "import multiprocessing\np = multiprocessing.get_context('spawn').Process(target=print)\n"
        "p.start()\np.join()\np.exitcode"
    )
    assert ended.report == b"R1"
    assert ended.stderr.count("RuntimeError: ") == 1
    assert "An attempt has been made to start a new process before" in ended.stderr


def test_the_file_is_made_again_when_the_program_has_closed_it() -> None:
    source = """
import multiprocessing, os
def work(): pass
codes = []
if __name__ == "__main__":
    for _ in range(2):
        p = multiprocessing.get_context("spawn").Process(target=work)
        p.start()
        p.join()
        codes.append(p.exitcode)
        for name in os.listdir("/proc/self/fd"):
            try:
                if "memfd" in os.readlink(f"/proc/self/fd/{name}"):
                    os.close(int(name))
            except OSError:
                pass
codes
"""
    assert result_of(source) == "[0, 0]"


def test_to_all_others_its_file_is_the_programs_name() -> None:
    assert result_of("import __main__\n[__main__.__file__, __file__, repr(__main__)]") == (
        '["<code>", "<code>", "<module \'__main__\' from \'<code>\'>"]'
    )
    assert result_of("import __main__\n__main__.__file__ = 'x'\n[__main__.__file__, __file__]") == '["x", "x"]'
    assert result_of("__file__ = 'x'\nimport __main__\n__main__.__file__") == '"x"'
    assert result_of("del __file__\nimport __main__\nhasattr(__main__, '__file__')") == "false"
    assert result_of("import __main__\ndel __main__.__file__\n'__file__' in globals()") == "false"
