"""Greetings, thanks, who are you; and a graceful reply to whatever it cannot know."""
import re

from workshop import seeds
from workshop.chatter import greeting
from workshop.invention import pick
from workshop.phrases import Phrases
from workshop.skill import Skill
from workshop.splits import HELD_OUT, split_of
from workshop.words import with_articles

TALK = seeds.blocks("smalltalk", ("ask", "say"))
UNKNOWN = Phrases("unknown")
SLOT = re.compile(r"\{(\w+)\}")
UNKNOWN_SHARE = 0.4
GRACEFUL = {"any": ["not know", "don't know"], "most": 240}


class SmallTalk(Skill):
    name = "smalltalk"
    why = "greetings, who are you, what it cannot know"

    def make(self, rng, fill):
        if rng.random() < UNKNOWN_SHARE:
            return self.own(fill, lambda: self.unknown(rng, fill))
        while True:
            block = pick(rng, TALK)
            question = pick(rng, block["ask"])
            if rng.random() < 0.4 or fill.split == HELD_OUT:
                question = varied(rng, question)
            if belongs(question, fill.split):
                return self.case(question, block["say"][0], {"exact": block["say"]})

    def unknown(self, rng, fill):
        form = UNKNOWN.pick(rng, fill.split, "ask")
        question = with_articles(SLOT.sub(lambda slot: fill.pick(rng, slot[1]), form))
        reply = UNKNOWN.pick(rng, fill.split, "say")
        return self.case(greeting(rng, question), reply, GRACEFUL)


RAW = {question.lower() for block in TALK for question in block["ask"]}


def belongs(question, split):
    """What stands in seeds is always trained; variations of it by their hash."""
    if question.lower() in RAW:
        return split != HELD_OUT
    return (split_of(question) == HELD_OUT) == (split == HELD_OUT)


def varied(rng, text):
    shape = int(rng.random() * 4)
    if shape == 0:
        return text.lower()
    if shape == 1:
        return text.rstrip(".!?")
    return text.rstrip(".!?") + "!" if shape == 2 else greeting(rng, text)
