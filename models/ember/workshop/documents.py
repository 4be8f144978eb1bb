"""Every kind of document: prose, records, settings, tables, lists, logs, code."""
import json

from workshop.checks import holds
from workshop.document import READING, Ask, Document, rivals_of, stranger_to
from workshop.invention import pick
from workshop.prose import different, prose
from workshop.words import capital

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
FIELDS = (("name", "fullname"), ("city", "city"), ("phone", "phone"), ("email", "email"),
          ("price", "price"), ("colour", "colours"), ("owner", "name"), ("deadline", "date"),
          ("version", "version"), ("address", "ip"), ("port", "port"), ("code", "code"),
          ("room", "floor"), ("job", "jobs"), ("company", "company"), ("date", "date"),
          ("time", "time"), ("place", "place"), ("file", "file"), ("password", "password"),
          ("quantity", "small"), ("weight", "number"), ("total", "number"),
          ("status", "adjectives"),
          ("contact", "name"), ("folder", "path"), ("token", "token"), ("hobby", "hobbies"),
          ("language", "languages"), ("product", "thing"), ("id", "code"), ("day", "day"),
          ("year", "year"), ("link", "url"), ("host", "slug"), ("pet", "animals"))


def fields(rng, fill, least, most):
    """Some [key, value] with different keys and values, sometimes with a key nobody knows."""
    count = least + int(rng.random() * (most - least + 1))
    chosen, values, pairs = rng.sample(FIELDS, count), [], []
    for key, kind in chosen:
        value = fill.pick(rng, kind)
        while any(holds(value, other) or holds(other, value) for other in values):
            value = fill.pick(rng, kind)
        values.append(value)
        if rng.random() < 0.15:
            key = fill.pick(rng, "word")
        pairs.append((key, value))
    return pairs


def absent_key(rng, pairs):
    return pick(rng, [key for key, _ in FIELDS if key not in dict(pairs)])


def record(rng, fill):
    pairs = fields(rng, fill, 2, 6)
    separator = pick(rng, (": ", ": ", " = ", " - ", ":\t", "="))
    begin = pick(rng, ("", "", "- ", "* "))
    lines = [f"{begin}{key}{separator}{value}" for key, value in pairs]
    joint = "\n" if begin or rng.random() < 0.8 else "; "

    def lacking():
        return READING.pick(rng, fill.split, "field ask").format(key=absent_key(rng, pairs))

    asks = [field_ask(rng, fill, key, value, pairs) for key, value in pairs]
    return Document(joint.join(lines), asks, [lacking()], lines, lacking)


def field_ask(rng, fill, key, value, pairs):
    question = READING.pick(rng, fill.split, "field ask").format(key=key)
    return Ask(capital(question), f"The {key} is {value}.", value,
               [other for name, other in pairs if name != key])


def settings(rng, fill):
    """A file of settings: json, ini, yaml or shell variables."""
    pairs, names = [], fill.picks(rng, "identifier", 2 + int(rng.random() * 4))
    for name in names:
        pairs.append((name, fill.pick(rng, pick(rng, (
            "number", "word", "path", "code", "port", "version", "url", "file", "ip")))))
    form = int(rng.random() * 5)
    if form == 0:
        text = json.dumps(dict(pairs), indent=2)
    elif form == 1:
        text = f"[{fill.pick(rng, 'nouns')}]\n" + "\n".join(f"{k} = {v}" for k, v in pairs)
    elif form == 2:
        text = "\n".join(f"{k}: {v}" for k, v in pairs)
    elif form == 3:
        text = "\n".join(f'export {k}="{v}"' for k, v in pairs)
    else:
        text = "\n".join(f'{k} = "{v}"' for k, v in pairs)
    asks = [Ask(READING.pick(rng, fill.split, "value ask").format(key=name),
                f"{name} is {value}.", value, rivals_of(value, [v for _, v in pairs], ""))
            for name, value in pairs]
    missing = READING.pick(rng, fill.split, "value ask").format(key=fill.pick(rng, "identifier"))

    def lacking():
        key = stranger_to(rng, fill, names, lambda: fill.pick(rng, "identifier"))
        return READING.pick(rng, fill.split, "value ask").format(key=key)

    return Document(text, asks, [missing], text.split("\n"), lacking)


COLUMNS = (("city", "city"), ("price", "price"), ("colour", "colours"), ("stock", "number"),
           ("phone", "phone"), ("job", "jobs"), ("date", "date"), ("owner", "name"),
           ("code", "code"), ("weight", "number"), ("age", "small"), ("place", "place"),
           ("email", "email"), ("version", "version"), ("time", "time"), ("team", "title"),
           ("hobby", "hobbies"), ("total", "number"), ("status", "adjectives"), ("day", "day"))
FIRSTS = (("name", "name"), ("product", "thing"), ("file", "file"), ("host", "slug"),
          ("city", "cities"), ("item", "foods"), ("id", "code"), ("company", "company"),
          ("animal", "animals"), ("room", "place"))


def table(rng, fill):
    first, first_kind = pick(rng, FIRSTS)
    columns = rng.sample([c for c in COLUMNS if c[0] != first], 1 + int(rng.random() * 3))
    rows, used = [], []
    for name in fill.picks(rng, first_kind, 2 + int(rng.random() * 4)):
        row = [name]
        for _, kind in columns:
            row.append(fill.pick(rng, kind))
        rows.append(row)
        used += row
    heads = [first] + [key for key, _ in columns]
    form = int(rng.random() * 4)
    if form == 0:
        lines = ["| " + " | ".join(row) + " |" for row in [heads] + rows]
        lines.insert(1, "|" + "---|" * len(heads))
    else:
        lines = [("," if form == 1 else (" | ", "; ")[form - 2]).join(row)
                 for row in [heads] + rows]
    asks = []
    for row in rows:
        for at, (key, _) in enumerate(columns, 1):
            asks.append(cell_ask(rng, fill, rows, (row, at), (first, key)))
    stranger = fill.pick(rng, first_kind)
    missing = [] if any(stranger == row[0] for row in rows) else [
        READING.pick(rng, fill.split, "cell ask").format(key=columns[0][0], row=stranger)]

    def lacking():
        if rng.random() < 0.4:  # a column that is not there
            key = pick(rng, [name for name, _ in COLUMNS if name not in heads])
            row = pick(rng, rows)[0]
        else:
            key = pick(rng, columns)[0]
            row = stranger_to(rng, fill, [r[0] for r in rows], lambda: fill.pick(rng, first_kind))
        return capital(READING.pick(rng, fill.split, "cell ask").format(key=key, row=row))

    return Document("\n".join(lines), asks, missing, lines, lacking)


def cell_ask(rng, fill, rows, cell, heads):
    row, at = cell
    first, key = heads
    column = [other[at] for other in rows]
    if rng.random() < 0.25 and column.count(row[at]) == 1:
        question = READING.pick(rng, fill.split, "row ask").format(
            first=first, key=key, value=row[at])
        return Ask(question, f"It is {row[0]}.", row[0],
                   rivals_of(row[0], [other[0] for other in rows], question))
    question = READING.pick(rng, fill.split, "cell ask").format(key=key, row=row[0])
    return Ask(capital(question), f"The {key} of {row[0]} is {row[at]}.", row[at],
               rivals_of(row[at], column, row[0]))


LIST_KINDS = ("foods", "name", "objects", "cities", "animals", "word", "file", "code", "thing",
              "company", "title", "places", "hobbies")


def listing(rng, fill):
    items = fill.picks(rng, pick(rng, LIST_KINDS), 3 + int(rng.random() * 5))
    form = int(rng.random() * 4)
    if form == 0:
        text = "\n".join(f"{at}. {item}" for at, item in enumerate(items, 1))
    else:
        text = ("\n", "\n- ", ", ")[form - 1].join(items)
        text = "- " + text if form == 2 else text
    asks = []
    for at, item in enumerate(items):
        shape = rng.random()
        if shape < 0.5 or at in (0, len(items) - 1):
            question = READING.pick(rng, fill.split, "item ask")
            said = question.format(n=at + 1, nth=ORDINALS[at])
            asks.append(Ask(said, f"The {ORDINALS[at]} item is {item}.", item, []))
        elif shape < 0.75:
            said = READING.pick(rng, fill.split, "after ask").format(value=items[at - 1])
            asks.append(Ask(said, f"After {items[at - 1]} comes {item}.", item, []))
        else:
            said = READING.pick(rng, fill.split, "before ask").format(value=items[at + 1])
            asks.append(Ask(said, f"Before {items[at + 1]} comes {item}.", item, []))
    for ask in asks:
        ask.rivals = rivals_of(ask.value, items, ask.question)
    question = READING.pick(rng, fill.split, "item ask")
    missing = [question.format(n=len(items) + 1, nth=ORDINALS[len(items)])]

    def lacking():
        if len(items) < len(ORDINALS) and rng.random() < 0.6:
            at = len(items) + int(rng.random() * (len(ORDINALS) - len(items)) * rng.random())
            return READING.pick(rng, fill.split, "item ask").format(n=at + 1, nth=ORDINALS[at])
        section = pick(rng, ("after ask", "before ask"))
        edge = items[-1] if section == "after ask" else items[0]
        other = edge if rng.random() < 0.5 else stranger_to(
            rng, fill, items, lambda: fill.pick(rng, "thing"))
        return READING.pick(rng, fill.split, section).format(value=other)

    return Document(text, asks, missing if len(items) < 8 else [], items, lacking)


def event(rng, fill):
    text = READING.pick(rng, fill.split, "events")
    while "{" in text:
        before, _, rest = text.partition("{")
        kind, _, after = rest.partition("}")
        text = before + fill.pick(rng, kind) + after
    return text


def log(rng, fill):
    times = sorted(different(rng, lambda r: fill.pick(r, "time"), 3 + int(rng.random() * 4)))
    events = different(rng, lambda r: event(r, fill), len(times))
    level = pick(rng, ("", "", "INFO ", "[info] "))
    lines = [f"{time} {level}{what}" for time, what in zip(times, events)]
    asks = []
    for time, what in zip(times, events):
        if rng.random() < 0.5:
            said = READING.pick(rng, fill.split, "log ask").format(time=time)
            asks.append(Ask(said, f"At {time}: {what}.", what, rivals_of(what, events, "")))
        else:
            said = READING.pick(rng, fill.split, "log when").format(event=what)
            asks.append(Ask(said, f"It was at {time}.", time, rivals_of(time, times, said)))
    other = fill.pick(rng, "time")
    missing = [] if other in times else [
        READING.pick(rng, fill.split, "log ask").format(time=other)]

    def lacking():
        if rng.random() < 0.7:
            time = stranger_to(rng, fill, times, lambda: fill.pick(rng, "time"))
            return READING.pick(rng, fill.split, "log ask").format(time=time)
        what = stranger_to(rng, fill, events, lambda: event(rng, fill))
        return READING.pick(rng, fill.split, "log when").format(event=what)

    return Document("\n".join(lines), asks, missing, lines, lacking)


def program(rng, fill):
    """Short functions that return a constant, and constants."""
    names = fill.picks(rng, "identifier", 2 + int(rng.random() * 3))
    values = [fill.pick(rng, pick(rng, ("number", "word", "code"))) for _ in names]
    lines, asks = [], []
    for name, value in zip(names, values):
        literal = value if value.isdigit() else f'"{value}"'
        if name.isupper():
            lines.append(f"{name} = {literal}")
            said = READING.pick(rng, fill.split, "value ask").format(key=name)
            asks.append(Ask(said, f"{name} is {value}.", value, []))
        else:
            lines.append(f"def {name}():\n    return {literal}")
            said = READING.pick(rng, fill.split, "function ask").format(name=name)
            asks.append(Ask(said, f"{name} returns {value}.", value, []))
    for ask in asks:
        ask.rivals = rivals_of(ask.value, values, ask.question)
    missing = READING.pick(rng, fill.split, "function ask").format(
        name=fill.pick(rng, "identifier"))
    joint = pick(rng, ("\n", "\n\n"))

    def lacking():
        name = stranger_to(rng, fill, names, lambda: fill.pick(rng, "identifier"))
        return READING.pick(rng, fill.split, "function ask").format(name=name)

    return Document(joint.join(lines), asks, [missing], lines, lacking)


MAKERS = ((prose, 8), (record, 4), (table, 4), (listing, 3), (settings, 3), (log, 2), (program, 2))
WEIGHTED = tuple(maker for maker, weight in MAKERS for _ in range(weight))


def document(rng, fill):
    return pick(rng, WEIGHTED)(rng, fill)
