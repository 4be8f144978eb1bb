"""Where the document of each query stands among all documents, by the likeness of vectors."""
from dataclasses import dataclass
import operator


@dataclass
class Found:
    """Of one query: the place of its document, from 1, and the document that stands first."""
    place: int
    first: int


def found_among(scores, wanted):
    """Documents that score the same as the wanted one are no better."""
    place = 1 + sum(score > scores[wanted] for score in scores)
    return Found(place, max(range(len(scores)), key=scores.__getitem__))


def likeness(one, other):
    return sum(map(operator.mul, one, other))


def by_vectors(queries, documents):
    return [found_among([likeness(query, document) for document in documents], at)
            for at, query in enumerate(queries)]


def recall(found, most):
    """The share of queries whose document is among the first so many."""
    return sum(one.place <= most for one in found) / len(found)


def reciprocal(found):
    return sum(1 / one.place for one in found) / len(found)
