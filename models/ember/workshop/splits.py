"""Which of the three splits a piece of text belongs to: the same for ever, wherever it stands.

What is held out is decided by the text alone, so a word in two lists, or a made-up word that
happens to be in a list, never is in training on one side and in a test on the other.
"""
import zlib

TRAIN, VALIDATION, HELD_OUT = "train", "validation", "heldout"
ALL = (TRAIN, VALIDATION, HELD_OUT)
VALIDATION_PERCENT = 8
HELD_OUT_PERCENT = 14


def split_of(text):
    share = zlib.crc32(text.lower().encode("utf-8")) % 100
    if share < HELD_OUT_PERCENT:
        return HELD_OUT
    return VALIDATION if share < HELD_OUT_PERCENT + VALIDATION_PERCENT else TRAIN
