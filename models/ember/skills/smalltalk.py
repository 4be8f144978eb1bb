"""Greetings, thanks, who are you; and a graceful reply to whatever it cannot know."""
import re

from workshop import seeds
from workshop.chatter import greeting
from workshop.invention import pick
from workshop.phrases import Phrases
from workshop.skill import Skill
from workshop.splits import HELD_OUT, split_of

TALK = seeds.blocks("smalltalk", ("ask", "say"))
UNKNOWN = Phrases("unknown")
SLOT = re.compile(r"\{(\w+)\}")
UNKNOWN_SHARE = 0.4
GRACEFUL = {"any": ["not know", "don't know", "small"], "most": 240}


class SmallTalk(Skill):
    name = "smalltalk"
    why = "greetings, who are you, what it cannot know"

    def make(self, rng, fill):
        if rng.random() < UNKNOWN_SHARE:
            return self.unknown(rng, fill)
        block = pick(rng, TALK)
        for _ in range(20):
            question = pick(rng, block["ask"])
            if rng.random() < 0.4:
                question = varied(rng, question)
            if (split_of(question) == HELD_OUT) == (fill.split == HELD_OUT):
                break
        return self.case(question, block["say"][0], {"exact": block["say"]})

    def unknown(self, rng, fill):
        form = UNKNOWN.pick(rng, fill.split, "ask")
        question = SLOT.sub(lambda slot: fill.pick(rng, slot[1]), form)
        reply = UNKNOWN.pick(rng, fill.split, "say")
        return self.case(greeting(rng, question), reply, GRACEFUL)


def varied(rng, text):
    shape = int(rng.random() * 4)
    if shape == 0:
        return text.lower()
    if shape == 1:
        return text.rstrip(".!?")
    return text.rstrip(".!?") + "!" if shape == 2 else greeting(rng, text)
