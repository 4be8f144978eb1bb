"""Words without sentences: some find others that mean the same, or those of the same field."""
import functools

from pairing import ROOT, wording
from pairing.pair import Pair
from workshop.invention import pick

RELATED_SHARE, NEAR_SHARE = 0.4, 0.5
FEWEST, MOST = 2, 4


@functools.cache
def alike():
    return wording.read(ROOT / "seeds" / "synonyms.txt")


@functools.cache
def fields():
    return wording.read(ROOT / "seeds" / "related.txt")


def some(rng):
    return FEWEST + int(rng.random() * (MOST - FEWEST + 1))


def related(rng):
    """Some words of a field and some others of it."""
    words = list(pick(rng, fields()))
    about = ", ".join(words)
    rng.shuffle(words)
    count = min(some(rng), len(words) - FEWEST)
    return Pair("words", " ".join(words[:count]), " ".join(words[count:count + some(rng)]), about)


def synonyms(rng):
    """Each word has another in its place on the other side, in another order."""
    lines = rng.sample(alike(), some(rng))
    twos = [rng.sample(line, 2) for line in lines]
    query = [one for one, _ in twos]
    document = [other for _, other in twos]
    changed = list(document)
    changed[int(rng.random() * len(changed))] = pick(rng, pick(rng, alike()))
    near = [" ".join(changed)] if rng.random() < NEAR_SHARE and changed != document else []
    rng.shuffle(document)
    return Pair("words", " ".join(query), " ".join(document),
                " | ".join(sorted(line[0] for line in lines)), near)


def make(rng, fill):
    return related(rng) if rng.random() < RELATED_SHARE else synonyms(rng)
