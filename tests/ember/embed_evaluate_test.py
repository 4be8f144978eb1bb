#!/usr/bin/env python3
"""The evaluation of ember-embed asks for vectors, ranks all documents, and says what it found."""
import http.server
import json
import socketserver
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import workplace

FOLDER = workplace.EMBER.parent / "ember-embed"
sys.path.insert(0, str(FOLDER))

from pairing import by_words, ranking  # noqa: E402
from pairing.pair import DOCUMENT, QUERY  # noqa: E402

ITEMS = 30


class Daemon(http.server.BaseHTTPRequestHandler):
    """Gives every item an axis of its own; what is `lost` looks away from it."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, asked))
        rows = [{"object": "embedding", "index": at, "embedding": self.vector(text)}
                for at, text in enumerate(asked["input"])]
        body = json.dumps({"object": "list", "data": rows[::-1], "model": asked["model"]}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def vector(self, text):
        number = int(text.split()[-1])
        sign = -1.0 if text.startswith(QUERY) and number in self.server.lost else 1.0
        return [sign if at == number else 0.0 for at in range(ITEMS)]

    def log_message(self, *_):
        pass


class Evaluated(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon)
        self.server.asked, self.server.lost, self.server.status = [], (), 200
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.items = Path(self.folder.name) / "items.jsonl"
        lines = [{"id": f"x-{at}", "kind": "even" if at % 2 == 0 else "odd",
                  "query": f"{QUERY}where is {at}", "document": f"{DOCUMENT}here is {at}"}
                 for at in range(ITEMS)]
        self.items.write_text("".join(json.dumps(line) + "\n" for line in lines),
                              encoding="utf-8")

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()

    def evaluate(self):
        out = Path(self.folder.name) / "out"
        ran = subprocess.run([sys.executable, FOLDER / "evaluate", "--items", self.items, "--out",
                              out, "--url", f"http://127.0.0.1:{self.server.server_address[1]}"],
                             capture_output=True, text=True, check=False)
        return ran, out

    def test_asks_for_all_texts_and_finds_each_document(self):
        ran, out = self.evaluate()
        self.assertEqual(ran.returncode, 0, ran.stderr)
        found = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
        self.assertEqual((found["met"], found["all"]["recall@1"], found["items"]), (True, 1, ITEMS))
        self.assertEqual(found["failures"], [])
        self.assertEqual({path for path, _ in self.server.asked}, {"/v1/embeddings"})
        self.assertEqual({body["model"] for _, body in self.server.asked}, {"ember-embed"})
        self.assertEqual(sum(len(body["input"]) for _, body in self.server.asked), 2 * ITEMS)

    def test_shows_what_was_not_found_and_ends_otherwise(self):
        self.server.lost = (2, 4, 6, 8)
        ran, out = self.evaluate()
        self.assertEqual(ran.returncode, 1, ran.stderr)
        found = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
        self.assertEqual([failure["id"] for failure in found["failures"]],
                         ["x-2", "x-4", "x-6", "x-8"])
        self.assertEqual(found["kinds"]["odd"]["recall@5"], 1)
        self.assertAlmostEqual(found["kinds"]["even"]["recall@5"], 11 / 15, places=3)
        text = (out / "evaluation.md").read_text(encoding="utf-8")
        for part in ("not met", "| even |", "### even: 4, of which 4 are shown", "where is 6"):
            self.assertIn(part, text)

    def test_says_so_when_the_daemon_cannot_be_asked(self):
        self.server.status = 503
        ran, out = self.evaluate()
        self.assertEqual(ran.returncode, 2)
        self.assertIn("503", ran.stderr)
        self.assertFalse((out / "evaluation.json").exists())


class Ranked(unittest.TestCase):
    def test_the_place_of_a_document_counts_those_that_are_more_alike(self):
        found = ranking.by_vectors([(1, 0)], [(0.5, 0)] + [(0.7, 0)] * 2 + [(0.1, 0)])
        self.assertEqual((found[0].place, found[0].first), (3, 1))
        found = ranking.by_vectors([(1, 0), (0, 1)], [(1, 0), (0, 1)])
        self.assertEqual((ranking.recall(found, 1), ranking.reciprocal(found)), (1, 1))

    def test_words_that_are_rare_count_more(self):
        documents = [DOCUMENT + text for text in
                     ("the cat sleeps", "the dog sleeps", "the dog eats", "a bird sings")]
        found = by_words.ranked([QUERY + "the cat", QUERY + "dog eats", QUERY + "the bird"],
                                documents)
        self.assertEqual([one.first for one in found], [0, 2, 3])


if __name__ == "__main__":
    unittest.main()
