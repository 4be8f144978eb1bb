"""Sentences about people and things, from the facts of seeds/facts.txt."""
from workshop import seeds
from workshop.checks import holds
from workshop.document import READING, Ask, Document
from workshop.invention import pick
from workshop.phrases import choose
from workshop.words import with_articles

FACT_KEYS = ("subject", "value", "tell", "ask", "answer", "mine", "myask", "myanswer")


def facts():
    return seeds.blocks("facts", FACT_KEYS)


def facts_by_subject():
    found = {}
    for fact in facts():
        if "tell" not in fact:
            continue
        found.setdefault(fact["subject"][0], []).append(fact)
    return found


BY_SUBJECT = facts_by_subject()


def subject(rng, fill, kind):
    """Who or what facts are told of."""
    if kind == "person":
        return fill.pick(rng, "fullname" if rng.random() < 0.2 else "name")
    if kind == "thing":
        return "the " + fill.pick(rng, "thing")
    if kind == "project":
        return "Project " + fill.pick(rng, "title")
    if kind == "server":
        return fill.pick(rng, "slug")
    if kind == "meeting":
        return f"the {fill.pick(rng, 'nouns')} meeting"
    if kind == "book":
        return f'"The {fill.pick(rng, "adjectives").capitalize()} ' \
               f'{fill.pick(rng, "objects").capitalize()}"'
    if kind == "company":
        return fill.pick(rng, "company")
    return "order " + fill.pick(rng, "code")


def sentence(form, who, value=""):
    text = with_articles(form.replace("{s}", who).replace("{v}", value))
    return text[0].upper() + text[1:]


def different(rng, make, count):
    found = []
    while len(found) < count:
        one = make(rng)
        if one not in found:
            found.append(one)
    return found


def told(rng, fill, fact, others):
    """A value for a fact that stands nowhere else in the text."""
    while True:
        value = fill.pick(rng, fact["value"][0])
        if not any(holds(other, value) or holds(value, other) for other in others):
            return value


def prose(rng, fill, most_subjects=3, noise=0.3):
    kind = pick(rng, tuple(BY_SUBJECT))
    count = 1 + int(rng.random() * most_subjects)
    who = different(rng, lambda r: subject(r, fill, kind), count + 1)
    stranger = who.pop()
    pool = BY_SUBJECT[kind]
    shared = rng.sample(pool, min(len(pool) - 1, 1 + int(rng.random() * 3)))
    values, lines, known = list(who) + [stranger], [], []
    for one in who:
        for fact in shared:
            if len(who) > 1 and rng.random() < 0.15:
                continue
            value = told(rng, fill, fact, values)
            values.append(value)
            lines.append(sentence(choose(rng, fill.split, fact["tell"]), one, value))
            known.append((fact, one, value))
    if not known:
        return prose(rng, fill, most_subjects, noise)
    if rng.random() < 0.5:
        rng.shuffle(lines)
    while rng.random() < noise:
        lines.insert(int(rng.random() * (len(lines) + 1)), READING.pick(rng, fill.split, "noise"))
    asks = [Ask(sentence(choose(rng, fill.split, fact["ask"]), one),
                sentence(fact["answer"][0], one, value), value,
                [v for f, o, v in known if f is fact and o != one])
            for fact, one, value in known]
    absent = [(fact, one) for one in who for fact in pool
              if not any(f is fact and o == one for f, o, _ in known)]
    absent += [(pick(rng, shared), stranger)] * max(1, len(absent) // 2)
    missing = [sentence(choose(rng, fill.split, fact["ask"]), one)
               for fact, one in rng.sample(absent, min(3, len(absent)))]
    joint = pick(rng, (" ", " ", "\n", "\n- "))
    text = joint.join(lines)

    def lacking():
        if rng.random() < 0.5 and absent:
            fact, one = pick(rng, absent)
        else:
            fact, one = pick(rng, shared), stranger
        if one == stranger:
            one = different(rng, lambda r: subject(r, fill, kind), 1)[0]
            if one in who:
                one = stranger
        return sentence(choose(rng, fill.split, fact["ask"]), one)

    return Document("- " + text if joint == "\n- " else text, asks, missing, lines, lacking)
