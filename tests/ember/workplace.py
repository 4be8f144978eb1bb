"""Lets these tests import what stands in models/ember."""
import pathlib
import random
import sys

sys.dont_write_bytecode = True
EMBER = pathlib.Path(__file__).resolve().parents[2] / "models" / "ember"
sys.path.insert(0, str(EMBER))


def cases(skill, fill, count, seed=11):
    """So many cases of one skill, always the same."""
    rng = random.Random(f"{skill.name}:{seed}")
    return [skill.make(rng, fill) for _ in range(count)]
