"""Lines of training and held-out items, in the shares of mixture.json.

Chunks are made independently, each from a seed of its own, so that two processes write the same
bytes as one.
"""
import json
import random

from pairing import ROOT, frames, groups, known, told, vocabulary, wording
from pairing.pair import DOCUMENT, QUERY, dump, line
from workshop.fillers import Fillers
from workshop.splits import HELD_OUT

CHUNK_LINES = 1000
MAKERS = {"groups": groups.make, "frames": frames.make, "hearth": known.make_hearth,
          "tools": known.make_tool, "facts": told.make_fact, "notes": told.make_note,
          "events": told.make_event, "extract": told.make_extract, "words": vocabulary.make}
ITEMS = {"groups": groups.items, "frames": frames.items, "hearth": known.hearth_items,
         "tools": known.tool_items, "facts": told.fact_items, "notes": told.note_items,
         "events": told.event_items, "extract": told.extract_items}
PLAIN = ("events", "extract", "words")  # queries that are left as they are


def mixture():
    return json.loads((ROOT / "mixture.json").read_text(encoding="utf-8"))


def pair(rng, fill, weights):
    kind = rng.choices(tuple(weights), tuple(weights.values()))[0]
    found = MAKERS[kind](rng, fill)
    if kind not in PLAIN:
        found.query = wording.typed(rng, found.query)
        found.document = wording.noted(rng, found.document)
    return found


def chunk(job):
    """The text of one chunk of lines; `job` is (seed, split, index, lines)."""
    seed, split, index, lines = job
    rng, fill = random.Random(f"{seed}:{split}:{index}"), Fillers(split)
    weights = mixture()["training"]
    return "".join(line(pair(rng, fill, weights)) + "\n" for _ in range(lines))


def items(seed):
    """The held-out items, whose documents and queries all differ, as JSON objects; of the last
    kind as many as are missing."""
    fill, found, seen = Fillers(HELD_OUT), [], set()
    for kind, count in mixture()["held_out"].items():
        rng = random.Random(f"{seed}:{HELD_OUT}:{kind}")
        for one in ITEMS[kind](rng, fill, count):
            if one.query in seen or one.document in seen:
                continue
            seen |= {one.query, one.document}
            found.append({"id": f"{kind}-{len(found) + 1:04d}", "kind": kind,
                          "query": QUERY + one.query, "document": DOCUMENT + one.document})
    return found[:mixture()["held_out_items"]]


def held_out(seed):
    return "".join(dump(item) + "\n" for item in items(seed))
