"""A query, the document that it should find, and what it should not find."""
import json
from dataclasses import dataclass, field

# As nomic's encoders have them: the same words are another text as a question than as a document.
QUERY, DOCUMENT = "search_query: ", "search_document: "


@dataclass
class Pair:
    kind: str
    query: str
    document: str
    about: str  # pairs about the same are no rivals
    near_misses: list = field(default_factory=list)


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def line(pair):
    """As the trainer reads it."""
    found = {"query": QUERY + pair.query, "document": DOCUMENT + pair.document,
             "about": pair.about}
    if pair.near_misses:
        found["not"] = [DOCUMENT + text for text in pair.near_misses]
    return dump(found)
