"""Makes lines of training and held-out cases out of the skills, in the shares of mixture.json.

Chunks of lines are made independently, each from a seed of its own, so that two processes write
the same bytes as one.
"""
import json
import random

import skills
from workshop import chatter, seeds
from workshop.fillers import Fillers
from workshop.phrases import Phrases
from workshop.skill import system
from workshop.splits import HELD_OUT

CHUNK_LINES = 1000
CHARACTERS_MOST = 5200  # of one conversation with its tools: about 1,800 tokens at worst
HELD_OUT_TURNS = (0, 0, 0, 1)
SYSTEMS = Phrases("systems")
READERS = ("context", "abstain")


def mixture():
    return json.loads((seeds.ROOT / "mixture.json").read_text(encoding="utf-8"))


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def system_for(rng, fill, case):
    section = "any"
    if case.tools:
        section = "tools"
    elif case.skill in READERS and rng.random() < 0.5:
        section = "text"
    return system(SYSTEMS.pick(rng, fill.split, section))


class Corpus:
    """The lines of one split. `line` and `case` take an RNG and nothing else changes them."""

    def __init__(self, split):
        self.fill = Fillers(split)
        self.skills = skills.every()
        self.mix = mixture()
        self.names = tuple(self.mix["weights"])
        self.weights = tuple(self.mix["weights"].values())

    def dressed(self, rng, name, turns):
        """A case of this skill, perhaps after other turns and under a system prompt."""
        while True:
            case = self.skills[name].make(rng, self.fill)
            if case.joins and not case.tools and not case.own_system:
                count = turns[int(rng.random() * len(turns))]
                case = chatter.before(rng, self.fill, case, count) if count else case
            if not case.own_system and rng.random() < self.mix["system_share"]:
                case.messages = [system_for(rng, self.fill, case)] + case.messages
            line = dump(self.conversation(case))
            if len(line) <= CHARACTERS_MOST:
                return case, line

    def conversation(self, case):
        found = {"messages": case.messages + [case.answer]}
        if case.tools:
            found["tools"] = case.tools
        found["skill"] = case.skill
        return found

    def line(self, rng):
        name = rng.choices(self.names, self.weights)[0]
        return self.dressed(rng, name, self.mix["turns_before"])[1]

    def case(self, rng, name):
        """A held-out case as a JSON object, without its id."""
        case, _ = self.dressed(rng, name, HELD_OUT_TURNS)
        found = {"skill": name, "messages": case.messages}
        if case.tools:
            found["tools"] = case.tools
        if case.response_format:
            found["response_format"] = case.response_format
        found.update(max_tokens=case.max_tokens, expected=case.expected, answer=case.answer)
        return found


CORPORA = {}


def corpus_of(split):
    """Made once for each process."""
    if split not in CORPORA:
        CORPORA[split] = Corpus(split)
    return CORPORA[split]


def chunk(job):
    """The text of one chunk of lines; `job` is (seed, split, index, lines)."""
    seed, split, index, lines = job
    rng = random.Random(f"{seed}:{split}:{index}")
    corpus = corpus_of(split)
    return "".join(corpus.line(rng) + "\n" for _ in range(lines))


def held_out(job):
    """So many different held-out cases of one skill; `job` is (seed, name, count)."""
    seed, name, count = job
    rng = random.Random(f"{seed}:{HELD_OUT}:{name}")
    corpus, seen, found = corpus_of(HELD_OUT), set(), []
    while len(found) < count:
        case = corpus.case(rng, name)
        key = dump([case["messages"], case.get("tools")])
        if key not in seen:
            seen.add(key)
            found.append({"id": f"{name}-{len(found) + 1:03d}", **case})
    return "".join(dump(case) + "\n" for case in found)
