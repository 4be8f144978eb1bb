"""Reads the plain files of seeds/: what ember is taught stands there, not in code.

Two forms. Sections: `[name]`, in small letters, and then one phrase per line. Blocks: lines
`key value`, blocks apart by an empty line; a key may stand often. `#` begins a comment line in
both. `\\n` within a line is a new line.
"""
import functools
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "seeds"
SECTION = re.compile(r"\[[a-z0-9 ]+\]")


class SeedError(ValueError):
    """A seed file is not well-formed; says where."""


def lines_of(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if not line.startswith("#"):
            yield number, line.rstrip().replace("\\n", "\n")


@functools.cache
def sections(name):
    """{section: (phrase, ...)} of seeds/NAME.txt."""
    found, phrases = {}, None
    for number, line in lines_of(FOLDER / f"{name}.txt"):
        if SECTION.fullmatch(line):
            phrases = found.setdefault(line[1:-1], [])
        elif line and phrases is None:
            raise SeedError(f"{name}.txt:{number}: a phrase before the first [section]")
        elif line:
            phrases.append(line)
    for section, phrases in found.items():
        if not phrases or len(set(phrases)) != len(phrases):
            raise SeedError(f"{name}.txt: [{section}] is empty or says something twice")
    return {section: tuple(phrases) for section, phrases in found.items()}


@functools.cache
def blocks(name, keys):
    """The blocks of seeds/NAME.txt as a tuple of {key: [value, ...]}; `keys` are those allowed."""
    found, block = [], {}
    for number, line in lines_of(FOLDER / f"{name}.txt"):
        if not line.strip():
            if block:
                found.append(block)
            block = {}
            continue
        key, _, value = line.partition(" ")
        if key not in keys or not value.strip():
            known = ", ".join(keys)
            raise SeedError(f"{name}.txt:{number}: '{key}' is none of {known}, or is bare")
        block.setdefault(key, []).append(value)
    return tuple(found + [block] if block else found)


def prompt(role):
    """The system prompt of a role: planner, critic or executor."""
    return (ROOT / "prompts" / f"{role}.txt").read_text(encoding="utf-8").strip()
