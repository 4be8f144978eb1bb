"""Does small things to a text: letters, order, counting, sorting, replacing, laying out."""
import json

from workshop.document import READING
from workshop.documents import ORDINALS
from workshop.invention import pick
from workshop.phrases import Phrases
from workshop.skill import Skill

TEXT = Phrases("text")
NUMBER_MOST = (10, 100, 100, 1000)
WORD_KINDS = ("word", "objects", "animals", "foods", "names", "cities", "title", "adjectives",
              "nouns", "verbs", "hobbies")
LIST_KINDS = ("foods", "objects", "animals", "names", "cities", "word", "nouns", "jobs", "colours",
              "adjectives", "title")


def words(rng, fill, least, most):
    """Different words, mostly of one kind."""
    count = least + int(rng.random() * (most - least + 1))
    kind = pick(rng, LIST_KINDS)
    return [word for word in fill.picks(rng, kind, count)]


def single(rng, fill):
    return fill.pick(rng, pick(rng, WORD_KINDS)).split(" ")[0]


def phrase(rng, fill, least=2, most=6):
    """Some words, or a sentence of everyday words without its full stop."""
    if rng.random() < 0.3:
        return READING.pick(rng, fill.split, "noise").rstrip(".")
    count = least + int(rng.random() * (most - least + 1))
    return " ".join(single(rng, fill) for _ in range(count))


def order_of(text):
    return text.lower()


def sortable(rng, fill):
    """Words that differ, mostly already in the first letter."""
    while True:
        found = words(rng, fill, 3, 6)
        heads = {word[0].lower() for word in found}
        if len(heads) == len(found) or rng.random() < 0.15:
            return found


def listed(rng, items):
    return pick(rng, (", ", ", ", ", ", " ", "\n")).join(items)


def as_list(items, text):
    """In the manner in which the question had it."""
    if "\n" in text:
        return "\n".join(items)
    return (", " if ", " in text else " ").join(items)


def counted(items):
    """With its working: every item with its number."""
    steps = ", ".join(f"{item} {at}" for at, item in enumerate(items, 1))
    return f"{steps}. That makes {len(items)}."


def letter_word(rng, fill):
    while True:
        word = single(rng, fill)
        if word.isalpha() and 3 <= len(word) <= 9:
            return word


class Text(Skill):
    name = "text"
    why = "upper-case, reverse, count, sort, replace, lists"

    def make(self, rng, fill):
        return self.own(fill, lambda: self.any(rng, fill))

    def any(self, rng, fill):
        operation = pick(rng, OPERATIONS)
        slots, reply, expected = operation(rng, fill)
        section = slots.pop("section")
        prompt = TEXT.pick(rng, fill.split, section)
        for key, value in slots.items():
            prompt = prompt.replace("{%s}" % key, str(value))
        return self.case(prompt, reply, expected or {"exact": [reply]})


def upper(rng, fill):
    text = phrase(rng, fill, 1, 6) if rng.random() < 0.9 else fill.pick(rng, "token")
    return {"section": "upper", "t": text}, text.upper(), None


def lower(rng, fill):
    text = phrase(rng, fill, 1, 4)
    text = text.upper() if rng.random() < 0.6 else text.title()
    return {"section": "lower", "t": text}, text.lower(), None


def title(rng, fill):
    text = phrase(rng, fill, 2, 5).lower()
    return {"section": "title", "t": text}, " ".join(w.capitalize() for w in text.split()), None


def reverse(rng, fill):
    text = phrase(rng, fill, 2, 7)
    return {"section": "reverse", "t": text}, " ".join(reversed(text.split())), None


def count_words(rng, fill):
    text = phrase(rng, fill, 2, 9)
    items = text.split()
    return {"section": "count words", "t": text}, counted(items), {"number": str(len(items))}


def count_items(rng, fill):
    items = words(rng, fill, 2, 9)
    text = pick(rng, (", ", ", ", "\n", "\n- ")).join(items)
    text = "- " + text if "\n- " in text else text
    return {"section": "count items", "t": text}, counted(items), {"number": str(len(items))}


def count_letters(rng, fill):
    word = letter_word(rng, fill)
    return {"section": "count letters", "t": word}, counted(list(word)), {"number": str(len(word))}


def spell(rng, fill):
    word = letter_word(rng, fill)
    return {"section": "spell", "t": word}, "-".join(word), None


def backwards(rng, fill):
    word = letter_word(rng, fill)
    letters = "-".join(reversed(word))
    return {"section": "backwards", "t": word}, f"{letters}\n{word[::-1]}", {"all": [word[::-1]]}


def sort_words(rng, fill):
    items, down = sortable(rng, fill), rng.random() < 0.2
    text = listed(rng, items)
    reply = as_list(sorted(items, key=order_of, reverse=down), text)
    return {"section": "sort words down" if down else "sort words", "t": text}, reply, None


def sort_numbers(rng, fill):
    most, count = pick(rng, NUMBER_MOST), 3 + int(rng.random() * 4)
    numbers = rng.sample(range(most), count)
    down = rng.random() < 0.3
    text = listed(rng, [str(n) for n in numbers])
    reply = as_list([str(n) for n in sorted(numbers, reverse=down)], text)
    return {"section": "sort numbers down" if down else "sort numbers", "t": text}, reply, None


def edge_word(rng, fill):
    text, last = phrase(rng, fill, 2, 7), rng.random() < 0.5
    return {"section": "last" if last else "first", "t": text}, text.split()[-last], None


def nth_word(rng, fill):
    items = phrase(rng, fill, 3, 7).split()
    at = int(rng.random() * min(len(items), 8))
    slots = {"section": "nth", "t": " ".join(items), "n": at + 1, "nth": ORDINALS[at]}
    return slots, items[at], None


def edge_letter(rng, fill):
    word, last = letter_word(rng, fill), rng.random() < 0.5
    return {"section": "last letter" if last else "first letter", "t": word}, word[-last], None


def replace(rng, fill):
    items = [single(rng, fill) for _ in range(3 + int(rng.random() * 4))]
    old, new = pick(rng, items), fill.pick(rng, "token")
    reply = " ".join(new if item == old else item for item in items)
    return {"section": "replace", "w": old, "v": new, "t": " ".join(items)}, reply, None


def remove(rng, fill):
    items = words(rng, fill, 3, 6)
    text, gone = listed(rng, items), pick(rng, items)
    reply = as_list([item for item in items if item != gone], text)
    return {"section": "remove", "w": gone, "t": text}, reply, None


def append(rng, fill):
    *items, new = words(rng, fill, 3, 6)
    text = ", ".join(items)
    return {"section": "append", "w": new, "t": text}, f"{text}, {new}", None


def bullets(rng, fill):
    items = words(rng, fill, 2, 6)
    return {"section": "bullets", "t": ", ".join(items)}, "\n".join(f"- {i}" for i in items), None


def numbered(rng, fill):
    items = words(rng, fill, 2, 6)
    lines = [f"{at}. {item}" for at, item in enumerate(items, 1)]
    return {"section": "numbered", "t": ", ".join(items)}, "\n".join(lines), None


def commas(rng, fill):
    items = words(rng, fill, 2, 6)
    begin = pick(rng, ("", "", "- "))
    text = "\n".join(begin + item for item in items)
    return {"section": "commas", "t": text}, ", ".join(items), None


def array(rng, fill):
    items = words(rng, fill, 2, 5)
    reply = json.dumps(items, ensure_ascii=False)
    return {"section": "array", "t": ", ".join(items)}, reply, {"json": items}


def contains(rng, fill):
    items = words(rng, fill, 4, 7)
    word = items.pop() if rng.random() < 0.5 else pick(rng, items)
    found = word in items
    reply = f"Yes, {word} is in it." if found else f"No, {word} is not in it."
    expected = {"exact": [reply, "Yes" if found else "No"]}
    return {"section": "contains", "w": word, "t": ", ".join(items)}, reply, expected


def duplicates(rng, fill):
    items = words(rng, fill, 2, 5)
    more = items + [pick(rng, items) for _ in range(1 + int(rng.random() * 2))]
    rng.shuffle(more)
    text = ", ".join(more)
    return {"section": "duplicates", "t": text}, ", ".join(dict.fromkeys(more)), None


def repeat(rng, fill):
    word, count = single(rng, fill), 2 + int(rng.random() * 4)
    return {"section": "repeat", "w": word, "n": count}, " ".join([word] * count), None


def copy(rng, fill):
    if rng.random() < 0.5:
        text = " ".join(fill.pick(rng, "token") for _ in range(1 + int(rng.random() * 4)))
    else:
        text = phrase(rng, fill, 1, 9)
    return {"section": "copy", "t": text}, text, None


def quote(rng, fill):
    text = phrase(rng, fill, 1, 6)
    return {"section": "quote", "t": text}, f'"{text}"', None


def join(rng, fill):
    left, right = single(rng, fill), single(rng, fill)
    return {"section": "join", "w": left, "v": right}, f"{left}-{right}", None


def count_up(rng, fill):
    begin = int(rng.random() * 90)
    numbers = [str(begin + at) for at in range(3 + int(rng.random() * 9))]
    slots = {"section": "count up", "w": numbers[0], "v": numbers[-1]}
    return slots, ", ".join(numbers), {"exact": [", ".join(numbers), " ".join(numbers)]}


def calendar(rng, fill):
    """The day or the month before or after another."""
    kind = pick(rng, ("day", "month"))
    names = fill.words["weekdays" if kind == "day" else "months"]
    at, after = int(rng.random() * len(names)), rng.random() < 0.6
    other = names[(at + (1 if after else -1)) % len(names)]
    reply = f"{'After' if after else 'Before'} {names[at]} comes {other}."
    slots = {"section": f"next {kind}" if after else f"{kind} before", "w": names[at]}
    return slots, reply, {"exact": [reply, other]}


OPERATIONS = ((upper,) * 12 + (lower,) * 4 + (title,) * 3 + (reverse,) * 4 + (count_words,) * 3 +
              (count_items,) * 3 + (count_letters,) * 2 + (spell,) * 5 + (backwards,) +
              (sort_words,) * 9 + (sort_numbers,) * 7 + (edge_word,) * 3 + (nth_word,) * 3 +
              (edge_letter,) * 2 + (replace,) * 4 + (remove,) * 2 + (append,) + (bullets,) * 2 +
              (numbered,) * 2 + (commas,) * 2 + (array,) * 2 + (contains,) * 2 + (duplicates,) +
              (repeat,) + (copy,) * 4 + (quote,) + (join,) + (count_up,) + (calendar,))
