"""Knows later in a chat what the user said earlier."""
from workshop import chatter
from workshop.invention import pick
from workshop.phrases import Phrases, choose
from workshop.prose import BY_SUBJECT, facts, sentence, subject
from workshop.skill import Case, Skill, assistant, user
from workshop.splits import HELD_OUT

RECALL = Phrases("recall")
MINE = tuple(fact for fact in facts() if "mine" in fact)
BETWEEN = (0, 0, 1, 1, 1, 2, 2, 3, 4, 6)
FAR_SHARE, FAR = 0.03, 16
SERIES_SHARE, UNSAID = 0.35, "You have not told me that."
UNTOLD = {"any": ["have not told", "not know", "did not tell"], "most": 120}


def acknowledged(text):
    small = text.split(" ")[0] in ("You", "Your", "The")
    return assistant(f"Noted: {text[0].lower() + text[1:] if small else text}")


def together(messages, said):
    """The last thing told and this one, in one message and one reply."""
    *rest, told, noted = messages
    if not noted["content"].startswith("Noted: "):
        return messages + said
    more = said[1]["content"].removeprefix("Noted: ")
    return rest + [user(f"{told['content']} {said[0]['content']}"),
                   assistant(f"{noted['content']} {more[0].upper() + more[1:]}")]


class Told:
    """One thing that the user tells, about themself or another."""

    def __init__(self, rng, fill):
        mine = rng.random() < 0.7
        if mine:
            self.fact = pick(rng, MINE)
            self.tells, self.asks = self.fact["mine"], self.fact["myask"]
            self.answer, self.who = self.fact["myanswer"][0], ""
        else:
            kind = pick(rng, tuple(BY_SUBJECT))
            self.fact, self.who = pick(rng, BY_SUBJECT[kind]), subject(rng, fill, kind)
            self.tells, self.asks = self.fact["tell"], self.fact["ask"]
            self.answer = self.fact["answer"][0]

    def key(self):
        return (self.fact["value"][0], self.answer, self.who)

    def say(self, rng, fill, value, opening=""):
        told = sentence(choose(rng, fill.split, self.tells), self.who, value)
        told = chatter.contracted(told) if rng.random() < 0.15 else told
        if not opening and rng.random() < 0.2:
            opening = RECALL.pick(rng, fill.split, "before")
        return [user(f"{opening} {told}".strip()),
                acknowledged(sentence(self.answer, self.who, value))]

    def ask(self, rng, fill):
        question = sentence(choose(rng, fill.split, self.asks), self.who)
        if rng.random() < 0.15:
            question = f"{RECALL.pick(rng, fill.split, 'before asking')} {question}"
        return user(chatter.greeting(rng, question) if rng.random() < 0.3 else question)


class Recall(Skill):
    name = "recall"
    goal = 0.95
    why = "knows what was said earlier in the chat"

    def make(self, rng, fill):
        if fill.split != HELD_OUT and rng.random() < SERIES_SHARE:
            return self.asked_often(rng, fill)
        shape = rng.random()
        if shape < 0.10:
            return self.said_before(rng, fill)
        if shape < 0.16:
            return self.repeated(rng, fill)
        if shape < 0.26:
            return self.never_told(rng, fill)
        return self.told(rng, fill)

    def several(self, rng, fill, most):
        things = {}
        for _ in range(1 + int(rng.random() * most)):
            one = Told(rng, fill)
            things.setdefault(one.fact["value"][0], one)
        return list(things.values())

    def told(self, rng, fill):
        things, messages, values = self.several(rng, fill, 4), [], []
        for thing in things:
            value = fill.pick(rng, thing.fact["value"][0])
            said = thing.say(rng, fill, value)
            messages = together(messages, said) if messages and rng.random() < 0.2 \
                else messages + said
            values.append(value)
            if rng.random() < 0.3:
                messages += chatter.turns(rng, fill, 1)
        at = int(rng.random() * len(things))
        asked, old = things[at], []
        if rng.random() < 0.12:
            old = [values[at]]
            values[at] = fill.picks(rng, asked.fact["value"][0], 2)[0]
            opening = RECALL.pick(rng, fill.split, "correct")
            messages += asked.say(rng, fill, values[at], opening)
        far = FAR if rng.random() < FAR_SHARE else pick(rng, BETWEEN)
        messages += chatter.turns(rng, fill, far)
        value = values[at]
        others = [v for v in old + values if v not in value and value not in v]
        expected = {"span": value, "not": others}
        return Case(self.name, messages + [asked.ask(rng, fill)],
                    assistant(sentence(asked.answer, asked.who, value)), expected)

    def never_told(self, rng, fill):
        things = self.several(rng, fill, 4)
        asked, messages = things.pop(), []
        for thing in things:
            messages += thing.say(rng, fill, fill.pick(rng, thing.fact["value"][0]))
        messages += chatter.turns(rng, fill, int(rng.random() * 3))
        return Case(self.name, messages + [asked.ask(rng, fill)],
                    assistant(UNSAID), UNTOLD, joins=False)

    def asked_often(self, rng, fill):
        """What was told and what was not, asked one after the other: only the chat tells which."""
        told, messages, answers = self.several(rng, fill, 4), [], []
        for thing in told:
            value = fill.pick(rng, thing.fact["value"][0])
            messages += thing.say(rng, fill, value)
            answers.append((thing, sentence(thing.answer, thing.who, value)))
        messages += chatter.turns(rng, fill, int(rng.random() * 3))
        questions = answers + [(one, UNSAID) for one in self.untold(rng, fill, told)]
        rng.shuffle(questions)
        for thing, answer in questions[:2 + int(rng.random() * 3)]:
            messages += [thing.ask(rng, fill), assistant(answer)]
        *messages, last = messages
        return Case(self.name, messages, last, {"exact": [last["content"]]}, joins=False)

    def untold(self, rng, fill, told):
        """As many other things, of other kinds."""
        kinds, found = {thing.fact["value"][0] for thing in told}, []
        while len(found) < len(told):
            one = Told(rng, fill)
            if one.fact["value"][0] not in kinds:
                kinds.add(one.fact["value"][0])
                found.append(one)
        return found

    def said_before(self, rng, fill):
        messages = chatter.turns(rng, fill, 1 + int(rng.random() * 3))
        said = [message["content"] for message in messages if message["role"] == "user"]
        first = rng.random() < 0.5 and len(said[0]) < 200 or len(said[-1]) >= 200
        text = said[0] if first else said[-1]
        if len(text) >= 200:
            return self.told(rng, fill)
        section, which = ("first message", "first") if first else ("last message", "last")
        reply = f"Your {which} message was: {text}"
        return Case(self.name, messages + [user(RECALL.pick(rng, fill.split, section))],
                    assistant(reply), {"all": [text]}, joins=False)

    def repeated(self, rng, fill):
        messages = chatter.turns(rng, fill, 1 + int(rng.random() * 2))
        last = messages[-1]["content"]
        return Case(self.name, messages + [user(RECALL.pick(rng, fill.split, "repeat"))],
                    assistant(last), {"exact": [last]}, joins=False)
