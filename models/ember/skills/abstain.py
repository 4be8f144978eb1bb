"""Says that it does not know when the text lacks the answer, and says it only then."""
from skills.context import source
from workshop.documents import READING, framed
from workshop.invention import pick
from workshop.skill import Case, Skill, assistant, user

AFTER_ANSWER_SHARE = 0.25
EXPECTED = {"any": ["not know", "don't know", "does not say", "doesn't say"], "most": 160}


class Abstain(Skill):
    name = "abstain"
    why = "says so when the text lacks the answer"

    def make(self, rng, fill):
        document = source(rng, fill)
        while not document.missing:
            document = source(rng, fill)
        question = pick(rng, document.missing)
        reply = READING.pick(rng, fill.split, "unknown")
        if rng.random() > AFTER_ANSWER_SHARE:
            prompt = framed(rng, fill, document.text, question)
            return self.case(prompt, reply, EXPECTED)
        known = pick(rng, document.asks)
        messages = [user(framed(rng, fill, document.text, known.question)),
                    assistant(known.sentence), user(question)]
        return Case(self.name, messages, assistant(reply), EXPECTED)
