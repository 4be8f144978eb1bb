"""Phrases with {slots} from seeds/, of which some are kept for tests.

In training and validation a list gives only the phrases that are not held out; in held-out cases
it gives all. Lists of fewer than HOLD_LEAST phrases hold none back.
"""
from workshop import seeds
from workshop.invention import pick
from workshop.splits import HELD_OUT, split_of

HOLD_LEAST = 6


def trained(phrases):
    """Those of a list that training may show."""
    if len(phrases) < HOLD_LEAST:
        return phrases
    kept = tuple(phrase for phrase in phrases if split_of(phrase) != HELD_OUT)
    return kept or phrases[:1]


class Phrases:
    def __init__(self, name):
        self.every = seeds.sections(name)
        self.training = {key: trained(phrases) for key, phrases in self.every.items()}

    def pick(self, rng, split, section):
        return pick(rng, (self.every if split == HELD_OUT else self.training)[section])


def choose(rng, split, phrases):
    """One of a list that stands elsewhere than in a section."""
    return pick(rng, phrases if split == HELD_OUT else trained(phrases))
