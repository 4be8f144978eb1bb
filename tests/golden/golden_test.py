#!/usr/bin/env python3
"""Requests and the replies to them, as docs/formats/golden.md has it, played against the daemon.

    golden_test.py HEARTH [DIALECT/NAME…]

HEARTH is the program; without names all pairs beside this file are played. What does not fit is
told with the path to it.
"""
import json
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "openapi"))

from daemon import Daemon, home
from pairs import differences, reply_of, request_of

DIALECTS = ("openai", "anthropic", "ollama", "llamacpp")
PAIRS_LEAST = 6
SHOWN_MAX = 3000


def pair_files(names):
    files = sorted(HERE.glob("*/*.json"))
    wanted = [file for file in files if not names or file.relative_to(HERE).with_suffix("").
              as_posix() in names]
    assert wanted, f"there is no pair called {names}"
    return wanted


class GoldenPairs(unittest.TestCase):
    program = None
    names = []

    def test_the_daemon_answers_as_it_did(self):
        with home() as folder, Daemon(self.program, folder) as daemon:
            for file in pair_files(self.names):
                with self.subTest(file.relative_to(HERE).as_posix()):
                    self.play(daemon, json.loads(file.read_text()))

    def play(self, daemon, pair):
        method, path, body, headers = request_of(pair["request"])
        status, named, stream = daemon.send(method, path, body, headers)
        said = reply_of(status, named, stream.read())
        found = differences(pair["response"], said)
        shown = json.dumps(said, ensure_ascii=False, indent=2)[:SHOWN_MAX]
        self.assertEqual([], found, f"it said {shown}")

    def test_every_dialect_has_answers_errors_and_a_stream(self):
        for dialect in DIALECTS:
            pairs = [json.loads(file.read_text()) for file in (HERE / dialect).glob("*.json")]
            responses = [pair["response"] for pair in pairs]
            with self.subTest(dialect):
                self.assertGreaterEqual(len(pairs), PAIRS_LEAST)
                self.assertTrue(any(one["status"] >= 400 for one in responses))
                self.assertTrue(any("events" in one or "lines" in one for one in responses))


class Differences(unittest.TestCase):
    """That a reply which is not the golden one would be noticed."""

    def found(self, golden, said):
        return differences({"status": 200, "headers": {}, "body": golden},
                           {"status": 200, "headers": {}, "body": said})

    def test_are_none_where_all_is_alike(self):
        for golden, said in [(1, 1), ([1, "a"], [1, "a"]), ({"a": None}, {"a": None}),
                             ("<any>", {"a": 1}), ("id-<any>!", "id-5!"), ("<text>", ""),
                             ("<number>", 1.5), ("<list>", []), ("<object>", {}),
                             (["<number>", "<more>"], [1, 2, 3]), (["a", "<more>", 1], ["a", 1])]:
            self.assertEqual([], self.found(golden, said), (golden, said))

    def test_are_found_wherever_they_are(self):
        for golden, said in [(1, 2), (1, True), (1, "1"), ([1], [1, 2]), ([1, 2], [1]),
                             ({"a": 1}, {}), ({}, {"a": 1}), ({"a": {"b": 1}}, {"a": {"b": 2}}),
                             ("id-<any>", "x-5"), ("<text>", 1), ("<number>", "1"),
                             ("<number>", True), ("<list>", {}), ("<object>", []), (None, 0),
                             (["<number>", "<more>"], [1, "2"])]:
            self.assertEqual(1, len(self.found(golden, said)), (golden, said))
        self.assertIn("body.a.b", self.found({"a": {"b": 1}}, {"a": {"b": 2}})[0])

    def test_are_found_in_the_status_the_headers_and_the_kind_of_body(self):
        golden = {"status": 200, "headers": {"x": "1"}, "body": 1}
        for said in [{"status": 400, "headers": {"x": "1"}, "body": 1},
                     {"status": 200, "headers": {}, "body": 1},
                     {"status": 200, "headers": {"x": "1"}, "lines": [1]}]:
            self.assertNotEqual([], differences(golden, said))
        more = {"status": 200, "headers": {"x": "1", "y": "2"}, "body": 1}
        self.assertEqual([], differences(golden, more))


if __name__ == "__main__":
    GoldenPairs.program, *GoldenPairs.names = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
