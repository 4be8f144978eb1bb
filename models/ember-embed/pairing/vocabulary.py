"""Words without sentences: some find others that mean the same, those of the same field, or
themselves in another form.
"""
import functools

from pairing import ROOT, groups, wording
from pairing.pair import Pair
from workshop.invention import pick
from workshop.splits import TRAIN
from workshop.words import capital, plural

RELATED_SHARE, FORMS_SHARE, NEAR_SHARE = 0.3, 0.35, 0.5
LISTED = ("nouns", "objects", "animals", "places", "verbs", "adjectives", "foods", "jobs",
          "hobbies")
FORM_LEAST = 3  # letters
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


@functools.cache
def plain_words(fill):
    """Small words of all that training may show, each once."""
    texts = [word for lines in (alike(), fields()) for line in lines for word in line]
    texts += [line for group in groups.groups_of(TRAIN) for line in group]
    texts += [word for kind in LISTED for word in fill.words[kind]]
    found = {word.lower() for text in texts for word in wording.WORD.findall(text)}
    return tuple(sorted(word for word in found
                        if len(word) >= FORM_LEAST and word not in wording.SMALL_WORDS))


def forms_of(word):
    stem = word[:-1] if word.endswith("e") else word
    return (word, capital(word), plural(word), stem + "ing", stem + "ed", plural(capital(word)))


def forms(rng, fill):
    """The same words, each in another form, in another order."""
    words = rng.sample(plain_words(fill), some(rng))
    twos = [rng.sample(forms_of(word), 2) for word in words]
    document = [other for _, other in twos]
    changed = list(document)
    changed[int(rng.random() * len(changed))] = pick(rng, plain_words(fill))
    near = [" ".join(changed)] if rng.random() < NEAR_SHARE and changed != document else []
    rng.shuffle(document)
    return Pair("words", " ".join(one for one, _ in twos), " ".join(document),
                " ".join(sorted(words)), near)


def make(rng, fill):
    share = rng.random()
    if share < RELATED_SHARE:
        return related(rng)
    return forms(rng, fill) if share < RELATED_SHARE + FORMS_SHARE else synonyms(rng)
