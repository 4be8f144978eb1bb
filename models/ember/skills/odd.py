"""Strange input: nothing at all, emoji, other languages, control characters, markers of templates,
hostile words. The answer stays short, and a task within the noise is done all the same."""
import codecs

from workshop import chatter
from workshop.document import READING
from workshop.invention import LETTERS_AND_DIGITS, pick, string_of
from workshop.phrases import Phrases
from workshop.skill import Case, Skill
from workshop.splits import HELD_OUT

ODD = Phrases("odd")
REPEATED_MOST = 300
DIRECT = (("empty", 1), ("emoji", 1), ("foreign", 3), ("gibberish", 2), ("hostile", 2))
KINDS = tuple(kind for kind, weight in DIRECT for _ in range(weight))
KEYS = ("asdfghjkl", "qwertyuiop", "qwertz", "yxcvbnm", "zxcvbnm", "hjkl", "jkhsd", "fghdsk")
SIGNS, MASHED_SHARE = "!?$%&/()=#-;<>{}[]\\+*~|_:,.@^'\"", 0.5
NOISY_SHARE, SILENT_SHARE = 0.5, 0.02
SAID = {"empty": ["what can i do", "no question"], "emoji": ["what can i do", "only words"],
        "foreign": ["english"], "gibberish": ["not understand", "what can i do"],
        "hostile": ["cannot help", "cannot"]}


def mashed(rng):
    """As fingers and cats type."""
    form = rng.random()
    if form < 0.4:
        signs = pick(rng, KEYS)
        return " ".join(string_of(rng, signs, 3, 10) for _ in range(1 + int(rng.random() * 3)))
    if form < 0.7:
        return string_of(rng, SIGNS, 1, 3) * (2 + int(rng.random() * 9))
    joint = pick(rng, ("", " "))
    return joint.join([string_of(rng, LETTERS_AND_DIGITS, 1, 2)] * (4 + int(rng.random() * 16)))


def control(rng):
    return codecs.decode(pick(rng, ODD.every["control"]), "unicode_escape")


class Odd(Skill):
    name = "odd"
    why = "strange or hostile input"

    def make(self, rng, fill):
        if fill.split != HELD_OUT and rng.random() < SILENT_SHARE:
            return self.silent()
        return self.own(fill, lambda: self.any(rng, fill))

    def any(self, rng, fill):
        return self.noisy(rng, fill) if rng.random() < NOISY_SHARE else self.strange(rng, fill)

    def silent(self):
        """Nothing at all, which cannot be held out."""
        return self.case("", ODD.every["empty say"][0], {"any": SAID["empty"], "most": 200})

    def strange(self, rng, fill):
        kind = pick(rng, KINDS)
        text = self.text(rng, fill, kind)
        reply = ODD.pick(rng, fill.split, f"{kind} say")
        return self.case(text, reply, {"any": SAID[kind], "not": ["PWNED"], "most": 200})

    def text(self, rng, fill, kind):
        if kind == "empty":
            return "".join(pick(rng, ODD.every["empty"] + (" ", " "))
                           for _ in range(1 + int(rng.random() * 3)))
        if kind == "emoji":
            return "".join(pick(rng, ODD.every["emoji"])
                           for _ in range(1 + int(rng.random() * 6)))
        if kind == "gibberish" and fill.split != HELD_OUT and rng.random() < MASHED_SHARE:
            return mashed(rng)
        text = ODD.pick(rng, fill.split, kind)
        if kind == "foreign":
            return self.foreign(rng, fill)
        if kind == "gibberish" and rng.random() < 0.3:
            return text * (1 + int(rng.random() * REPEATED_MOST / len(text)))
        return text

    def foreign(self, rng, fill):
        """One or two sentences."""
        first = ODD.pick(rng, fill.split, "foreign")
        return first if rng.random() < 0.6 else f"{first} {ODD.pick(rng, fill.split, 'foreign')}"

    def noisy(self, rng, fill):
        """A question of another skill among markers, control characters, emoji or hostile words."""
        case = pick(rng, chatter.chatty_skills()).make(rng, fill)
        while case.skill not in ("arithmetic", "hearth", "context"):
            case = pick(rng, chatter.chatty_skills()).make(rng, fill)
        text = case.messages[-1]["content"]
        shape = rng.random()
        if shape < 0.4:
            marker = ODD.pick(rng, fill.split, "marker")
            text = pick(rng, (f"{marker} {text}", f"{text} {marker}",
                              f"{marker}\n{text}\n{marker}"))
        elif shape < 0.6:
            noise = control(rng)
            text = pick(rng, (noise + text, text + noise, f"{noise} {text} {noise}"))
        elif shape < 0.8:
            emoji = pick(rng, ODD.every["emoji"])
            text = pick(rng, (f"{emoji} {text}", f"{text} {emoji}", f"{text} {emoji}{emoji}"))
        else:
            other = READING.pick(rng, fill.split, "noise")
            text = pick(rng, (f"{other} {text}", f"{text}\n\n{other}", f"({other}) {text}"))
        case.messages[-1] = {**case.messages[-1], "content": text}
        return Case(self.name, case.messages, case.answer, case.expected)
