#!/usr/bin/env python3
"""The evaluation asks every case, counts what is right, shows what is not, and says so."""
import collections
import http.server
import itertools
import json
import os
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import workplace

CASES_OF_EACH = 6
PATIENCE = 60


class Daemon(http.server.BaseHTTPRequestHandler):
    """Answers like the daemon, from the cases: rightly, or as `spoil` says."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, asked))
        key = json.dumps([asked["messages"], asked.get("tools")])
        status, message = self.server.spoil(self.server.answers[key])
        body = json.dumps({"choices": [{"message": message}],
                           "usage": {"completion_tokens": 3}}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "client"

    def log_message(self, *_):
        pass


class UnixServer(socketserver.ThreadingUnixStreamServer):
    pass


def right(case):
    return 200, case["answer"]


class Evaluate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.place = Path(cls.folder.name)
        subprocess.run([sys.executable, workplace.EMBER / "generate", "--out", cls.place,
                        "--size", "10", "--validation", "10", "--cases", str(CASES_OF_EACH)],
                       check=True, capture_output=True)
        text = (cls.place / "heldout.jsonl").read_text(encoding="utf-8")
        cls.cases = [json.loads(line) for line in text.splitlines()]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def serve(self, server, spoil):
        server.daemon_threads, server.asked, server.spoil = True, [], spoil
        server.answers = {json.dumps([case["messages"], case.get("tools")]): case
                          for case in self.cases}
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def evaluate(self, spoil, *more):
        """(exit code, evaluation.json, evaluation.md, what was asked)"""
        server = self.serve(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Daemon), spoil)
        return (*self.run_it("--url", f"http://127.0.0.1:{server.server_port}", *more),
                server.asked)

    def start(self, *more):
        return subprocess.Popen([sys.executable, workplace.EMBER / "evaluate", *more],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run_it(self, *more):
        out = self.place / "out"
        done = subprocess.run([sys.executable, workplace.EMBER / "evaluate", "--cases",
                               self.place / "heldout.jsonl", "--out", out, *more],
                              capture_output=True, text=True, check=False)
        self.assertIn("Asking '", done.stderr)
        return (done.returncode, json.loads((out / "evaluation.json").read_text()),
                (out / "evaluation.md").read_text())

    def test_right_answers_meet_every_goal(self):
        code, found, table, asked = self.evaluate(right)
        self.assertEqual(code, 0)
        self.assertEqual(len(asked), len(self.cases))
        self.assertTrue(all(skill["right"] == CASES_OF_EACH and skill["met"]
                            for skill in found["skills"].values()))
        self.assertEqual(len(found["skills"]), len(self.cases) // CASES_OF_EACH)
        self.assertIn("| plan |", table)
        self.assertIn("in form 100.0 %", table)

    def test_questions_are_greedy_and_carry_tools_and_schemas(self):
        *_, asked = self.evaluate(right, "--model", "some-model")
        self.assertEqual({path for path, _ in asked}, {"/v1/chat/completions"})
        self.assertTrue(all(body["temperature"] == 0 and body["model"] == "some-model" and
                            body["max_tokens"] > 0 for _, body in asked))
        self.assertTrue(any("tools" in body for _, body in asked))
        self.assertTrue(any("response_format" in body for _, body in asked))

    def test_wrong_answers_miss_the_goals_and_are_shown(self):
        code, found, table, _ = self.evaluate(
            lambda case: (200, {"role": "assistant", "content": "xyzzy"}))
        self.assertEqual(code, 1)
        for name, skill in found["skills"].items():
            self.assertEqual((name, skill["right"], skill["met"]), (name, 0, False))
            self.assertEqual(len(skill["failures"]), CASES_OF_EACH)
        self.assertEqual(found["skills"]["plan"]["in_form"], 0)
        self.assertIn("said: xyzzy", table)

    def test_one_skill_can_miss_its_goal_alone(self):
        def spoil(case):
            return right({"answer": {"content": "no"}} if case["skill"] == "recall" else case)
        code, found, *_ = self.evaluate(spoil)
        missed = [name for name, skill in found["skills"].items() if not skill["met"]]
        self.assertEqual((code, missed), (1, ["recall"]))

    def test_a_refusing_daemon_is_no_result(self):
        code, found, table, _ = self.evaluate(lambda case: (503, {}))
        self.assertEqual(code, 2)
        self.assertIn("status 503", table)
        self.assertTrue(all(not skill["met"] for skill in found["skills"].values()))

    def test_no_daemon_is_told_and_how_to_start_one(self):
        done = self.start("--out", self.place / "none", "--socket", self.place / "nobody.sock")
        told = done.communicate(timeout=PATIENCE)[1]
        self.assertEqual(done.returncode, 2)
        self.assertIn("nobody.sock", told)
        self.assertIn("hearth serve", told)
        self.assertFalse((self.place / "none").exists())

    def test_cases_are_made_by_the_evaluation_where_none_are_given(self):
        server = self.serve(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Daemon), right)
        server.answers = collections.defaultdict(lambda: {"answer": {"content": "xyzzy"}})
        out = self.place / "made"
        done = self.start("--out", out, "--url", f"http://127.0.0.1:{server.server_port}",
                          "--skill", "recall", "--limit", "4")
        told = done.communicate(timeout=PATIENCE)[1]
        self.assertEqual(done.returncode, 1, told)
        made = [asked["messages"] for _, asked in server.asked]
        # The first cases of a skill do not depend on how many follow.
        known = [case["messages"] for case in self.cases if case["skill"] == "recall"][:4]
        self.assertCountEqual(made, known)
        self.assertIn(f"127.0.0.1:{server.server_port}", told)

    def test_an_evaluation_that_is_interrupted_leaves_what_it_has_found(self):
        asked = threading.Semaphore(0)
        hold = threading.Event()
        self.addCleanup(hold.set)
        count = itertools.count(1)

        def spoil(case):
            if next(count) > 5:
                asked.release()
                hold.wait(PATIENCE)
            return right(case)
        server = self.serve(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Daemon), spoil)
        out = self.place / "cut"
        done = self.start("--cases", self.place / "heldout.jsonl", "--out", out, "--parallel", "1",
                          "--url", f"http://127.0.0.1:{server.server_port}")
        self.assertTrue(asked.acquire(timeout=PATIENCE))
        done.send_signal(signal.SIGINT)
        # The question that is under way is still waited for.
        hold.set()
        told = done.communicate(timeout=PATIENCE)[1]
        self.assertEqual(done.returncode, 130, told)
        found = json.loads((out / "evaluation.json").read_text())
        self.assertGreaterEqual(found["cases"], 5)
        self.assertLess(found["cases"], found["of"])
        self.assertIn("Not finished", (out / "evaluation.md").read_text())

    def test_a_skill_that_is_not_there_is_named(self):
        done = self.start("--skill", "recal")
        told = done.communicate(timeout=PATIENCE)[1]
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no skill 'recal'", told)

    def test_a_unix_socket_does_as_well(self):
        path = os.path.join(self.folder.name, "s")
        server = self.serve(UnixServer(path, Daemon), right)
        code, found, _ = self.run_it("--socket", path, "--skill", "recall", "--limit", "3")
        self.assertEqual((code, found["cases"], len(server.asked)), (0, 3, 3))


if __name__ == "__main__":
    unittest.main()
