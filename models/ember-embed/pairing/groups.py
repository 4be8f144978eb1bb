"""Lines of seeds/groups_*.txt that say the same, written by hand. Whole groups are held out."""
import functools
import zlib

from pairing import ROOT, wording
from pairing.pair import Pair
from workshop.invention import pick
from workshop.splits import HELD_OUT, TRAIN, VALIDATION

# More than of words, so that there are enough to measure.
HELD_OUT_OF, HELD_OUT_EVERY = 4, 1
VALIDATION_OF = 20


def read(path):
    groups, group = [], []
    for line in path.read_text(encoding="utf-8").split("\n") + [""]:
        if line.startswith("#"):
            continue
        if line:
            group.append(line)
        elif group:
            groups.append(tuple(group))
            group = []
    return tuple(groups)


def split_of_group(group):
    """By a hash of its first line, over the whole of its range."""
    number = zlib.crc32(group[0].lower().encode("utf-8"))
    if number % HELD_OUT_OF < HELD_OUT_EVERY:
        return HELD_OUT
    return VALIDATION if number // HELD_OUT_OF % VALIDATION_OF == 0 else TRAIN


@functools.cache
def groups_of(split):
    return tuple(group for path in sorted((ROOT / "seeds").glob("groups_*.txt"))
                 for group in read(path) if split_of_group(group) == split)


def pair_of(rng, group):
    """Without near-misses: any other line of a file may say what another pair looks for."""
    query, document = rng.sample(group, 2)
    return Pair("groups", query, document, group[0])


def make(rng, fill):
    pair = pair_of(rng, pick(rng, groups_of(fill.split)))
    if fill.split != HELD_OUT:
        pair.query = wording.exchanged(rng, pair.query)
        pair.document = wording.exchanged(rng, pair.document)
    return pair


def items(rng, fill, count):
    """So many held-out ones, at most one of a group."""
    chosen = list(groups_of(fill.split))
    rng.shuffle(chosen)
    return [pair_of(rng, group) for group in chosen[:count]]
