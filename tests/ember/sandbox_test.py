#!/usr/bin/env python3
"""A function that a model wrote runs where it can do no harm, or does not run at all."""
import time
import unittest

import workplace

from workshop import sandbox

TRIES = [[1]]


def function(body, name="f"):
    return f"def {name}(x):\n    {body}\n"


class Sandbox(unittest.TestCase):
    def refused(self, code, said):
        results, problem = sandbox.run(code, "f", TRIES)
        self.assertIsNone(results)
        self.assertIn(said, problem)

    def test_a_function_is_called_with_each_of_the_arguments(self):
        code = function("return [x, x * 2]")
        self.assertEqual(sandbox.run(code, "f", [[1], ["a"]]), ([[1, 2], ["a", "aa"]], ""))

    def test_code_is_taken_from_between_fences(self):
        for text in ("```python\nx = 1\n```", "Here:\n```\nx = 1\n```\nDone.", "x = 1\n"):
            self.assertEqual(sandbox.code_of(text), "x = 1\n")

    def test_what_reaches_outside_is_refused_before_it_runs(self):
        for body, said in (
                ("import os", "Import"), ("from os import system", "Import"),
                ("return open('/etc/passwd')", "failed"), ("return __import__('os')", "__import__"),
                ("return x.__class__", ".__class__"), ("return ''.format(x)", ".format"),
                ("return exec('1')", "failed"), ("return eval('1')", "failed"),
                ("return getattr(x, 'real')", "failed"), ("return globals()", "failed"),
                ("global y", "Global"), ("yield x", "Yield"),
                ("return (lambda: (yield))", "Yield")):
            self.refused(function(body), said)
        self.refused("class f:\n    pass\n", "ClassDef")
        self.refused("@f\ndef f(x):\n    return x\n", "decorator")
        self.refused("try:\n    x = 1\nexcept Exception:\n    x = 2\n", "Try")
        self.refused("def f(x)\n", "no Python")
        self.refused("# " + "x" * sandbox.CODE_MOST, "too long")

    def test_endless_and_greedy_code_ends(self):
        started = time.monotonic()
        for body in ("while True: x = 1", "return 'a' * 10 ** 11", "return f(x)",
                     "return list(range(10 ** 10))", "return 9 ** 9 ** 9 ** 9"):
            results, problem = sandbox.run(function(body), "f", TRIES)
            self.assertIsNone(results, body)
            self.assertTrue(problem)
        self.assertLess(time.monotonic() - started, 5 * 2 * sandbox.SECONDS + 5)

    def test_a_large_result_and_no_function_are_problems(self):
        results, problem = sandbox.run(function("return 'a' * 10 ** 6"), "f", TRIES)
        self.assertEqual((results, problem), (None, "gives too much"))
        self.refused("x = 1\n", "KeyError")
        self.refused(function("return x", "g"), "KeyError")


if __name__ == "__main__":
    unittest.main()
