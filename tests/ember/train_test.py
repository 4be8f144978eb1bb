#!/usr/bin/env python3
"""One command makes ember of nothing, goes on with it, and puts it where Hearth ships it from."""
import hashlib
import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys
import tempfile
import unittest

import workplace

RUNNER = sys.argv.pop()
MORE_TO_DO = 3
FEW = ["--size", "300", "--threads", "1", "--runner", RUNNER]


def train(home, *options):
    command = [workplace.EMBER / "train", "--home", home, *FEW, *options]
    return subprocess.run(command, capture_output=True, text=True)


def the_script():
    loader = importlib.machinery.SourceFileLoader("train", str(workplace.EMBER / "train"))
    script = importlib.util.module_from_spec(importlib.util.spec_from_loader("train", loader))
    loader.exec_module(script)
    return script


class Train(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_makes_a_model_in_legs_teaches_it_more_and_installs_it(self):
        home = self.folder / "home"
        first = train(home, "--minutes", "5", "--leg-minutes", "0.01")
        self.assertEqual(first.returncode, MORE_TO_DO, first.stdout + first.stderr)
        self.assertIn("the same command goes on", first.stdout)
        self.assertFalse((home / "ember.gguf").exists())

        last = train(home, "--minutes", "0.02")
        self.assertEqual(last.returncode, 0, last.stdout + last.stderr)
        self.assertIn('"lessons_taken_over": true', last.stdout)
        self.assertEqual((home / "ember.gguf").read_bytes()[:4], b"GGUF")

        more = train(self.folder / "more", "--from", home / "ember.gguf", "--minutes", "0.01")
        self.assertEqual(more.returncode, 0, more.stdout + more.stderr)
        self.assertFalse((self.folder / "more/seedling.gguf").exists())

        self.assertIn(b"apache-2.0", (home / "ember.gguf").read_bytes())
        shipped = self.folder / "shipped"
        shipped.mkdir()
        the_script().install(home, shipped)
        model = (shipped / "ember.gguf").read_bytes()
        self.assertEqual((shipped / "SHA256SUMS").read_text(),
                         f"{hashlib.sha256(model).hexdigest()}  ember.gguf\n")
        self.assertTrue((shipped / "curve.csv").read_text().startswith("step,"))
        made = (shipped / "made.json").read_text()
        self.assertIn('"size": 300', made)
        self.assertNotIn(str(self.folder), made)

    def test_says_how_to_get_a_runner(self):
        lacking = subprocess.run([workplace.EMBER / "train", "--home", self.folder / "h",
                                  "--runner", self.folder / "none"], capture_output=True, text=True)
        self.assertEqual(lacking.returncode, 1)
        self.assertIn("build Hearth first", lacking.stderr)


if __name__ == "__main__":
    unittest.main()
