"""Says what is wrong with a document by a JSON schema, as far as schemas/*.json use JSON schema.

Not a validator in general: keywords that none of our schemas has are an error of the programmer.
"""
import functools
import json
import re

from workshop import seeds

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
         "boolean": bool}
NOTES = {"$schema", "$id", "description", "default"}


@functools.cache
def schema(name):
    return json.loads((seeds.ROOT / "schemas" / f"{name}.json").read_text(encoding="utf-8"))


def response_format(name):
    """What makes the daemon hold an answer to schemas/NAME.json."""
    return {"type": "json_schema", "json_schema": {"name": name, "schema": schema(name)}}


def problem(rules, value, at="document"):
    """"" or the first thing that is wrong."""
    for keyword, rule in rules.items():
        if keyword not in NOTES:
            found = RULES[keyword](rules, rule, value, at)
            if found:
                return found
    return ""


def in_form(name, reply):
    """Whether the text of a reply is a document of schemas/NAME.json."""
    try:
        document = json.loads(reply.get("content") or "")
    except ValueError:
        return False
    return not problem(schema(name), document)


def of_type(_, name, value, at):
    wanted = TYPES[name]
    good = isinstance(value, wanted) and (name == "boolean" or not isinstance(value, bool))
    return "" if good else f"{at} is no {name}"


def one_of(_, options, value, at):
    return "" if value in options else f"{at} is {value!r}"


def has_required(_, names, value, at):
    missing = [name for name in names if isinstance(value, dict) and name not in value]
    return f"{at} lacks {missing[0]}" if missing else ""


def members(_, rules, value, at):
    for name, rule in rules.items():
        if isinstance(value, dict) and name in value:
            found = problem(rule, value[name], f"{at}.{name}")
            if found:
                return found
    return ""


def no_others(rules, _, value, at):
    others = [name for name in value if name not in rules["properties"]]
    return f"{at} has {others[0]}" if others else ""


def elements(_, rule, value, at):
    for index, element in enumerate(value):
        found = problem(rule, element, f"{at}[{index}]")
        if found:
            return found
    return ""


def bound(good, what):
    return lambda _, limit, value, at: "" if good(value, limit) else f"{at}: {what} {limit}"


RULES = {
    "type": of_type, "enum": one_of, "required": has_required, "properties": members,
    "additionalProperties": no_others, "items": elements,
    "minItems": bound(lambda value, limit: len(value) >= limit, "fewer than"),
    "maxItems": bound(lambda value, limit: len(value) <= limit, "more than"),
    "maxLength": bound(lambda value, limit: len(value) <= limit, "longer than"),
    "minimum": bound(lambda value, limit: value >= limit, "below"),
    "maximum": bound(lambda value, limit: value <= limit, "above"),
    "pattern": bound(lambda value, limit: re.search(limit, value) is not None, "unlike")}
