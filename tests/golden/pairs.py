"""What a golden pair says, and how a reply differs from it (docs/formats/golden.md)."""
import json
import re

ANY = "<any>"
MORE = "<more>"
KINDS = {"<text>": (str,), "<number>": (int, float), "<list>": (list,), "<object>": (dict,)}
SHOWN_MAX = 200


def request_of(golden):
    """Method, path, body as bytes or None, and headers."""
    body = golden.get("body")
    raw = body if body is None or isinstance(body, str) else json.dumps(body)
    encoded = None if raw is None else raw.encode()
    return golden["method"], golden["path"], encoded, golden.get("headers", {})


def reply_of(status, headers, body):
    """What came, in the form of a golden response, with all headers."""
    text = body.decode("utf-8")
    reply = {"status": status, "headers": headers}
    kind = headers.get("content-type", "").partition(";")[0]
    if kind == "text/event-stream":
        return reply | {"events": events_of(text)}
    if kind == "application/x-ndjson":
        return reply | {"lines": [json.loads(line) for line in text.splitlines()]}
    return reply | {"body": json.loads(text) if kind == "application/json" and text else text}


def events_of(text):
    """{"data": …}, with "event" where it has a name; comments are left out."""
    events = []
    for block in text.split("\n\n"):
        fields = [line.partition(": ") for line in block.splitlines()]
        named = {name: value for name, _, value in fields if name}
        if "data" not in named:
            continue
        data = named["data"]
        named["data"] = json.loads(data) if data.startswith("{") else data
        events.append(named)
    return events


def differences(golden, said):
    """Texts, each with the path of what is not as it should be; of headers those named count."""
    found = []
    for name, value in golden.items():
        if name == "headers":
            said_headers = said["headers"]
            for header, wanted in value.items():
                found += compare(wanted, said_headers.get(header), f"headers.{header}")
        elif name not in said:
            found.append(f"{name}: is missing; there is {sorted(said)}")
        else:
            found += compare(value, said[name], name)
    return found


def compare(golden, said, path):
    if isinstance(golden, str):
        return compare_text(golden, said, path)
    if type(golden) is not type(said) and not both_numbers(golden, said):
        return [difference(golden, said, path)]
    if isinstance(golden, dict):
        return compare_members(golden, said, path)
    if isinstance(golden, list):
        return compare_elements(golden, said, path)
    return [] if golden == said else [difference(golden, said, path)]


def both_numbers(golden, said):
    return is_number(golden) and is_number(said)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def compare_text(golden, said, path):
    if golden == ANY:
        return []
    if golden in KINDS:
        fits = is_number(said) if golden == "<number>" else isinstance(said, KINDS[golden])
    else:
        pattern = ".*".join(re.escape(part) for part in golden.split(ANY))
        fits = isinstance(said, str) and re.fullmatch(pattern, said, re.S) is not None
    return [] if fits else [difference(golden, said, path)]


def compare_members(golden, said, path):
    found = [f"{path}.{name}: is missing" for name in golden if name not in said]
    found += [f"{path}.{name}: is not in the golden reply" for name in said if name not in golden]
    for name in golden:
        if name in said:
            found += compare(golden[name], said[name], f"{path}.{name}")
    return found


def compare_elements(golden, said, path):
    """Behind "<more>" stand as many more that are like the one before it as there are."""
    found, at = [], 0
    for place, element in enumerate(golden):
        if element != MORE:
            if at >= len(said):
                return found + [f"{path}[{at}]: is missing"]
            found += compare(element, said[at], f"{path}[{at}]")
            at += 1
            continue
        rest = len([one for one in golden[place:] if one != MORE])
        while at < len(said) - rest:
            found += compare(golden[place - 1], said[at], f"{path}[{at}]")
            at += 1
    if at < len(said):
        found.append(f"{path}[{at}]: is not in the golden reply")
    return found


def difference(golden, said, path):
    return f"{path}: is {json.dumps(said)[:SHOWN_MAX]}, not {json.dumps(golden)[:SHOWN_MAX]}"
