"""docs/openapi.yaml, read so that replies of a daemon can be held against it."""
import copy
import json
import re
from typing import NamedTuple

import jsonschema
import yaml

METHODS = ("get", "post", "put", "patch", "delete")
REFERENCE = "#/components/"
WORDS_SHOWN = 300


class Operation(NamedTuple):
    name: str
    method: str
    path: str
    facts: dict

    def target(self, parts):
        """The path of a request, whose parts in braces are these."""
        return re.sub(r"\{(\w+)\}", lambda part: parts[part.group(1)], self.path)


class Reply(NamedTuple):
    """What was asked and what came."""
    operation: str
    wanted: int  # the status
    asked: object  # the body as a value, or None
    fits: bool  # what was asked; of a request that is refused nothing else is expected
    status: int
    headers: dict  # by names in small letters
    body: bytes

    def media_type(self):
        return self.headers.get("content-type", "").split(";")[0]


def load(path):
    return yaml.safe_load(path.read_text("utf-8"))


class Description:
    def __init__(self, document):
        self.document = document
        self.validators = {}
        self.operations = {}
        for path, item in document["paths"].items():
            for method in METHODS:
                if method in item:
                    facts = item[method]
                    name = facts["operationId"]
                    assert name not in self.operations, f"{name} is there twice"
                    self.operations[name] = Operation(name, method.upper(), path, facts)

    def without(self, name):
        """The same, where nothing fits the schema of this name."""
        components = dict(self.document["components"])
        components["schemas"] = dict(components["schemas"], **{name: False})
        return Description(dict(self.document, components=components))

    def with_schema(self, name, schema):
        components = dict(self.document["components"])
        components["schemas"] = dict(components["schemas"], **{name: schema})
        return Description(dict(self.document, components=components))

    def find(self, value):
        """What a reference leads to."""
        while "$ref" in value:
            kind, name = value["$ref"].removeprefix(REFERENCE).split("/")
            value = self.document["components"][kind][name]
        return value

    def reached(self, value, known=None):
        """The names of all schemas that a part of the description leads to."""
        known = set() if known is None else known
        reference = value.get("$ref", "") if isinstance(value, dict) else ""
        name = reference.removeprefix(REFERENCE + "schemas/")
        if reference and name in known:
            return known
        if reference and name != reference:
            known.add(name)
        if reference:
            self.reached(self.find(value), known)
        elif isinstance(value, (dict, list)):
            for each in value.values() if isinstance(value, dict) else value:
                self.reached(each, known)
        return known

    def problems(self, schema, value):
        """What is wrong with a value, in lines."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            whole = {"allOf": [schema], "components": self.document["components"]}
            self.validators[key] = jsonschema.Draft202012Validator(whole)
        return map(words, self.validators[key].iter_errors(value))

    def check(self, reply):
        """What of a reply is not as it stands in the description, in lines."""
        responses = self.operations[reply.operation].facts["responses"]
        response = responses.get(str(reply.status), responses.get("default"))
        if response is None:
            yield f"the status {reply.status} is none of {list(responses)}"
            return
        response = self.find(response)
        yield from self.check_headers(response, reply)
        content = response.get("content")
        if content is None:
            if reply.body:
                yield "there is a body"
        elif reply.media_type() not in content:
            yield f"{reply.headers.get('content-type')} is none of {list(content)}"
        else:
            yield from self.check_body(content[reply.media_type()], reply)

    def check_headers(self, response, reply):
        wanted = {"X-Request-Id"}
        for name, header in response.get("headers", {}).items():
            if self.find(header).get("required"):
                wanted.add(name)
        for name in sorted(wanted):
            if name.lower() not in reply.headers:
                yield f"the header {name} is missing"

    def check_body(self, media, reply):
        text = reply.body.decode("utf-8")
        if reply.media_type() == "text/event-stream":
            yield from self.check_events(media, text)
        elif reply.media_type() == "application/x-ndjson":
            yield from self.check_pieces(media, text.splitlines())
        elif reply.media_type() == "text/plain":
            yield from self.problems(media["schema"], text)
        else:
            yield from self.problems(media["schema"], json.loads(text))

    def check_pieces(self, media, texts):
        if not texts:
            yield "the stream is empty"
        for text in texts:
            yield from self.problems(media["x-event-schema"], json.loads(text))

    def check_events(self, media, text):
        events = events_of(text)
        known = media.get("x-event-names", [None])
        yield from (f"{event.name} is no name of an event" for event in events
                    if event.name not in known)
        texts = [event.data for event in events]
        end = media.get("x-event-end")
        if end is not None and texts and not is_error(texts[-1]) and texts.pop() != end:
            yield f"the last event is not {end}"
        yield from self.check_pieces(media, texts)


class Event(NamedTuple):
    name: str  # or None
    id: str  # or None
    data: str


def events_of(text):
    events = []
    for block in text.split("\n\n"):
        lines = [line.split(": ", 1) for line in block.splitlines() if not line.startswith(":")]
        fields = dict(lines)
        if "data" in fields:
            events.append(Event(fields.get("event"), fields.get("id"), fields["data"]))
    return events


def is_error(text):
    return text.startswith('{"error"')


def words(error):
    # Of several that could have fitted, the one that came furthest says most.
    while error.context:
        error = max(error.context, key=lambda each: len(each.absolute_path))
    place = "/".join(str(part) for part in error.absolute_path)
    return f"{place or 'it'}: {error.message}"[:WORDS_SHOWN]


def renamed(schema):
    """Copies of a schema, in each of which one required member has another name."""
    for name in schema.get("required", []) if isinstance(schema, dict) else []:
        other = copy.deepcopy(schema)
        other["required"] = [f"{each}_" if each == name else each for each in other["required"]]
        if name in other.get("properties", {}):
            other["properties"][f"{name}_"] = other["properties"].pop(name)
        yield name, other
