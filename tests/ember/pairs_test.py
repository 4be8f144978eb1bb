#!/usr/bin/env python3
"""The pairs of ember-embed: always the same, nothing held out in training, no text stands twice."""
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import workplace

sys.path.insert(0, str(workplace.EMBER.parent / "ember-embed"))

from pairing import corpus, frames, groups, known, wording  # noqa: E402
from pairing.pair import DOCUMENT, QUERY  # noqa: E402
from workshop import fillers, splits  # noqa: E402

LINES = 5000
PLAIN = re.compile(r"[^\W\d_]+")
# A shorter word may come about by chance, when made-up ones are cut.
SURE_LETTERS = 6
OWN_KINDS = ("names", "surnames")  # their words stand in no phrase


def generate(folder, *more):
    subprocess.run([sys.executable, workplace.EMBER.parent / "ember-embed" / "generate", "--out",
                    folder, *more], check=True, capture_output=True)


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Written(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.one = Path(cls.folder.name) / "one"
        generate(cls.one, "--size", str(LINES), "--validation", "200", "--texts", "1000")
        cls.train = lines_of(cls.one / "train.jsonl")
        cls.items = lines_of(cls.one / "heldout.jsonl")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_same_seed_gives_the_same_bytes_with_any_number_of_processes(self):
        two = Path(self.folder.name) / "two"
        generate(two, "--size", "1000", "--validation", "200", "--processes", "1")
        self.assertEqual(lines_of(two / "train.jsonl"), self.train[:1000])
        for name in ("validation.jsonl", "heldout.jsonl"):
            self.assertEqual((two / name).read_bytes(), (self.one / name).read_bytes())

    def test_another_seed_gives_other_lines(self):
        other = Path(self.folder.name) / "other"
        generate(other, "--size", "500", "--validation", "20", "--seed", "6")
        mine = {pair["query"] + pair["document"] for pair in self.train}
        same = sum(pair["query"] + pair["document"] in mine
                   for pair in lines_of(other / "train.jsonl"))
        self.assertLess(same, 50)  # what Hearth is asked comes again

    def test_lines_are_pairs_with_the_prefixes_of_their_sides(self):
        for pair in self.train:
            self.assertLessEqual(set(pair), {"query", "document", "about", "not"})
            self.assertTrue(pair["query"].startswith(QUERY) and len(pair["query"]) > len(QUERY))
            for text in [pair["document"], *pair.get("not", ())]:
                self.assertTrue(text.startswith(DOCUMENT) and len(text) > len(DOCUMENT), pair)
            self.assertNotIn(pair["document"], pair.get("not", ()))
            self.assertNotRegex(pair["query"] + pair["document"], r"\{\w+\}")

    def test_there_are_a_thousand_items_of_all_kinds_and_no_two_have_a_text_in_common(self):
        self.assertEqual(len(self.items), 1000)
        for key in ("id", "query", "document"):
            self.assertEqual(len({item[key] for item in self.items}), 1000, key)
        self.assertEqual({item["kind"] for item in self.items}, set(corpus.ITEMS))
        self.assertEqual(sum(item["kind"] == "groups" for item in self.items),
                         len(groups.groups_of(splits.HELD_OUT)[:100]))

    def test_no_group_that_is_held_out_stands_in_training(self):
        held = {line for group in groups.groups_of(splits.HELD_OUT) for line in group}
        self.assertGreater(len(held), 300)
        for pair in self.train:
            for key, prefix in (("query", QUERY), ("document", DOCUMENT)):
                self.assertNotIn(pair[key].removeprefix(prefix), held)

    def test_no_held_out_question_about_hearth_stands_in_training(self):
        held = {question.lower() for _, _, questions in known.ENTRIES for question in questions}
        shown = {question.lower() for _, questions, _ in known.ENTRIES for question in questions}
        asked = {pair["query"].removeprefix(QUERY).lower() for pair in self.train}
        self.assertGreater(len(asked & shown), 100)
        self.assertFalse(asked & (held - shown))

    def test_held_out_names_never_stand_in_training(self):
        held = {word.lower() for kind in OWN_KINDS for word in fillers.lists()[kind][1]
                if fillers.split_of_word(word) == splits.HELD_OUT and len(word) >= SURE_LETTERS}
        self.assertGreater(len(held), 40)
        for pair in self.train:
            found = held & {word.lower() for word in PLAIN.findall(json.dumps(pair))}
            self.assertFalse(found, pair)

    def test_held_out_frames_are_said_in_ways_that_training_never_shows(self):
        unseen = [frame for frame in frames.frames() if frames.held_out(frame)]
        self.assertGreater(len(unseen), len(frames.frames()) / 3)
        for frame in unseen:
            for form in frames.held_out(frame):
                start = form.split("{")[0]
                if len(start) > 12:
                    self.assertFalse([pair for pair in self.train
                                      if pair["document"].startswith(DOCUMENT + start)], form)

    def test_texts_are_the_queries_and_documents_of_training_each_once(self):
        texts = [line["text"] for line in lines_of(self.one / "texts.jsonl")]
        self.assertEqual(len(texts), len(set(texts)))
        self.assertAlmostEqual(len(texts), 1000, delta=2)


class Seeds(unittest.TestCase):
    def test_groups_have_several_lines_and_no_line_stands_twice(self):
        seen, count = set(), 0
        for split in splits.ALL:
            for group in groups.groups_of(split):
                count += 1
                self.assertGreaterEqual(len(group), 3, group)
                for line in group:
                    self.assertNotIn(line, seen)
                    seen.add(line)
        self.assertGreater(count, 380)

    def test_frames_have_the_same_slots_on_every_line(self):
        for frame in frames.frames():
            slots = set(frames.SLOT.findall(frame["as"][0]))
            self.assertGreaterEqual(len(frame["as"]), 5, frame)
            self.assertTrue(frame["but"] and frame["ask"], frame)
            for form in frame["as"]:
                self.assertEqual(set(frames.SLOT.findall(form)), slots, form)
            for form in frame["ask"] + frame["but"]:
                self.assertLessEqual(set(frames.SLOT.findall(form)), slots, form)

    def test_no_word_has_synonyms_on_two_lines(self):
        self.assertGreater(len(wording.synonyms()), 600)  # or it would have been refused
        for words in wording.synonyms().values():
            self.assertTrue(words)

    def test_files_are_well_formed(self):
        for path in sorted((workplace.EMBER.parent / "ember-embed" / "seeds").glob("*.txt")):
            text = path.read_text(encoding="utf-8")
            self.assertTrue(text.endswith("\n") and text.startswith("# "), path.name)
            self.assertNotRegex(text, r"[ \t]\n|\n\n\n", path.name)


if __name__ == "__main__":
    unittest.main()
