"""What was told of somebody or something, and what one asks later: facts, notes, events, fields."""
import re

from pairing import wording
from pairing.pair import Pair
from skills import pattern
from workshop import prose
from workshop.fillers import Fillers
from workshop.invention import pick
from workshop.phrases import Phrases, choose, trained
from workshop.words import with_articles

CHARACTERS_MOST = 320  # of a document
TELL_SHARE, MINE_SHARE = 0.35, 0.15
EXTRACT = Phrases("extract")
FIELD = re.compile(r"\{(\w+):(\w+)\}")
LABELS = {"phone": "phone number", "host": "server", "id": "number"}


def fact_of(rng, fill):
    """(fact, who, value)"""
    kind = pick(rng, tuple(prose.BY_SUBJECT))
    fact = pick(rng, prose.BY_SUBJECT[kind])
    return fact, prose.subject(rng, fill, kind), fill.pick(rng, fact["value"][0])


def another(rng, fill, kind, who):
    while True:
        other = prose.subject(rng, fill, kind)
        if other != who:
            return other


def fact_near_misses(rng, fill, fact, who, value):
    kind = fact["subject"][0]
    other_fact = pick(rng, prose.BY_SUBJECT[kind])
    tell = choose(rng, fill.split, fact["tell"])
    found = [prose.sentence(tell, another(rng, fill, kind, who), value)]
    if other_fact is not fact:
        other_value = fill.pick(rng, other_fact["value"][0])
        found.append(prose.sentence(choose(rng, fill.split, other_fact["tell"]), who, other_value))
    return found if rng.random() < 0.6 else []


def mine(rng, fill):
    """The same of the user: there is only one, so that the words alone tell what is asked."""
    facts = [fact for fact in prose.facts() if "mine" in fact]
    fact = pick(rng, facts)
    value = fill.pick(rng, fact["value"][0])
    told = prose.sentence(choose(rng, fill.split, fact["mine"]), "", value)
    other = pick(rng, facts)
    near = [] if other is fact else [prose.sentence(
        choose(rng, fill.split, other["mine"]), "", fill.pick(rng, other["value"][0]))]
    asked = choose(rng, fill.split, fact["myask"])
    return Pair("facts", wording.exchanged(rng, asked), wording.exchanged(rng, told),
                f"mine {fact['mine'][0]}", near)


def make_fact(rng, fill):
    if rng.random() < MINE_SHARE:
        return mine(rng, fill)
    fact, who, value = fact_of(rng, fill)
    told = prose.sentence(choose(rng, fill.split, fact["tell"]), who, value)
    asked = prose.sentence(choose(rng, fill.split, fact["ask"]), who, value)
    if rng.random() < TELL_SHARE:
        asked = prose.sentence(choose(rng, fill.split, fact["tell"]), who, value)
    return Pair("facts", wording.exchanged(rng, asked), wording.exchanged(rng, told),
                f"{fact['tell'][0]} {who} {value}", fact_near_misses(rng, fill, fact, who, value))


def unseen_first(rng, forms):
    """A way that training never shows, where there is one."""
    held = [form for form in forms if form not in trained(forms)]
    return pick(rng, held or forms)


def fact_items(rng, fill, count):
    """Several facts of the same somebody, each once."""
    found, used = [], set()
    while len(found) < count:
        kind = pick(rng, tuple(prose.BY_SUBJECT))
        who = prose.subject(rng, fill, kind)
        if who in used:
            continue
        used.add(who)
        pool = prose.BY_SUBJECT[kind]
        for fact in rng.sample(pool, min(len(pool), 3)):
            value = fill.pick(rng, fact["value"][0])
            told = prose.sentence(unseen_first(rng, fact["tell"]), who, value)
            asked = prose.sentence(unseen_first(rng, fact["ask"]), who, value)
            found.append(Pair("facts", asked, told, f"{fact['tell'][0]} {who}"))
    return found[:count]


def note(rng, fill):
    while True:
        document = prose.prose(rng, fill, 2)
        if len(document.text) <= CHARACTERS_MOST and len(document.lines) > 1:
            return document


def make_note(rng, fill):
    document = note(rng, fill)
    near = [note(rng, fill).text] if rng.random() < 0.3 else []
    return Pair("notes", pick(rng, document.asks).question, document.text, document.text, near)


def note_items(rng, fill, count):
    return [make_note(rng, fill) for _ in range(count)]


def make_event(rng, fill: Fillers):
    while True:
        maker = pick(rng, pattern.MAKERS[:-1])
        lines, kind, slots = maker(rng, fill)
        text = "\n".join(lines)
        if len(text) <= CHARACTERS_MOST:
            break
    sentence = pattern.PATTERNS.every[kind][0]
    for key, value in slots.items():
        sentence = sentence.replace("{%s}" % key, value)
    query, document = (sentence, text) if rng.random() < 0.7 else (text, sentence)
    return Pair("events", query, document, sentence)


def event_items(rng, fill, count):
    return [make_event(rng, fill) for _ in range(count)]


def extracted(rng, fill, form):
    """(text, {label: value}) of a sentence with fields."""
    fields = {}

    def put(match):
        fields[LABELS.get(match[1], match[1])] = value = fill.pick(rng, match[2])
        return value

    return with_articles(FIELD.sub(put, form)), fields


def searched(rng, fields):
    """What one remembers of it: one or two fields."""
    chosen = rng.sample(sorted(fields.items()), min(len(fields), pick(rng, (1, 2, 2))))
    form = pick(rng, ("{label} {value}", "{value}", "{label}: {value}", "the {label} {value}"))
    return pick(rng, (", ", " and ", " ")).join(
        form.format(label=label, value=value) for label, value in chosen)


def has_own(fields):
    """Whether some field is rare enough to be looked for."""
    return any(len(value) > 4 for value in fields.values())


def make_extract(rng, fill):
    while True:
        form = EXTRACT.pick(rng, fill.split, "text")
        text, fields = extracted(rng, fill, form)
        if has_own(fields):
            break
    other = extracted(rng, fill, form)[0]
    return Pair("extract", searched(rng, fields), text, text,
                [other] if rng.random() < 0.5 else [])


def extract_items(rng, fill, count):
    """Looked for by two fields at least, so that there is one answer."""
    found = []
    while len(found) < count:
        text, fields = extracted(rng, fill, EXTRACT.pick(rng, fill.split, "text"))
        if len(fields) < 2 or not has_own(fields):
            continue
        two = rng.sample(sorted(fields.items()), 2)
        query = " ".join(f"{label} {value}" for label, value in two)
        found.append(Pair("extract", query, text, text))
    return found
