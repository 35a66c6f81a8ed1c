"""Runs a module of the standard library's own tests and says how each of its tests ended."""

import json
import re
import resource
import unittest
from test import support

DETAIL_CHARACTERS = 2_000
OPEN_FILES = 1024


class Outcomes(unittest.TestResult):
    """Keeps, for each test, `[outcome, why]`; the last word counts, and a subtest's failure is its test's."""

    def __init__(self):
        super().__init__()
        self.found = {}

    def addSuccess(self, test):
        self.found.setdefault(name_of(test), ["ok", ""])

    def addError(self, test, error):
        self._keep(test, "error", error)

    def addFailure(self, test, error):
        self._keep(test, "fail", error)

    def addSkip(self, test, reason):
        self.found.setdefault(name_of(getattr(test, "test_case", test)), ["skip", reason])

    def addExpectedFailure(self, test, error):
        self.addSuccess(test)

    def addUnexpectedSuccess(self, test):
        self.found[name_of(test)] = ["fail", "unexpected success"]

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self._keep(test, "fail" if issubclass(error[0], test.failureException) else "error", error)

    def _keep(self, test, outcome, error):
        self.found[name_of(test)] = [outcome, f"{error[0].__name__}: {error[1]}"[-DETAIL_CHARACTERS:]]


def name_of(test):
    """The test's id; some tests use the name `id` for something else."""
    return type(test).id(test)


def tests_of(suite):
    """The single tests of a suite, in its order."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_of(test)
        else:
            yield test


def outcomes(module, left_out):
    """`{test: [outcome, why]}` of a module; `left_out` is a regular expression of tests not to run."""
    support.verbose = 0
    support.use_resources = []  # as `python -m test` without -u: nothing that takes a network, long or much
    result = Outcomes()
    try:
        loaded = unittest.defaultTestLoader.loadTestsFromName(module)
    except unittest.SkipTest as reason:
        return {module: ["skip", str(reason)]}
    # As in a jail: some tests try to use up all that they may open.
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    unittest.TestSuite(test for test in tests_of(loaded) if not re.search(left_out, name_of(test))).run(result)
    return result.found


def save(found, path):
    """Where no jail sets limits and takes the result."""
    with open(path, "w") as file:
        json.dump(found, file)
