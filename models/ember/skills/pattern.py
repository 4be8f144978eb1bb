"""Turns a list of events into the sentence that says what happens again and again."""
import datetime

from workshop.documents import event
from workshop.fillers import Fillers
from workshop.invention import pick
from workshop.phrases import Phrases
from workshop.skill import Skill
from workshop.splits import HELD_OUT
from workshop.words import with_articles

PATTERNS = Phrases("patterns")
SLOT_KINDS = ("file", "animals", "manyanimals", "name", "foods", "hobbies", "places", "slug",
              "nouns", "manynouns", "objects", "languages", "code")
FIRST_DAY = datetime.date(2024, 1, 1)  # a Monday
NOISE_SHARE = 0.3


def filled(rng, fill: Fillers, text):
    for kind in SLOT_KINDS:
        while "{%s}" % kind in text:
            text = text.replace("{%s}" % kind, fill.pick(rng, kind), 1)
    return with_articles(text)


def both_forms(rng, fill, section):
    """The two sides of a phrase, with the same fillers."""
    left, _, right = PATTERNS.pick(rng, fill.split, section).partition(" | ")
    for kind in SLOT_KINDS + ("name2",):
        if "{%s}" % kind in left + right:
            value = fill.pick(rng, "name" if kind == "name2" else kind)
            left, right = left.replace("{%s}" % kind, value), right.replace("{%s}" % kind, value)
    return with_articles(left), with_articles(right)


def days(rng, fill, count, step=1):
    """So many dates, as this list writes them."""
    start = FIRST_DAY + datetime.timedelta(days=int(rng.random() * 3000))
    form = pick(rng, ("iso", "iso", "weekday", "day")) if step == 1 else "iso weekday"
    found = []
    for at in range(count):
        date = start + datetime.timedelta(days=at * step)
        name = fill.words["weekdays"][date.weekday()]
        found.append({"iso": date.isoformat(), "weekday": name, "day": f"Day {at + 1}",
                      "iso weekday": f"{date.isoformat()} ({name})"}[form])
    return found, fill.words["weekdays"][start.weekday()]


def count_of(rng):
    return 3 + int(rng.random() * 4)


def with_noise(rng, fill, lines, dates):
    if rng.random() < NOISE_SHARE:
        lines.insert(int(rng.random() * (len(lines) + 1)),
                     f"{pick(rng, dates)} {fill.pick(rng, 'time')} {event(rng, fill)}")
    return lines


def daily(rng, fill):
    who, (now, then), time = fill.pick(rng, "name"), both_forms(rng, fill, "action"), \
        fill.pick(rng, "time")
    dates, _ = days(rng, fill, count_of(rng))
    lines = with_noise(rng, fill, [f"{date} {time} {who} {then}" for date in dates], dates)
    return lines, "daily", {"who": who, "now": now, "time": time}


def weekly(rng, fill):
    who, (now, then), time = fill.pick(rng, "name"), both_forms(rng, fill, "action"), \
        fill.pick(rng, "time")
    dates, day = days(rng, fill, count_of(rng), 7)
    lines = with_noise(rng, fill, [f"{date} {time} {who} {then}" for date in dates], dates)
    return lines, "weekly", {"who": who, "now": now, "time": time, "day": day}


def interval(rng, fill):
    what = filled(rng, fill, PATTERNS.pick(rng, fill.split, "happening"))
    gap = pick(rng, (5, 10, 15, 20, 30))
    begin = int(rng.random() * 12) * 60 + pick(rng, (0, 0, 5, 10, 30))
    times = [begin + at * gap for at in range(count_of(rng))]
    lines = [f"{time // 60:02d}:{time % 60:02d} {what}" for time in times]
    return lines, "interval", {"what": what, "n": str(gap)}


def after(rng, fill):
    first, second = both_forms(rng, fill, "cause")
    lines = []
    for _ in range(2 + int(rng.random() * 2)):
        hour, minute = 1 + int(rng.random() * 22), int(rng.random() * 50)
        lines.append((hour * 60 + minute, f"{hour:02d}:{minute:02d} {first}",
                      f"{hour:02d}:{minute + 1 + int(rng.random() * 5):02d} {second}"))
    ordered = [line for _, *pair in sorted(lines) for line in pair]
    return ordered, "after", {"first": first, "second": second}


def moving(rng, fill):
    what = filled(rng, fill, PATTERNS.pick(rng, fill.split, "measure"))
    step, up = pick(rng, (1, 2, 3, 5, 10, 20, 50, 100)), rng.random() < 0.5
    count = count_of(rng)
    begin = int(rng.random() * 10) * (10 if step % 10 == 0 else 1) + (0 if up else step * count)
    dates, _ = days(rng, fill, count)
    sign = 1 if up else -1
    lines = [f"{date} {what}: {begin + sign * at * step}" for at, date in enumerate(dates)]
    return lines, "rising" if up else "falling", {"what": what, "n": str(step)}


def turns(rng, fill):
    (who, other), (now, then) = fill.picks(rng, "name", 2), both_forms(rng, fill, "action")
    dates, _ = days(rng, fill, 4 + int(rng.random() * 3))
    lines = [f"{date} {(who, other)[at % 2]} {then}" for at, date in enumerate(dates)]
    return lines, "turns", {"who": who, "other": other, "now": now}


def place(rng, fill):
    who, where, time = fill.pick(rng, "name"), fill.pick(rng, "places"), fill.pick(rng, "time")
    dates, _ = days(rng, fill, count_of(rng))
    lines = [f"{date} {time} {who} is in the {where}" for date in dates]
    return lines, "place", {"who": who, "place": where, "time": time}


def never(rng, fill):
    dates, _ = days(rng, fill, count_of(rng))
    lines = [f"{date} {fill.pick(rng, 'time')} {event(rng, fill)}" for date in dates]
    return lines, "never", {}


MAKERS = (daily, daily, daily, weekly, weekly, interval, after, after, moving, moving, turns, place,
          never)
# In training more of what is hard: how much between two lines, and in which direction.
TRAINED = MAKERS + (interval, interval, moving, moving, moving, never, turns)


class Pattern(Skill):
    name = "pattern"
    goal = 0.85
    why = "what a list of events has in common"

    def make(self, rng, fill):
        lines, kind, slots = pick(rng, MAKERS if fill.split == HELD_OUT else TRAINED)(rng, fill)
        begin = pick(rng, ("", "", "- "))
        events = "\n".join(begin + line for line in lines)
        prompt = PATTERNS.pick(rng, fill.split, "ask").replace("{events}", events)
        reply = PATTERNS.every[kind][0]
        for key, value in slots.items():
            reply = reply.replace("{%s}" % key, value)
        word = {"daily": "every day", "weekly": "every", "interval": "every", "after": "whenever",
                "rising": "rises", "falling": "falls", "turns": "take turns", "place": "always",
                "never": "no pattern"}[kind]
        return self.case(prompt, reply, {"all": [word, *slots.values()], "most": 250})
