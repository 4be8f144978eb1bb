"""A text with something to ask about, and how text and question are put together.

A Document knows its questions, each with a sentence that answers it, the words of the text that
are the answer, and rivals: other words of the text that would be a wrong answer. `missing` are
questions of the same form that the text does not answer.
"""
from dataclasses import dataclass, field

from workshop.checks import holds
from workshop.invention import pick
from workshop.phrases import Phrases

READING = Phrases("reading")
NEAR_SHARE, STRANGER_TRIES = 0.2, 50


@dataclass
class Ask:
    question: str
    sentence: str
    value: str
    rivals: list


@dataclass
class Document:
    text: str
    asks: list
    missing: list = field(default_factory=list)
    lines: list = field(default_factory=list)
    lacking: object = None  # makes more such questions, where there are more


def stranger_to(rng, fill, known, make):
    """Something like what is known that is not known, sometimes by one letter only."""
    for _ in range(STRANGER_TRIES):
        other = fill.near(rng, pick(rng, known)) if rng.random() < NEAR_SHARE else make()
        if other not in known:
            return other
    return fill.pick(rng, "word")


def rivals_of(value, values, question):
    return [other for other in values
            if other != value and not holds(value, other) and not holds(question, other)]


def framed(rng, fill, text, question):
    if rng.random() < 0.3:
        form = READING.pick(rng, fill.split, "file frame")
        return form.replace("{file}", fill.pick(rng, "file")).replace("{ask}", question).replace(
            "{text}", text)
    form = READING.pick(rng, fill.split, "frame")
    low = question if question.split(" ")[0].lower() not in ASKING else \
        question[0].lower() + question[1:]
    return form.replace("{ask}", question).replace("{low}", low).replace("{text}", text)


ASKING = ("what", "which", "who", "where", "when", "how", "in", "on", "at", "to", "tell", "give",
          "find", "look", "whose", "name", "read", "under", "by", "from")
