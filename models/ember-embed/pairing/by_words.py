"""Ranks documents by the words that they share with a query (BM25): what any search can do without
a model, to compare with.
"""
import collections
import math
import re

from pairing.pair import DOCUMENT, QUERY
from pairing.ranking import found_among

WORD = re.compile(r"\w+")
SATURATION, LENGTH_SHARE = 1.2, 0.75  # as BM25 is mostly used


def words_of(text):
    return WORD.findall(text.removeprefix(QUERY).removeprefix(DOCUMENT).lower())


class Index:
    def __init__(self, documents):
        self.size, self.postings, self.lengths = len(documents), {}, []
        for at, document in enumerate(documents):
            counts = collections.Counter(words_of(document))
            self.lengths.append(sum(counts.values()))
            for word, count in counts.items():
                self.postings.setdefault(word, []).append((at, count))
        self.mean = sum(self.lengths) / max(self.size, 1)

    def scores(self, query):
        found = [0.0] * self.size
        for word in words_of(query):
            postings = self.postings.get(word, ())
            weight = math.log(1 + (self.size - len(postings) + 0.5) / (len(postings) + 0.5))
            for at, count in postings:
                long = 1 - LENGTH_SHARE + LENGTH_SHARE * self.lengths[at] / self.mean
                found[at] += weight * count * (SATURATION + 1) / (count + SATURATION * long)
        return found


def ranked(queries, documents):
    index = Index(documents)
    return [found_among(index.scores(query), at) for at, query in enumerate(queries)]
