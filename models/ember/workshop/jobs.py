"""Tasks of several steps: what is asked, with which tools, and the plan that does it.

A Job is made of Parts, each a tool's call, something for the model, or a question to the user.
`<0>` in a part's values and instruction stands for the result of part 0.
"""
import re
from dataclasses import dataclass, field

from workshop import operations
from workshop.checks import holds
from workshop.invention import pick
from workshop.kit import Kit
from workshop.phrases import Phrases
from workshop.words import capital

JOBS = Phrases("jobs")
REFERENCE = re.compile(r"<(\d)>")
TITLES = {"read": "read the file", "write": "write the file", "append": "append to the file",
          "list": "list the folder", "search": "search the files", "fetch": "fetch the page",
          "send": "send the message", "remember": "store the result",
          "recall": "search the memory", "delete": "delete the file", "test": "run the tests",
         "run": "run the command", "calculate": "calculate it", "date": "look up the date"}
CHAIN_SHARE, TYPED_SHARE = 0.12, 0.25
WISH_SHARE, UNNAMED_SHARE, HERE_SHARE = 0.2, 0.3, 0.3


@dataclass
class Part:
    kind: str  # tool, llm or ask_user
    short: str  # read notes.txt
    title: str  # read the file
    instruction: str
    uses: list = field(default_factory=list)
    role: str = ""
    values: list = field(default_factory=list)


@dataclass
class Job:
    task: str
    parts: list
    criterion: str
    operation: operations.Operation = None


def tool_part(role, short, values, uses=()):
    instruction = short[0].upper() + short[1:] + "."
    if uses:
        instruction = {"write": f"Write <{uses[0]}> to {values[0]}.",
                       "append": f"Append <{uses[0]}> to {values[0]}.",
                       "send": f"Send <{uses[0]}> to {values[0]}.",
                       "remember": f"Store <{uses[0]}> in the memory."}[role]
    return Part("tool", short, TITLES[role], instruction, list(uses), role, values)


def model_part(short, uses):
    if not uses:
        return Part("llm", short, short, short[0].upper() + short[1:] + ".")
    on = " and ".join(f"<{use}>" for use in uses)
    return Part("llm", short, short, f"{short[0].upper() + short[1:]}, from {on}.", list(uses))


def phrased(rng, fill, section, **slots):
    text = JOBS.pick(rng, fill.split, section)
    for key, value in slots.items():
        text = text.replace("{%s}" % key, value)
    return text


def source_of(rng, fill, kind):
    """(slots, the part that gets the content)."""
    if kind == "read":
        file = fill.pick(rng, "file")
        return {"read": file, "file": file}, tool_part("read", f"read {file}", [file])
    if kind == "fetch":
        url = fill.pick(rng, "url")
        return {"fetch": url, "url": url}, tool_part("fetch", f"fetch {url}", [url])
    query = fill.pick(rng, "thing")
    part = tool_part("recall", f"look up {query} in the memory", [query])
    return {"recall": query, "query": query}, part


def sink_of(rng, fill, kind, at, taken):
    """(slots, the part that puts the result of part `at`, where it is then)."""
    source = f"<{at}>"
    if kind in ("write", "append"):
        out = fill.pick(rng, "file")
        while out in taken:
            out = fill.pick(rng, "file")
        return {"out": out}, tool_part(kind, f"{kind} {'to ' if kind == 'append' else ''}{out}",
                                       [out, source], (at,)), out
    if kind == "send":
        name = fill.pick(rng, "name")
        return {"name": name}, tool_part("send", f"tell {name}", [name, source], (at,)), name
    return {}, tool_part("remember", "store it in the memory", [source], (at,)), "The memory"


PATHS = (("read", "write"),) * 6 + (("read", "answer"),) * 5 + (
    ("read", "append"), ("read", "append"), ("read", "send"), ("read", "remember"),
    ("fetch", "write"), ("fetch", "answer"), ("recall", "answer"), ("recall", "write"))


def doable(rng, fill):
    """Content from somewhere, one operation that ember can do, and somewhere for the result."""
    return transformation(rng, fill, operations.operation(rng, fill), pick(rng, PATHS))


def transforming(rng, fill):
    """The same for the planner alone, who may also plan what a larger model has to do."""
    path = pick(rng, PATHS)
    if path[1] != "answer" and rng.random() < CHAIN_SHARE:
        return chained(rng, fill, path[0])
    if rng.random() < WISH_SHARE:
        does, _, noun = JOBS.pick(rng, fill.split, "wishes").partition(" | ")
        return transformation(rng, fill, operations.Operation("wish", does, noun, "", ""), path)
    return transformation(rng, fill, operations.operation(rng, fill), path)


def transformation(rng, fill, operation, path):
    source, sink = path
    slots, first = source_of(rng, fill, source)
    parts = [first, model_part(operation.does, [0])]
    criterion = f"The answer is {operation.noun}."
    if sink != "answer":
        more, part, where = sink_of(rng, fill, sink, 1, list(slots.values()))
        slots.update(more)
        parts.append(part)
        verb = "knows" if sink == "send" else "has"
        criterion = f"{where} {verb} {operation.noun}."
    task = phrased(rng, fill, f"{source} {sink}", op=operation.does, Op=capital(operation.does),
                   noun=operation.noun, **slots)
    return Job(task, parts, criterion, operation)


def chained(rng, fill, source):
    """Two operations, one after the other, and a file for the result."""
    slots, part = source_of(rng, fill, source)
    one, two = operations.operation(rng, fill), operations.operation(rng, fill)
    while two.does == one.does:
        two = operations.operation(rng, fill)
    more, sink, where = sink_of(rng, fill, "write", 2, list(slots.values()))
    what = slots[source] if source == "read" else part.short
    task = phrased(rng, fill, "chain read" if source == "read" else "chain", what=what,
                   op=one.does, op2=two.does, **more)
    parts = [part, model_part(one.does, [0]), model_part(two.does, [1]), sink]
    return Job(capital(task), parts, f"{where} has the result of both.")


def searching(rng, fill):
    text = fill.pick(rng, "token")
    first = tool_part("search", f"search for {text}", [text])
    if rng.random() < 0.5:
        task = phrased(rng, fill, "search answer", text=text)
        return Job(task, [first, model_part("name the files that were found", [0])],
                   f"The answer names the files that mention {text}.")
    out = fill.pick(rng, "file")
    task = phrased(rng, fill, "search write", text=text, out=out)
    return Job(task, [first, tool_part("write", f"write {out}", [out, "<0>"], (0,))],
               f"{out} has the files that mention {text}.")


def listing(rng, fill):
    form, folder = "list", fill.pick(rng, "path").rsplit(".", 1)[0]
    if rng.random() < HERE_SHARE:
        form, folder = "here", "."
    name = folder if form == "list" else "this folder"
    first = tool_part("list", f"list {name}", [folder])
    if rng.random() < 0.5:
        return Job(phrased(rng, fill, f"{form} answer", folder=folder),
                   [first, model_part("name the files", [0])],
                   f"The answer names the files of {name}.")
    out = fill.pick(rng, "file")
    return Job(phrased(rng, fill, f"{form} write", folder=folder, out=out),
               [first, tool_part("write", f"write {out}", [out, "<0>"], (0,))],
               f"{out} has the files of {name}.")


def copying(rng, fill):
    file, out = fill.picks(rng, "file", 2)
    return Job(phrased(rng, fill, "copy", file=file, out=out),
               [tool_part("read", f"read {file}", [file]),
                tool_part("write", f"write {out}", [out, "<0>"], (0,))],
               f"{out} has the text of {file}.")


def of_two(rng, fill):
    file, file2, out = fill.picks(rng, "file", 3)
    reads = [tool_part("read", f"read {file}", [file]), tool_part("read", f"read {file2}", [file2])]
    if rng.random() < 0.5:
        return Job(phrased(rng, fill, "two answer", file=file, file2=file2),
                   reads + [model_part("compare both texts", [0, 1])],
                   f"The answer says how {file} and {file2} differ.")
    return Job(phrased(rng, fill, "two write", file=file, file2=file2, out=out),
               reads + [model_part("join both texts", [0, 1]),
                        tool_part("write", f"write {out}", [out, "<2>"], (2,))],
               f"{out} has both texts.")


def deleting(rng, fill):
    file = fill.pick(rng, "file")
    ask = Part("ask_user", f"ask whether to delete {file}", "ask the user",
               f"May {file} be deleted?")
    delete = tool_part("delete", f"delete {file}", [file])
    delete.uses = [0]
    return Job(phrased(rng, fill, "delete", file=file), [ask, delete], f"{file} is deleted.")


def coding(rng, fill):
    function, file, section = fill.pick(rng, "identifier").lower(), "solution.py", "unnamed code"
    does = JOBS.pick(rng, fill.split, "does")
    short = f"write a function that {does}"
    if rng.random() > UNNAMED_SHARE:
        file, section = f"{fill.pick(rng, 'word')}.py", "code"
        short = f"write {function}, which {does}"
    test = tool_part("test", f"run the tests of {file}", [file])
    test.uses = [1]
    return Job(phrased(rng, fill, section, function=function, file=file, does=does),
               [model_part(short, []),
                tool_part("write", f"write {file}", [file, "<0>"], (0,)), test],
               f"The tests of {file} pass.")


def testing(rng, fill):
    file, out = f"{fill.pick(rng, 'word')}.py", fill.pick(rng, "file")
    return Job(phrased(rng, fill, "tests", file=file, out=out),
               [tool_part("test", f"run the tests of {file}", [file]),
                tool_part("write", f"write {out}", [out, "<0>"], (0,))],
               f"{out} has the result of the tests.")


def asking(rng, fill, role, short, value, slots):
    """One tool without anything before it, whose result is the answer or goes into a file."""
    first = tool_part(role, short, value)
    if rng.random() < 0.4:
        task = phrased(rng, fill, f"{role} answer", **slots)
        return Job(task, [first], f"The answer is {slots['noun']}.")
    out = fill.pick(rng, "file")
    sink = pick(rng, ("write", "write", "append"))
    part = tool_part(sink, f"{sink} {'to ' if sink == 'append' else ''}{out}", [out, "<0>"], (0,))
    task = phrased(rng, fill, f"{role} {sink}", out=out, **slots)
    return Job(task, [first, part], f"{out} has {slots['noun']}.")


def running(rng, fill):
    command = JOBS.pick(rng, fill.split, "commands")
    for kind in ("file", "word", "extensions"):
        command = command.replace("{%s}" % kind, fill.pick(rng, kind))
    return asking(rng, fill, "run", f"run {command}", [command],
                  {"command": command, "noun": f"what {command} prints"})


def calculating(rng, fill):
    sum_ = fill.pick(rng, "sum")
    return asking(rng, fill, "calculate", f"calculate {sum_}", [sum_],
                  {"sum": sum_, "noun": f"the result of {sum_}"})


def dating(rng, fill):
    return asking(rng, fill, "date", "look up the date", [], {"noun": "the date of today"})


def thinking(rng, fill):
    task = phrased(rng, fill, "think", thing=f"the {fill.pick(rng, 'thing')}")
    short = task.rstrip(".")
    return Job(task, [model_part(short[0].lower() + short[1:], [])],
               "The answer does what is asked.")


MAKERS = (transforming,) * 12 + (searching,) * 2 + (listing,) * 2 + (
    copying, copying, of_two, of_two, deleting, coding, coding, testing, thinking, running,
    calculating, calculating, dating)


def roles_of(found):
    """Each once, in the order of the parts."""
    return list(dict.fromkeys(part.role for part in found.parts if part.role))


def typed(task):
    """As people type it."""
    first = task.split(" ")[0]
    small = first.isalpha() and first != "I"
    return (task[0].lower() + task[1:] if small else task).rstrip(".")


def job(rng, fill):
    """(Job, Kit)"""
    while True:
        found = pick(rng, MAKERS)(rng, fill)
        fixed = [value for part in found.parts for value in part.values
                 if value != "." and not REFERENCE.fullmatch(value)]
        if not any(a != b and holds(a, b) for a in fixed for b in fixed):
            if rng.random() < TYPED_SHARE:
                found.task = typed(found.task)
            return found, Kit(rng, fill, roles_of(found))


def bound(text):
    return REFERENCE.sub(lambda match: "${s%d.output}" % (int(match[1]) + 1), text)


def step_of(at, part, kit):
    """One part as a step of a plan."""
    step = {"id": f"s{at + 1}", "kind": part.kind, "title": capital(part.title)[:80],
            "instruction": bound(part.instruction)}
    if part.kind == "tool":
        step["tool"] = kit.name(part.role)
        step["args"] = {name: bound(value) for name, value in kit.arguments(part).items()}
    step["depends_on"] = [f"s{use + 1}" for use in part.uses]
    return step


def plan_of(found, kit):
    titles = [part.title for part in found.parts]
    reason = f"First {', then '.join(titles)}." if len(titles) > 1 else f"One step: {titles[0]}."
    return {"reason": reason, "goal": found.task, "success_criteria": [found.criterion],
            "steps": [step_of(at, part, kit) for at, part in enumerate(found.parts)],
            "final": {"from": [f"s{len(found.parts)}"], "format": "text"}}


def task_prompt(found, kit):
    return f"Task: {found.task}\nTools:\n{kit.listed()}"
