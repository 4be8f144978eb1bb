"""Says that it does not know when the text lacks the answer, and says it only then."""
from skills.context import BEFORE, SERIES_SHARE, conversation, earlier, series, source
from workshop.document import READING
from workshop.invention import pick
from workshop.skill import Case, Skill, assistant
from workshop.splits import HELD_OUT

EXPECTED = {"any": ["not know", "don't know", "does not say", "doesn't say"], "most": 160}


class Abstain(Skill):
    name = "abstain"
    why = "says so when the text lacks the answer"

    def make(self, rng, fill):
        if fill.split != HELD_OUT and rng.random() < SERIES_SHARE:
            messages, _ = series(rng, fill, known=False)
            reply = READING.pick(rng, fill.split, "unknown")
            return Case(self.name, messages, assistant(reply), EXPECTED)
        document = source(rng, fill)
        while not document.missing:
            document = source(rng, fill)
        count = min(len(document.asks), pick(rng, BEFORE))
        pairs = earlier(rng, fill, document, rng.sample(document.asks, count))
        reply = READING.pick(rng, fill.split, "unknown")
        messages = conversation(rng, fill, document, pairs, pick(rng, document.missing))
        return Case(self.name, messages, assistant(reply), EXPECTED)
