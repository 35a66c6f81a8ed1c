import doctest
import io
import unittest
from unittest import mock


def double(n):
    """Doubles.

    >>> double(2)
    4
    >>> double("ab")
    'abab'
    """
    return n * 2


class DoubleTest(unittest.TestCase):
    def test_number(self):
        self.assertEqual(double(4), 8)

    def test_mock(self):
        clock = mock.Mock(side_effect=[1, 2])
        with mock.patch("time.time", clock):
            import time

            self.assertEqual([time.time(), time.time()], [1, 2])

    def test_fails(self):
        self.assertIn(1, [])


print(doctest.testmod())
suite = unittest.defaultTestLoader.loadTestsFromTestCase(DoubleTest)
outcome = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
[outcome.testsRun, len(outcome.failures), outcome.wasSuccessful()]
