"""Tools to offer, from seeds/tools.txt or made up, with a request for each and what comes of it."""
import json
import re
from dataclasses import dataclass

from workshop import seeds
from workshop.invention import pick
from workshop.phrases import Phrases, choose
from workshop.splits import HELD_OUT, split_of
from workshop.words import plural, with_articles

KEYS = ("tool", "about", "param", "option", "say", "result", "reply")
USE = Phrases("tool_use")
SLOT = re.compile(r"\{(\w+)(?::(\w+))?\}")
WORDS = re.compile(r"[A-Z]?[a-z]+")
WHOLE = ("number", "small", "port", "floor", "year", "temperature")
INVENTED_SHARE, TERSE_SHARE = 0.45, 0.6


@dataclass
class Request:
    """A tool, what a user says to want it, the call, its result and what is then said."""
    tool: dict
    prompt: str
    name: str
    arguments: dict
    result: str
    reply: str
    fresh: list  # what only the result tells
    made_of: tuple  # what another request for the same tool is made of


def known():
    return seeds.blocks("tools", KEYS)


KNOWN = known()


def schema_of(kind, description):
    if kind.startswith("one:"):
        return {"type": "string", "enum": kind[4:].split(","), "description": description}
    if kind.startswith("many:"):
        return {"type": "array", "items": {"type": "string"}, "description": description}
    return {"type": "integer" if kind in WHOLE else "string", "description": description}


def offer(rng, name, about, parameters):
    """The tool as a request has it; `parameters` are (schema, required) by name."""
    schemas = {param: schema for param, (schema, _) in parameters.items()}
    if rng.random() < TERSE_SHARE:
        schemas = {param: {key: value for key, value in schema.items() if key != "description"}
                   for param, schema in schemas.items()}
    required = [param for param, (_, needed) in parameters.items() if needed]
    schema = {"type": "object", "properties": schemas, "required": required}
    return {"type": "function",
            "function": {"name": name, "description": about, "parameters": schema}}


def value_of(rng, fill, kind):
    """(as JSON, as said)."""
    if kind.startswith("one:"):
        value = pick(rng, kind[4:].split(","))
        return value, value
    if kind.startswith("many:"):
        values = fill.picks(rng, kind[5:], 2 + int(rng.random() * 2))
        return values, f"{', '.join(values[:-1])} and {values[-1]}"
    value = fill.pick(rng, kind)
    return (int(value) if kind in WHOLE else value), value


def of_block(rng, fill, block):
    """(offer, [(name, kind)]) of a known tool under one of its names."""
    name, parameters, kinds = pick(rng, block["tool"]), {}, []
    for key in ("param", "option"):
        for line in block.get(key, ()):
            param, kind, description = line.split(" ", 2)
            parameters[param] = schema_of(kind, description), key == "param"
            kinds.append((param, kind))
    return offer(rng, name, choose(rng, fill.split, block["about"]), parameters), kinds


def known_request(rng, fill, block):
    tool, kinds = of_block(rng, fill, block)
    return asked(rng, fill, tool, (block, kinds))


def asked(rng, fill, tool, made_of):
    """A request for a known tool that is already on offer."""
    block, kinds = made_of
    form = choose(rng, fill.split, block["say"])
    arguments, said = {}, {}
    for param, kind in kinds:
        if "{%s}" % param in form:
            arguments[param], said[param] = value_of(rng, fill, kind)

    def put(match):
        if match[1] not in said:
            said[match[1]] = fill.pick(rng, match[2])
        return said[match[1]]

    prompt = with_articles(SLOT.sub(put, form))
    result = SLOT.sub(put, pick(rng, block["result"]))
    reply = SLOT.sub(put, block["reply"][0])
    fresh = [value for param, value in said.items() if param not in arguments and value in reply]
    name = tool["function"]["name"]
    return Request(tool, prompt, name, arguments, result, reply, fresh, made_of)


PARAMETERS = (("id", "code", "Its id"), ("name", "title", "Its name"),
              ("owner", "name", "Who owns it"), ("date", "date", "The day"),
              ("time", "time", "The time of day"), ("count", "small", "How many"),
              ("amount", "number", "The amount"), ("city", "city", "In which city"),
              ("colour", "colours", "Its colour"), ("email", "email", "An address"),
              ("file", "file", "Path of a file"),
              ("priority", "one:low,normal,high", "How urgent it is"),
              ("title", "thing", "Its title"), ("code", "code", "The code"),
              ("place", "places", "Where"), ("day", "weekdays", "Day"),
              ("language", "languages", "The language"),
              ("size", "one:small,medium,large", "Size"), ("version", "version", "Version"),
              ("customer", "fullname", "The customer"), ("tags", "many:word", "Tags"),
              ("status", "adjectives", "The new status"),
              ("format", "one:pdf,csv,json,html", "File format"), ("host", "slug", "The host"),
              ("reason", "phrase", "Why"), ("token", "token", "A token"),
              ("limit", "small", "At most"), ("port", "port", "The port"),
              ("url", "url", "Web address"), ("key", "word", "The key"))


def article(noun):
    return "an" if noun[0] in "aeiou" else "a"


def invented_name(rng, verb, noun):
    form = int(rng.random() * 5)
    return (f"{verb}_{noun}", f"{verb}_{noun}", f"{noun}_{verb}",
            verb + noun.capitalize(), f"{noun}.{verb}")[form]


def invented(rng, fill):
    """(offer, verb, noun, [(param, kind)]) of a tool nobody has seen."""
    verb = fill.pick(rng, "verbs")
    noun = fill.pick(rng, "nouns") if rng.random() < 0.8 else fill.pick(rng, "word")
    chosen = rng.sample(PARAMETERS, int(rng.random() * 4))
    parameters, kinds = {}, []
    for param, kind, description in chosen:
        if rng.random() < 0.12:
            param = fill.pick(rng, "word")
        parameters[param] = schema_of(kind, description), True
        kinds.append((param, kind))
    about = spoken(USE.pick(rng, fill.split, "invented about"), verb, noun)
    return offer(rng, invented_name(rng, verb, noun), about, parameters), verb, noun, kinds


def spoken(form, verb, noun):
    form = form.replace("{Verb}s", plural(verb).capitalize())
    return form.replace("{verb}", verb).replace("{Verb}", verb.capitalize()).replace(
        "{noun}", noun).replace("{a}", article(noun))


def invented_request(rng, fill):
    tool, *made_of = invented(rng, fill)
    return invented_asked(rng, fill, tool, tuple(made_of))


def invented_asked(rng, fill, tool, made_of):
    verb, noun, kinds = made_of
    arguments, parts = {}, []
    for param, kind in kinds:
        arguments[param], said = value_of(rng, fill, kind)
        parts.append(f"{param}{pick(rng, (' ', ' ', ': ', ' = '))}{said}")
    with_ = f"{pick(rng, (' with ', ' with ', ', ', ' using '))}{joined(parts)}" if parts else ""
    form = USE.pick(rng, fill.split, "invented say")
    prompt = spoken(form, verb, noun).replace("{with}", with_)
    result = pick(rng, USE.every["invented result"]).replace("{id}", fill.pick(rng, "code"))
    reply = spoken(USE.every["invented reply"][0], verb, noun)
    name = tool["function"]["name"]
    return Request(tool, prompt, name, arguments, result, reply, [noun], made_of)


def once_more(rng, fill, request):
    """Another request for the same tool."""
    make = asked if len(request.made_of) == 2 else invented_asked
    return make(rng, fill, request.tool, request.made_of)


def joined(parts):
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def blocks_of(split):
    """In tests also the tools that training never sees."""
    if split == HELD_OUT:
        return KNOWN
    return tuple(block for block in KNOWN if split_of(block["tool"][0]) != HELD_OUT)


def request(rng, fill):
    if rng.random() < INVENTED_SHARE:
        return invented_request(rng, fill)
    return known_request(rng, fill, pick(rng, blocks_of(fill.split)))


def meaning(name):
    """The words of a name: the same for wrap_trade and tradeWrap."""
    return frozenset(part.lower() for part in WORDS.findall(name))


def others(rng, fill, count, taken):
    """So many other tools, whose purposes are not the one of any taken name."""
    found, names = [], set(taken)
    meant = {meaning(name) for name in names}
    while len(found) < count:
        if rng.random() < INVENTED_SHARE:
            tool = invented(rng, fill)[0]
        else:
            block = pick(rng, blocks_of(fill.split))
            if names & set(block["tool"]):
                continue
            tool = of_block(rng, fill, block)[0]
        name = tool["function"]["name"]
        if name not in names and meaning(name) not in meant:
            names.add(name)
            meant.add(meaning(name))
            found.append(tool)
    return found


def names_near(tools):
    """The names of these tools, and every other name of the same ones."""
    names = {tool["function"]["name"] for tool in tools}
    for block in KNOWN:
        if names & set(block["tool"]):
            names |= set(block["tool"])
    return names


def text_of(arguments):
    return json.dumps(arguments, ensure_ascii=False)
