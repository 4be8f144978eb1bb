"""Judges a reply by what was expected of it. An expectation is a small JSON object:

  {"exact": [texts]}                the reply is one of them, blanks and a last full stop aside
  {"span": text, "not": [texts]}    the reply holds the text and none of the others
  {"number": "12"}                  the last number in the reply is this one
  {"all": [texts]}                  the reply holds every text, whatever the case of letters
  {"any": [texts]}                  the reply holds one of the texts, whatever the case
  {"json": value}                   the reply is JSON and equal to this
  {"call": {"name", "arguments"}}   one call, of this tool with these arguments
  {"no_call": true, …}              no call, and whatever else the object says
A "most" beside any of them is the most characters of a reply.
"""
import json
import re

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
REPLY_MOST = 2000
SHOWN = 120


def plain(text):
    text = re.sub(r"\s+", " ", text).strip()
    return text[:-1].strip() if text.endswith(".") else text


def in_word(character):
    return character.isalnum() or character == "_"


def holds(text, part):
    """Whether the part stands in the text, not within a longer word or number."""
    at = text.find(part)
    while at >= 0:
        end = at + len(part)
        before = at > 0 and in_word(text[at - 1]) and in_word(part[0])
        after = end < len(text) and in_word(text[end]) and in_word(part[-1])
        if not before and not after:
            return True
        at = text.find(part, at + 1)
    return False


def read_json(text):
    """(value, problem)."""
    try:
        return json.loads(text), ""
    except ValueError as error:
        return None, f"is no JSON ({error}): {text[:SHOWN]}"


def check_call(wanted, reply):
    calls = reply.get("tool_calls") or []
    if len(calls) != 1:
        return f"{len(calls)} calls; said: {(reply.get('content') or '')[:SHOWN]}"
    function = calls[0]["function"]
    if function["name"] != wanted["name"]:
        return f"called {function['name']}, not {wanted['name']}"
    arguments, problem = read_json(function["arguments"])
    if problem:
        return problem
    if arguments != wanted["arguments"]:
        return f"arguments {json.dumps(arguments)}, not {json.dumps(wanted['arguments'])}"
    return ""


def check_exact(wanted, text):
    return "" if plain(text) in {plain(one) for one in wanted} else f"said: {text[:SHOWN]}"


def check_number(wanted, text):
    numbers = NUMBER.findall(text)
    return "" if numbers and numbers[-1] == wanted else f"not {wanted}: {text[:SHOWN]}"


def check_json(wanted, text):
    value, problem = read_json(text)
    if problem:
        return problem
    same = json.dumps(value, sort_keys=True) == json.dumps(wanted, sort_keys=True)
    return "" if same else f"not equal: {text[:SHOWN]}"


def check_text(expected, text):
    if "exact" in expected:
        return check_exact(expected["exact"], text)
    if "number" in expected:
        return check_number(expected["number"], text)
    if "json" in expected:
        return check_json(expected["json"], text)
    low = text.lower()
    if "span" in expected and not holds(text, expected["span"]):
        return f"'{expected['span']}' is missing: {text[:SHOWN]}"
    for other in expected.get("not", ()):
        if holds(text, other):
            return f"'{other}' is wrong: {text[:SHOWN]}"
    for part in expected.get("all", ()):
        if part.lower() not in low:
            return f"'{part}' is missing: {text[:SHOWN]}"
    if "any" in expected and not any(part.lower() in low for part in expected["any"]):
        return f"none of {expected['any'][:4]}: {text[:SHOWN]}"
    return ""


def check(expected, reply):
    if "call" in expected:
        return check_call(expected["call"], reply)
    text = reply.get("content") or ""
    if reply.get("tool_calls"):
        return f"called {reply['tool_calls'][0]['function']['name']} where none was wanted"
    if not text.strip():
        return "said nothing"
    if len(text) > expected.get("most", REPLY_MOST):
        return f"too long, {len(text)} characters: {text[:SHOWN]}"
    return check_text(expected, text)
