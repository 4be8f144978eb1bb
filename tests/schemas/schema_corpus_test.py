#!/usr/bin/env python3
"""Random documents of every schema of the corpus are valid, says python3-jsonschema.

    schema_corpus_test.py TOOL FOLDER [COUNT [SEED]]

TOOL is sample-schema, or another that writes documents as it does.

Numbers are read as decimals, so multipleOf is exact; patterns are read as ECMA-262 means them.
"""
import datetime
import decimal
import ipaddress
import json
import pathlib
import re
import subprocess
import sys
import uuid

import jsonschema

SCHEMAS_LEAST = 200
SHOWN_MAX = 20
FORMATS = jsonschema.FormatChecker(formats=())

SPACE = "\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"
OUTSIDE = {"s": f"[{SPACE}]", "S": f"[^{SPACE}]"}
TOKEN = re.compile(r"\\u\{[0-9A-Fa-f]+\}|\\.|.", re.S)


def python_pattern(pattern):
    """The same expression for Python: \\s, the dot and $ mean something else there."""
    parts, in_class = [], False
    for token in TOKEN.findall(pattern):
        if token.startswith("\\u{"):
            token = "\\U%08x" % int(token[3:-1], 16)
        elif token == "\\/":
            token = "/"
        elif token[0] == "\\" and token[1] in OUTSIDE:
            token = SPACE if in_class else OUTSIDE[token[1]]
        elif token == "." and not in_class:
            token = "[^\\n\\r\\u2028\\u2029]"
        elif token == "$" and not in_class:
            token = "\\Z"
        elif token == "[" and not in_class:
            in_class = True
        elif token == "[":
            token = "\\["
        elif token == "]":
            in_class = False
        parts.append(token)
    return "".join(parts).replace("(?<", "(?P<")


def search(pattern, text):
    return re.search(python_pattern(pattern), text, re.ASCII)


def check_pattern(validator, pattern, instance, schema):
    if validator.is_type(instance, "string") and not search(pattern, instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


def check_pattern_properties(validator, patterns, instance, schema):
    if validator.is_type(instance, "object"):
        for pattern, subschema in patterns.items():
            for key, value in instance.items():
                if search(pattern, key):
                    yield from validator.descend(value, subschema, path=key, schema_path=pattern)


def check_others(validator, others, instance, schema):
    if not validator.is_type(instance, "object"):
        return
    for key, value in instance.items():
        listed = key in schema.get("properties", {}) or any(
            search(pattern, key) for pattern in schema.get("patternProperties", {}))
        if not listed:
            yield from validator.descend(value, others, path=key)


def exact(validator):
    return jsonschema.validators.extend(validator, {
        "pattern": check_pattern, "patternProperties": check_pattern_properties,
        "additionalProperties": check_others})


def parses(function, *errors):
    def check(value):
        if not isinstance(value, str):
            return True
        try:
            function(value)
        except (ValueError, *errors):
            return False
        return True
    return check


def check_time(value):
    datetime.time.fromisoformat(value.replace("Z", "+00:00"))
    if not re.fullmatch(r".*(Z|[+-]\d\d:\d\d)", value):
        raise ValueError(value)


def check_date_time(value):
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value):
        raise ValueError(value)
    datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", value).replace("Z", "+00:00"))


def check_date(value):
    if len(value) != 10:
        raise ValueError(value)
    datetime.date.fromisoformat(value)


def check_email(value):
    local, _, domain = value.rpartition("@")
    if not local or "@" in local or "." not in domain or ".." in value or " " in value:
        raise ValueError(value)


def check_hostname(value):
    labels = value.split(".")
    good = all(re.fullmatch(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)", label) for label in labels)
    if not good or len(value) > 253:
        raise ValueError(value)


def check_uri(value):
    allowed = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2}"
    if not re.fullmatch(rf"[A-Za-z][A-Za-z0-9+.-]*:(?:{allowed})*", value) or value.count("#") > 1:
        raise ValueError(value)


def check_duration(value):
    if not re.fullmatch(r"P(?=.)(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?)", value):
        raise ValueError(value)


def check_json_pointer(value):
    if not re.fullmatch(r"(/([^~/]|~[01])*)*", value, re.S):
        raise ValueError(value)


for name, function in {
        "date": check_date, "time": check_time, "date-time": check_date_time,
        "duration": check_duration, "email": check_email, "hostname": check_hostname,
        "ipv4": ipaddress.IPv4Address, "ipv6": ipaddress.IPv6Address, "uri": check_uri,
        "uuid": uuid.UUID, "json-pointer": check_json_pointer}.items():
    FORMATS.checkers[name] = (parses(function), ())


def validator_of(path):
    schema = json.loads(path.read_text(encoding="utf-8"), parse_float=decimal.Decimal)
    draft = jsonschema.validators.validator_for(
        schema, default=jsonschema.Draft202012Validator)
    return exact(draft)(schema, format_checker=FORMATS)


def problems_of(validator, line):
    try:
        document = json.loads(line, parse_float=decimal.Decimal)
        line.encode("utf-8")
    except ValueError as error:
        return [f"is no JSON: {error}"]
    return [error.message[:200] for error in validator.iter_errors(document)][:3]


def main():
    tool, folder = sys.argv[1].split(), pathlib.Path(sys.argv[2])
    count = sys.argv[3] if len(sys.argv) > 3 else "60"
    seed = sys.argv[4] if len(sys.argv) > 4 else "4"
    paths = sorted(folder.glob("*.json"))
    said = subprocess.run([*tool, count, seed, *map(str, paths)], check=True,
                          capture_output=True).stdout.decode("utf-8")
    failures, documents, different, name = [], 0, set(), ""
    for line in said.split("\n"):
        if line.startswith("# "):
            name = pathlib.Path(line[2:]).name
            validator = validator_of(folder / name)
        elif line.startswith("! "):
            failures.append(f"{name}: refused: {line[2:]}")
        elif line:
            documents += 1
            different.add((name, line))
            failures += [f"{name}: {problem}\n    in {line[:300]}"
                         for problem in problems_of(validator, line)]
    for failure in failures[:SHOWN_MAX]:
        print(failure)
    print(f"{len(paths)} schemas, {documents} documents ({len(different)} different), "
          f"{len(failures)} failures")
    if len(paths) < SCHEMAS_LEAST:
        print(f"there should be at least {SCHEMAS_LEAST} schemas")
        return 1
    if documents != len(paths) * int(count):
        print("some documents are missing")
        return 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
