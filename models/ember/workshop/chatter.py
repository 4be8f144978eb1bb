"""Turns of other skills, put between things or before them, so that chats are mixed."""
import functools

from workshop.invention import pick

CONTRACTIONS = (("What is ", "What's "), ("what is ", "what's "), ("Who is ", "Who's "),
                ("Where is ", "Where's "), ("How is ", "How's "), ("I am ", "I'm "),
                ("You are ", "You're "), ("do not ", "don't "), ("cannot ", "can't "),
                ("I would ", "I'd "), ("What are ", "What're "), ("It is ", "It's "))
BEFORE = ("Hi, ", "Hello. ", "Please: ", "Hey, ", "OK, ", "Tell me, ")
THANKS, THANKS_ASKED = (", please.", " please"), (", please?", " please", "? Thanks.")
CHATTY = (("smalltalk", 4), ("hearth", 3), ("arithmetic", 3), ("text", 3), ("context", 1))


@functools.cache
def chatty_skills():
    import skills  # they use this module themselves
    every = skills.every()
    return tuple(every[name] for name, weight in CHATTY if name in every for _ in range(weight))


def turns(rng, fill, count):
    """So many exchanges, as a flat list of messages."""
    messages = []
    while count > 0:
        case = pick(rng, chatty_skills()).make(rng, fill)
        if case.joins and not case.tools:
            messages += case.messages + [case.answer]
            count -= 1
    return messages


def before(rng, fill, case, count):
    """The same case after so many exchanges about something else."""
    case.messages = turns(rng, fill, count) + case.messages
    return case


def opened(before, text):
    first = text.split(" ")[0]
    small = before.endswith(", ") and first.isalpha() and len(first) > 1 and first.istitle()
    return before + (text[0].lower() + text[1:] if small else text)


def contracted(text):
    """What's for What is, and the like."""
    for long, short in CONTRACTIONS:
        if long in text:
            return text.replace(long, short, 1)
    return text


def greeting(rng, text):
    """A question as people type it: with a word before or after, in small letters, unpunctuated."""
    shape = rng.random()
    if shape < 0.5:
        return text
    if shape < 0.6:
        return contracted(text)
    if shape < 0.7:
        return opened(pick(rng, BEFORE), text)
    if shape < 0.8:
        return text.rstrip(".?") + pick(rng, THANKS_ASKED if text.endswith("?") else THANKS)
    return text.lower() if shape < 0.9 else text.rstrip(".?")
