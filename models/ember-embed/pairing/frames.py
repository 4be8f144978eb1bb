"""What may happen, told in several ways with any fillers (seeds/frames.txt).

Near-misses say the same of another, or something else in almost the same words. Held out are all
fillers, and some ways to say it.
"""
import functools
import re

from pairing import ROOT, wording
from pairing.pair import Pair
from workshop.invention import pick
from workshop.phrases import trained
from workshop.splits import HELD_OUT, split_of
from workshop.words import with_articles

KEYS = ("as", "but", "ask")
SLOT = re.compile(r"\{(\w+)\}")
KINDS = {"name2": "name", "a_thing": "thing", "a_object": "objects", "a_job": "jobs",
         "an_animal": "animals"}
ASK_SHARE, BUT_SHARE, OTHER_SHARE, ITEM_ASKS = 0.3, 0.5, 0.6, 0.2


def read(path):
    frames = []
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        frame = {key: [] for key in KEYS}
        for line in block.strip().split("\n"):
            key, _, text = line.partition(" ")
            if key in KEYS:
                frame[key].append(text)
        if frame["as"]:
            frames.append({key: tuple(texts) for key, texts in frame.items()})
    return tuple(frames)


@functools.cache
def frames():
    return read(ROOT / "seeds" / "frames.txt")


def held_out(frame):
    """The ways to say it that training never shows."""
    return tuple(text for text in frame["as"] + frame["ask"] if split_of(text) == HELD_OUT)


def value(rng, fill, slot):
    text = fill.pick(rng, KINDS.get(slot, slot))
    return ("a " if slot.startswith("a") and "_" in slot else "") + text


def values_of(rng, fill, frame):
    """{slot: value}, no two alike."""
    found = {}
    for slot in dict.fromkeys(SLOT.findall(" ".join(frame["as"] + frame["ask"] + frame["but"]))):
        while True:
            text = value(rng, fill, slot)
            if text not in found.values():
                break
        found[slot] = text
    return found


def said(form, values):
    text = with_articles(SLOT.sub(lambda match: values[match[1]], form))
    return text[0].upper() + text[1:]


def other_values(rng, fill, values):
    """The same with one of them changed."""
    slot = pick(rng, tuple(values))
    changed = dict(values)
    while changed[slot] in values.values():
        changed[slot] = value(rng, fill, slot)
    return changed


def near_misses(rng, fill, frame, values):
    found = []
    if rng.random() < OTHER_SHARE:
        found.append(said(pick(rng, trained(frame["as"])), other_values(rng, fill, values)))
    if rng.random() < BUT_SHARE:
        found.append(said(pick(rng, frame["but"]), values))
    return found


def make(rng, fill):
    frame = pick(rng, frames())
    values = values_of(rng, fill, frame)
    query, document = rng.sample(trained(frame["as"]), 2)
    if rng.random() < ASK_SHARE:
        query = pick(rng, [ask for ask in frame["ask"] if split_of(ask) != HELD_OUT]
                     or frame["ask"][:1])
    about = f"{frame['as'][0]} {sorted(values.items())}"
    near = near_misses(rng, fill, frame, values)
    texts = [wording.exchanged(rng, said(query, values)),
             wording.exchanged(rng, said(document, values))]
    return Pair("frames", *texts, about, [wording.exchanged(rng, text) for text in near])


def item(rng, frame, values):
    """A held-out one: where it can be, one side is said in a way that training never shows."""
    unseen, ways = held_out(frame), frame["as"]
    first = pick(rng, unseen) if unseen else pick(rng, ways)
    second = pick(rng, [way for way in ways if way != first])
    if first in frame["ask"] or rng.random() < 0.5:
        query, document = first, second
    else:
        query, document = second, first
    return Pair("frames", said(query, values), said(document, values),
                f"{frame['as'][0]} {sorted(values.items())}")


def items(rng, fill, count):
    """In twos that differ in one filler or are of the same kind, each the near-miss of the other;
    nobody does the same twice."""
    found, used = [], set()
    while len(found) < count:
        frame = pick(rng, frames())
        values = values_of(rng, fill, frame)
        subjects = {(frame["as"][0], text) for slot, text in values.items()
                    if slot in ("name", "name2", "slug", "company", "fullname", "file")}
        if subjects & used:
            continue
        used |= subjects
        first = item(rng, frame, values)
        other = other_values(rng, fill, values)
        second = item(rng, frame, other)
        if is_question(first) or is_question(second):
            found.append(first)
            continue
        found += [first, second]
    return found[:count]


def is_question(pair):
    return pair.query.endswith("?")
