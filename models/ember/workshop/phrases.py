"""Phrases with {slots} from seeds/, of which some are kept for tests.

In training and validation a list gives only the phrases that are not held out; in held-out cases
it gives all. Lists of fewer than HOLD_LEAST phrases hold none back. A section `[name more]` adds
phrasings to `[name]` for training alone, so that the held-out cases stay what they are.
"""
from workshop import seeds
from workshop.invention import pick
from workshop.splits import HELD_OUT, split_of

HOLD_LEAST = 6
MORE = " more"


def trained(phrases):
    """Those of a list that training may show."""
    if len(phrases) < HOLD_LEAST:
        return phrases
    kept = tuple(phrase for phrase in phrases if split_of(phrase) != HELD_OUT)
    return kept or phrases[:1]


class Phrases:
    def __init__(self, name):
        read = seeds.sections(name)
        self.every = {key: phrases for key, phrases in read.items() if not key.endswith(MORE)}
        self.training = {key: trained(phrases) + self.more(read.get(key + MORE, ()))
                         for key, phrases in self.every.items()}

    @staticmethod
    def more(phrases):
        return tuple(phrase for phrase in phrases if split_of(phrase) != HELD_OUT)

    def pick(self, rng, split, section):
        return pick(rng, (self.every if split == HELD_OUT else self.training)[section])


def choose(rng, split, phrases):
    """One of a list that stands elsewhere than in a section."""
    return pick(rng, phrases if split == HELD_OUT else trained(phrases))
