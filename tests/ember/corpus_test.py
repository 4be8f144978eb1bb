#!/usr/bin/env python3
"""What the generator writes: always the same, nothing held out in training, nothing too long."""
import json
import random
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import workplace

from workshop import corpus, fillers, phrases, seeds, splits, words
import skills

LINES, CASES = 3000, 200
PLAIN = re.compile(r"[^\W\d_]+")
# A shorter word may come about by chance, when letters are reversed or spelled.
SURE_LETTERS = 5


def generate(folder, *more):
    subprocess.run([sys.executable, workplace.EMBER / "generate", "--out", folder, *more],
                   check=True, capture_output=True)


def bare(messages):
    """A conversation without its system prompt."""
    return json.dumps([message for message in messages if message["role"] != "system"])


class Written(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.one = Path(cls.folder.name) / "one"
        generate(cls.one, "--size", str(LINES), "--validation", "300", "--cases", str(CASES))
        cls.train = (cls.one / "train.jsonl").read_text(encoding="utf-8").splitlines()
        cls.cases = [json.loads(line) for line in
                     (cls.one / "heldout.jsonl").read_text(encoding="utf-8").splitlines()]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_same_seed_gives_the_same_bytes_with_any_number_of_processes(self):
        two = Path(self.folder.name) / "two"
        generate(two, "--size", "1500", "--validation", "300", "--cases", "20", "--processes", "1")
        again = (two / "train.jsonl").read_text(encoding="utf-8").splitlines()
        self.assertEqual(again[:1000], self.train[:1000])
        self.assertEqual((two / "validation.jsonl").read_bytes(),
                         (self.one / "validation.jsonl").read_bytes())

    def test_another_seed_gives_other_lines(self):
        other = Path(self.folder.name) / "other"
        generate(other, "--size", "200", "--validation", "20", "--cases", "5", "--seed", "6")
        lines = (other / "train.jsonl").read_text(encoding="utf-8").splitlines()
        self.assertLess(len(set(lines) & set(self.train)), 10)  # short questions come again

    def test_every_skill_has_its_held_out_cases_and_all_differ(self):
        for name in skills.every():
            mine = [case for case in self.cases if case["skill"] == name]
            asked = {json.dumps([case["messages"], case.get("tools")]) for case in mine}
            self.assertEqual((name, len(mine), len(asked)), (name, CASES, CASES))
            self.assertEqual(len({case["id"] for case in mine}), CASES)

    def test_no_held_out_case_stands_in_training(self):
        trained = {bare(json.loads(line)["messages"]) for line in self.train}
        found = [case["id"] for case in self.cases
                 if bare(case["messages"] + [case["answer"]]) in trained]
        self.assertEqual(found, [])

    def test_held_out_fillers_never_stand_in_training(self):
        held = {word.lower() for shared, words in fillers.lists().values() if not shared
                for word in words if fillers.split_of_word(word) == splits.HELD_OUT}
        single = {word for word in held if PLAIN.fullmatch(word) and len(word) >= SURE_LETTERS}
        self.assertGreater(len(single), 150)
        for line in self.train:
            found = single & {word.lower() for word in PLAIN.findall(line)}
            self.assertFalse(found, line[:500])

    def test_held_out_fillers_do_stand_in_the_cases(self):
        names = fillers.Fillers(splits.HELD_OUT).words["names"]
        text = json.dumps(self.cases, ensure_ascii=False)
        self.assertGreater(sum(name in text for name in names), len(names) * 0.8)

    def test_texts_in_training_are_asked_what_they_lack_beside_what_they_say(self):
        unknown = seeds.sections("reading")["unknown"][0]
        both = of = 0
        for line in self.train:
            found = json.loads(line)
            if found["skill"] in ("context", "abstain"):
                said = [message["content"] for message in found["messages"]
                        if message["role"] == "assistant"]
                both += 0 < said.count(unknown) < len(said)
                of += 1
        self.assertGreater(both / of, 0.4)

    def test_no_line_is_longer_than_the_limit(self):
        self.assertLessEqual(max(map(len, self.train)), corpus.CHARACTERS_MOST)

    def test_lines_are_conversations_that_end_with_an_answer(self):
        for line in self.train:
            found = json.loads(line)
            self.assertLessEqual(set(found), {"messages", "tools", "skill"})
            roles = [message["role"] for message in found["messages"]]
            self.assertEqual(roles[-1], "assistant")
            self.assertNotIn("system", roles[1:])
            last = found["messages"][-1]
            self.assertTrue(last["content"] or last.get("tool_calls"), line[:300])
            calls = [call["id"] for message in found["messages"]
                     for call in message.get("tool_calls", ())]
            results = [message["tool_call_id"] for message in found["messages"]
                       if message["role"] == "tool"]
            self.assertEqual(results, calls[:len(results)])

    def test_all_skills_are_in_training_in_their_shares(self):
        weights = corpus.mixture()["weights"]
        self.assertEqual(set(weights), set(skills.every()))
        for name, weight in weights.items():
            share = sum(f'"skill":"{name}"' in line for line in self.train) / LINES
            self.assertAlmostEqual(share, weight / sum(weights.values()), delta=0.02)

    def test_some_conversations_are_long_and_most_are_short(self):
        lengths = sorted(map(len, self.train))
        self.assertLess(lengths[len(lengths) // 2], 900)
        self.assertGreater(lengths[-5], 3500)


class Fillings(unittest.TestCase):
    def picks(self, split):
        fill, rng = fillers.Fillers(split), random.Random(1)
        return [fill.pick(rng, "objects") for _ in range(1000)], set(fill.words["objects"])

    def test_training_has_words_beside_the_listed_ones_and_tests_have_not(self):
        found, listed = self.picks(splits.TRAIN)
        self.assertGreater(sum(word not in listed for word in found), 250)
        self.assertGreater(sum(word in listed for word in found), 500)
        found, listed = self.picks(splits.HELD_OUT)
        self.assertLessEqual(set(found), listed)

    def test_no_blend_is_a_word_that_is_held_out(self):
        found, listed = self.picks(splits.TRAIN)
        blends = set(found) - listed
        self.assertFalse(fillers.held_words() & (blends | {words.plural(word) for word in blends}))

    def test_what_is_near_differs_in_one_sign(self):
        fill, rng = fillers.Fillers(splits.TRAIN), random.Random(1)
        for text in ("amber-lamp", "R838484", "07:45", "the red oar"):
            other = fill.near(rng, text)
            self.assertEqual(len(other), len(text))
            self.assertEqual(sum(a != b for a, b in zip(text, other)), 1, other)

    def test_phrasings_that_are_for_training_alone_are_in_no_test(self):
        more = set(seeds.sections("odd")["foreign more"])
        odd = phrases.Phrases("odd")
        self.assertFalse(more & set(odd.every["foreign"]))
        self.assertNotIn("foreign more", odd.every)
        trained = set(odd.training["foreign"]) & more
        self.assertGreater(len(trained), 100)
        self.assertFalse([one for one in trained if splits.split_of(one) == splits.HELD_OUT])


class Seeds(unittest.TestCase):
    def test_every_file_is_well_formed(self):
        for path in sorted(seeds.FOLDER.glob("*.txt")):
            text = path.read_text(encoding="utf-8")
            self.assertTrue(text.endswith("\n") and text.startswith("# "), path.name)
            self.assertNotRegex(text, r"[ \t]\n", path.name)

    def test_no_question_has_two_answers(self):
        answers = {}
        for name, keys in (("smalltalk", ("ask", "say")), ("hearth_facts", ("ask", "say", "key"))):
            for block in seeds.blocks(name, keys):
                self.assertTrue(block["ask"] and len(block["say"]) == 1, block)
                for question in block["ask"]:
                    plain = " ".join(re.findall(r"\w+", question.lower()))
                    self.assertEqual(answers.setdefault(plain, block["say"]), block["say"])
        self.assertGreater(len(answers), 700)

    def test_every_fact_has_its_key_words_in_its_answer(self):
        for block in seeds.blocks("hearth_facts", ("ask", "say", "key")):
            for key in block["key"]:
                self.assertIn(key.lower(), block["say"][0].lower())

    def test_commands_of_the_design_are_all_known(self):
        known = {block["name"][0] for block in seeds.blocks(
            "hearth_commands", ("name", "use", "does", "to", "note"))}
        for command in ("serve stop chat run task pull list show rm cp create verify gc search fit "
                        "bench eval tune quantize finetune import ps load unload pin usage "
                        "logs doctor version embed rerank tokenize compress remember recall forget "
                        "ingest ask consolidate roles connect mcp completion").split():
            self.assertIn(f"hearth {command}", known)

    def test_a_broken_file_is_refused_with_its_place(self):
        with tempfile.TemporaryDirectory() as folder:
            place, seeds.FOLDER = seeds.FOLDER, Path(folder)
            try:
                (seeds.FOLDER / "broken.txt").write_text("# x\n\nask a\nsya b\n", encoding="utf-8")
                with self.assertRaisesRegex(seeds.SeedError, r"broken.txt:4: 'sya'"):
                    seeds.blocks("broken", ("ask", "say"))
                (seeds.FOLDER / "bare.txt").write_text("phrase\n", encoding="utf-8")
                with self.assertRaisesRegex(seeds.SeedError, "bare.txt:1"):
                    seeds.sections("bare")
            finally:
                seeds.FOLDER = place

    def test_material_is_varied(self):
        words = sum(len(words) for _, words in fillers.lists().values())
        self.assertGreater(words, 2000)
        lines = sum(1 for path in seeds.FOLDER.glob("*.txt")
                    for line in path.read_text(encoding="utf-8").split("\n")
                    if line and not line.startswith("#"))
        self.assertGreater(lines, 2500)


if __name__ == "__main__":
    unittest.main()
