"""Answers questions about Hearth: its commands, options, defaults, folders and concepts.

What it knows stands in seeds/hearth_*.txt. Held out are phrasings, not facts.
"""
from workshop import seeds
from workshop.chatter import greeting
from workshop.invention import pick
from workshop.phrases import Phrases
from workshop.skill import Skill
from workshop.splits import HELD_OUT, split_of

ASKS = Phrases("hearth_asks")
COMMANDS = seeds.blocks("hearth_commands", ("name", "use", "does", "to", "note"))
OPTIONS = seeds.blocks("hearth_options", ("name", "use", "does", "to"))
FACTS = seeds.blocks("hearth_facts", ("ask", "say", "key"))
HOLD_LEAST = 4
UNSEEN_SHARE = 0.35


def parted(phrases):
    """(those in training, those held out) of the ways to ask for one fact."""
    held = [p for p in phrases if split_of(p) == HELD_OUT] if len(phrases) >= HOLD_LEAST else []
    held = held[:len(phrases) // 3]
    return [p for p in phrases if p not in held], held


PARTED = [(fact, *parted(fact["ask"])) for fact in FACTS]
UNSEEN = [(fact, held) for fact, _, held in PARTED if held]


RAW = {question.lower() for fact in FACTS for question in fact["ask"]}


def belongs(question, split):
    if question.lower() in RAW:
        return split != HELD_OUT
    return (split_of(question) == HELD_OUT) == (split == HELD_OUT)


def about(block):
    """The answer to any question about a command or an option."""
    text = f"`{block['use'][0]}` {block['does'][0]}."
    return " ".join([text] + block.get("note", []))


class Hearth(Skill):
    name = "hearth"
    why = "commands, options and concepts of Hearth"

    def make(self, rng, fill):
        shape = rng.random()
        if shape < 0.4:
            return self.fact(rng, fill)
        if shape < 0.8:
            return self.own(fill, lambda: self.command(rng, fill, pick(rng, COMMANDS), "what"))
        return self.own(fill, lambda: self.command(rng, fill, pick(rng, OPTIONS), "what option"))

    def fact(self, rng, fill):
        """Words of seeds that are not held out are always trained; variations by their hash."""
        if fill.split == HELD_OUT and rng.random() < UNSEEN_SHARE:
            fact, questions = pick(rng, UNSEEN)
            question = greeting(rng, pick(rng, questions))
            return self.case(question, fact["say"][0], {"all": fact["key"]})
        while True:
            fact, questions, _ = pick(rng, PARTED)
            question = greeting(rng, pick(rng, questions))
            if belongs(question, fill.split):
                return self.case(question, fact["say"][0], {"all": fact["key"]})

    def command(self, rng, fill, block, section):
        name, does = block["name"][0], block["does"][0]
        shape = rng.random()
        if shape < 0.55:
            make = lambda: ASKS.pick(rng, fill.split, "which").format(to=pick(rng, block["to"]))
            expected = {"all": [name]}
        elif shape < 0.65 and section == "what":
            make = lambda: ASKS.pick(rng, fill.split, "does").format(does=does)
            expected = {"all": [name]}
        else:
            make = lambda: ASKS.pick(rng, fill.split, section).format(name=name)
            expected = {"all": [name, does]}
        return self.case(greeting(rng, make()), about(block), expected)
