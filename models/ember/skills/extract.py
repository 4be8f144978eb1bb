"""Turns a sentence into a JSON object of the fields that were asked for."""
import json
import re

from workshop.phrases import Phrases
from workshop.skill import Skill
from workshop.words import with_articles

EXTRACT = Phrases("extract")
SLOT = re.compile(r"\{(\w+):(\w+)\}")
NUMBERS = ("small", "number", "port", "floor", "year")
SCHEMA_SHARE = 0.5


def filled(rng, fill):
    """(text, {field: value}) of one phrase."""
    values = {}

    def put(match):
        value = fill.pick(rng, match[2])
        values[match[1]] = int(value) if match[2] in NUMBERS else value
        return str(value)

    return with_articles(SLOT.sub(put, EXTRACT.pick(rng, fill.split, "text"))), values


def spoken(names):
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def schema_of(wanted):
    properties = {name: {"type": "integer" if isinstance(value, int) else "string"}
                  for name, value in wanted.items()}
    schema = {"type": "object", "additionalProperties": False, "required": list(wanted),
              "properties": properties}
    return {"type": "json_schema", "json_schema": {"name": "fields", "schema": schema}}


class Extract(Skill):
    name = "extract"
    why = "fields of a sentence as JSON"

    def make(self, rng, fill):
        text, values = filled(rng, fill)
        names = list(values)
        if rng.random() < 0.5:
            rng.shuffle(names)
        names = names[:max(1, len(names) - int(rng.random() * 3))]
        wanted = {name: values[name] for name in names}
        prompt = EXTRACT.pick(rng, fill.split, "ask").replace("{fields}", spoken(names))
        schema = schema_of(wanted) if rng.random() < SCHEMA_SHARE else None
        return self.case(prompt.replace("{text}", text), json.dumps(wanted, ensure_ascii=False),
                         {"json": wanted}, response_format=schema, max_tokens=200)
