"""Makes pairs of texts that belong together out of seed material; see ../README.md.

What the chats of ember are made of is used here too: its fillers, facts, tools and phrasings.
"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT.parent / "ember"))
