"""Other words for the same: synonyms, and how people type what they look for. Only in training."""
import functools
import re

from pairing import ROOT
from workshop.invention import pick

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
EXCHANGED_TEXTS, EXCHANGED_WORDS = 0.5, 0.4
TYPED, KEYWORDS, DROPPED, SMALL = 0.2, 0.08, 0.12, 0.12
KEYWORDS_LEAST = 3
SMALL_WORDS = frozenset((
    "a an the is are was were be been being am to of in on at by for with from and or that this "
    "these those it its i me my you your he she his her they them their we us our do does did has "
    "have had will would can could may must should what which who whom whose where when why how "
    "there here as so please").split())


def read(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    return tuple(tuple(word.strip() for word in line.split(","))
                 for line in lines if line and not line.startswith("#"))


@functools.cache
def synonyms():
    """{word or words: those that may stand for it}."""
    found = {}
    for words in read(ROOT / "seeds" / "synonyms.txt"):
        for word in words:
            if word in found:
                raise ValueError(f"synonyms.txt: '{word}' stands in two lines")
            found[word] = tuple(other for other in words if other != word)
    return found


@functools.cache
def known():
    """What finds a word that has synonyms in a text; longer ones first."""
    words = sorted(synonyms(), key=len, reverse=True)
    return re.compile(r"\b(" + "|".join(re.escape(word) for word in words) + r")\b")


def exchanged(rng, text):
    """The text with some words changed for others that mean the same."""
    if rng.random() >= EXCHANGED_TEXTS:
        return text
    return known().sub(
        lambda match: pick(rng, synonyms()[match[0]]) if rng.random() < EXCHANGED_WORDS
        else match[0], text)


def keywords(rng, text):
    words = [word for word in re.findall(r"[^\s,;?!]+", text)
             if word.strip(".:").lower() not in SMALL_WORDS]
    if len(words) < KEYWORDS_LEAST:
        return text
    rng.shuffle(words)
    return " ".join(word.strip(".:") for word in words)


def without_one(rng, text):
    words = text.split(" ")
    if len(words) < 2 * KEYWORDS_LEAST:
        return text
    at = int(rng.random() * len(words))
    return text if words[at][0].isupper() and at or any(map(str.isdigit, words[at])) else \
        " ".join(words[:at] + words[at + 1:])


def typed(rng, text):
    """A query as somebody in a hurry writes it; mostly as it is."""
    share = rng.random()
    if share < KEYWORDS:
        return keywords(rng, text)
    if share < KEYWORDS + DROPPED:
        text = without_one(rng, text)
    if rng.random() < TYPED:
        text = text.rstrip(".?!")
        text = text.lower() if rng.random() < 0.7 else text
    return text


def noted(rng, text):
    """A document as somebody in a hurry writes it; mostly as it is."""
    return text.lower() if rng.random() < SMALL else text
