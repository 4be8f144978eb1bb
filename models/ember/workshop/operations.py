"""What is done to the content of a file: each operation makes fitting content and does it."""
import json
from dataclasses import dataclass

from workshop.documents import FIELDS, event
from workshop.invention import pick
from workshop.prose import prose

LIST_KINDS = ("names", "name", "foods", "objects", "cities", "animals", "word", "nouns", "title")
PLURALS = {"names": "names", "name": "names", "foods": "foods", "objects": "objects",
           "cities": "cities", "animals": "animals", "word": "words", "nouns": "words",
           "title": "names"}
SUM_MOST = 60


@dataclass
class Operation:
    """One operation on one content: the words of a task, and what comes out."""
    key: str
    does: str  # sort the names
    noun: str  # the sorted names
    content: str
    output: str


def lines_for(rng, fill, least=3, most=6):
    """(plural, lines)"""
    kind = pick(rng, LIST_KINDS)
    words = fill.picks(rng, kind, least + int(rng.random() * (most - least + 1)))
    return pick(rng, (PLURALS[kind], "lines", "items")), words


def sort_words(rng, fill):
    what, words = lines_for(rng, fill)
    output = "\n".join(sorted(words, key=str.lower))
    return Operation("sort", f"sort the {what}", f"the sorted {what}", "\n".join(words), output)


def sort_numbers(rng, fill):
    numbers = rng.sample(range(pick(rng, (10, 100, 1000))), 3 + int(rng.random() * 3))
    return Operation("sort", "sort the numbers", "the sorted numbers",
                     "\n".join(map(str, numbers)), "\n".join(map(str, sorted(numbers))))


def upper(rng, fill):
    text = event(rng, fill) if rng.random() < 0.5 else fill.pick(rng, "phrase")
    return Operation("upper", "put the text into capitals", "the text in capitals",
                     text, text.upper())


def lower(rng, fill):
    text = fill.pick(rng, "phrase")
    return Operation("lower", "put the text into small letters", "the text in small letters",
                     text.upper(), text)


def reverse(rng, fill):
    _, words = lines_for(rng, fill)
    return Operation("reverse", "reverse the lines", "the lines in reverse order",
                     "\n".join(words), "\n".join(reversed(words)))


def unique(rng, fill):
    what, words = lines_for(rng, fill, 2, 4)
    more = words + [pick(rng, words)]
    rng.shuffle(more)
    return Operation("unique", "remove the duplicates", f"the {what} without duplicates",
                     "\n".join(more), "\n".join(dict.fromkeys(more)))


def count(rng, fill):
    what, words = lines_for(rng, fill, 2, 8)
    return Operation("count", f"count the {what}", f"the number of {what}",
                     "\n".join(words), str(len(words)))


def total(rng, fill):
    numbers = [1 + int(rng.random() * SUM_MOST) for _ in range(2 + int(rng.random() * 2))]
    return Operation("sum", pick(rng, ("sum the numbers", "add up the numbers")),
                     pick(rng, ("the sum of the numbers", "the sum")),
                     "\n".join(map(str, numbers)), str(sum(numbers)))


def largest(rng, fill):
    numbers = rng.sample(range(pick(rng, (100, 1000))), 3 + int(rng.random() * 3))
    least = rng.random() < 0.4
    word = "smallest" if least else "largest"
    return Operation("largest", f"find the {word} number", f"the {word} number",
                     "\n".join(map(str, numbers)), str((min if least else max)(numbers)))


def replace(rng, fill):
    _, words = lines_for(rng, fill)
    old, new = pick(rng, words), fill.pick(rng, "token")
    output = "\n".join(new if word == old else word for word in words)
    return Operation("replace", f"replace {old} by {new}", f"the text with {new} for {old}",
                     "\n".join(words), output)


def remove(rng, fill):
    _, words = lines_for(rng, fill)
    gone = pick(rng, words)
    output = "\n".join(word for word in words if word != gone)
    return Operation("remove", f"remove the line {gone}", f"the lines without {gone}",
                     "\n".join(words), output)


def one_line(rng, fill):
    what, words = lines_for(rng, fill)
    at = pick(rng, (0, 1, -1))
    nth = {0: "first", 1: "second", -1: "last"}[at]
    return Operation("line", f"find the {nth} line", f"the {nth} line", "\n".join(words), words[at])


def value(rng, fill):
    chosen = rng.sample(FIELDS, 2 + int(rng.random() * 4))
    pairs = [(key, fill.pick(rng, kind)) for key, kind in chosen]
    key, found = pick(rng, pairs)
    return Operation("value", f"find the {key}", f"the {key}",
                     "\n".join(f"{k}: {v}" for k, v in pairs), found)


def bullets(rng, fill):
    what, words = lines_for(rng, fill, 2, 5)
    return Operation("bullets", f"make a bullet list of the {what}", f"a bullet list of the {what}",
                     "\n".join(words), "\n".join(f"- {word}" for word in words))


def commas(rng, fill):
    what, words = lines_for(rng, fill, 2, 5)
    return Operation("commas", f"join the {what} with commas", f"the {what} joined with commas",
                     "\n".join(words), ", ".join(words))


def numbered(rng, fill):
    what, words = lines_for(rng, fill, 2, 5)
    return Operation("numbered", f"number the {what}", f"the numbered {what}", "\n".join(words),
                     "\n".join(f"{at}. {word}" for at, word in enumerate(words, 1)))


def emails(rng, fill):
    people = [(fill.pick(rng, "name"), fill.pick(rng, "email"))
              for _ in range(2 + int(rng.random() * 2))]
    return Operation("emails", "list the email addresses", "the email addresses",
                     "\n".join(f"{name}, {email}" for name, email in people),
                     "\n".join(email for _, email in people))


def as_json(rng, fill):
    chosen = rng.sample(FIELDS, 2 + int(rng.random() * 2))
    pairs = {key: fill.pick(rng, kind) for key, kind in chosen}
    return Operation("json", "turn the fields into JSON", "the fields as JSON",
                     "\n".join(f"{k}: {v}" for k, v in pairs.items()),
                     json.dumps(pairs, ensure_ascii=False))


def summary(rng, fill):
    """What a small model can do: the first sentence stands for the whole."""
    lines = prose(rng, fill, 2, noise=0.0).lines
    return Operation("summary", "summarise the text", "a summary of the text",
                     " ".join(lines), lines[0])


EVERY = (sort_words,) * 4 + (sort_numbers,) * 2 + (
    upper, upper, lower, reverse, unique, count, count, total, total, largest, replace, remove,
    one_line, value, value, value, bullets, commas, numbered, emails, as_json, summary)


def both(rng, fill):
    """Of two texts: (what is done, the two texts, what comes out)."""
    first, second = lines_for(rng, fill, 1, 3)[1], lines_for(rng, fill, 1, 3)[1]
    texts = "\n".join(first), "\n".join(second)
    if rng.random() < 0.5:
        return "join both texts", texts, "\n".join(texts)
    if rng.random() < 0.3:
        return "compare both texts", (texts[0], texts[0]), "Both are the same."
    second = list(dict.fromkeys(second + [pick(rng, first)]))
    rng.shuffle(second)
    only = [line for line in first if line not in second], [o for o in second if o not in first]
    parts = [f"Only in the {which}: {', '.join(lines)}."
             for which, lines in zip(("first", "second"), only) if lines]
    return "compare both texts", (texts[0], "\n".join(second)), " ".join(parts)


def operation(rng, fill):
    return pick(rng, EVERY)(rng, fill)
