"""Spoils a good plan in one way, and says in which; what the critic has to find.

Each function takes (rng, fill, job, kit, plan), changes the plan and returns a Defect, or None
where the plan has nothing to spoil so.
"""
from dataclasses import dataclass

from workshop import operations, seeds
from workshop.invention import pick
from workshop.jobs import REFERENCE
from workshop.kit import ROLES

KEYS = ("defect", "category", "severity", "verdict", "problem", "fix")
WORDS = {block["defect"][0]: block for block in seeds.blocks("critique", KEYS)}


@dataclass
class Defect:
    kind: str
    target: str
    what: str = ""
    right: str = ""

    def issue(self):
        block = WORDS[self.kind]

        def put(text):
            return text.replace("{id}", self.target).replace("{what}", self.what).replace(
                "{right}", self.right)

        return {"target": self.target, "severity": block["severity"][0],
                "category": block["category"][0], "problem": put(block["problem"][0]),
                "fix": put(block["fix"][0])}

    def verdict(self):
        return WORDS[self.kind]["verdict"][0]


def renumber(plan, gone):
    """Takes one step out and gives the others new ids; what used it uses what it used, if any."""
    steps = plan["steps"]
    lost = steps.pop(gone)
    instead = lost["depends_on"][0] if lost["depends_on"] else ""
    names = {step["id"]: f"s{at}" for at, step in enumerate(steps, 1)}
    names[lost["id"]] = names.get(instead, "")
    for step in steps:
        step["id"] = names[step["id"]]
        step["depends_on"] = list(dict.fromkeys(
            names[use] for use in step["depends_on"] if names[use]))
        step["instruction"] = renamed(step["instruction"], names)
        step["args"] = {key: renamed(value, names) for key, value in step.get("args", {}).items()}
        if step["kind"] != "tool":
            del step["args"]
    plan["final"]["from"] = [f"s{len(steps)}"]


def renamed(text, names):
    if not isinstance(text, str):
        return text
    for old in sorted(names, reverse=True):
        text = text.replace("${%s.output}" % old, "\0%s" % (names[old] or "?"))
    while "\0" in text:
        before, _, after = text.partition("\0")
        name = after[:2] if not after.startswith("?") else ""
        rest = after[len(name) or 1:]
        text = before + (f"${{{name}.output}}" if name else "the text") + rest
    return text


def shortened(plan, job):
    plan["reason"] = "First " + ", then ".join(
        step["title"][0].lower() + step["title"][1:] for step in plan["steps"]) + "."


def missing(kind, at):
    def spoil(rng, fill, job, kit, plan):
        index = at if at >= 0 else len(job.parts) - 1
        if len(job.parts) < 3 - (kind == "missing_sink") or job.parts[index].kind == "ask_user":
            return None
        if kind == "missing_middle" and job.parts[index].kind != "llm":
            return None
        if kind == "missing_sink" and job.parts[index].kind != "tool":
            return None
        renumber(plan, index)
        shortened(plan, job)
        return Defect(kind, "plan", job.parts[index].short)
    return spoil


def order(rng, fill, job, kit, plan):
    """Two steps swapped: the first of them now uses the second."""
    at = [index for index, part in enumerate(job.parts) if index and index - 1 in part.uses]
    if not at:
        return None
    index = pick(rng, at)
    steps = plan["steps"]
    steps[index - 1], steps[index] = steps[index], steps[index - 1]
    names = {step["id"]: f"s{new}" for new, step in enumerate(steps, 1)}
    for step in steps:
        step["id"] = names[step["id"]]
        step["depends_on"] = [names[use] for use in step["depends_on"]]
        step["instruction"] = renamed(step["instruction"], names)
        if "args" in step:
            step["args"] = {key: renamed(value, names) for key, value in step["args"].items()}
    shortened(plan, job)
    return Defect("order", f"s{index}", f"s{index + 1}")


def unknown_dependency(rng, fill, job, kit, plan):
    at = [index for index, part in enumerate(job.parts) if len(part.uses) == 1]
    if not at:
        return None
    step = plan["steps"][pick(rng, at)]
    right, wrong = step["depends_on"][0], f"s{len(job.parts) + 1 + int(rng.random() * 4)}"
    step["depends_on"] = [wrong]
    step["instruction"] = renamed(step["instruction"], {right: wrong})
    if "args" in step:
        step["args"] = {key: renamed(value, {right: wrong}) for key, value in step["args"].items()}
    return Defect("unknown_dependency", step["id"], wrong, right)


def tool_steps(job):
    return [index for index, part in enumerate(job.parts) if part.kind == "tool"]


def unknown_tool(rng, fill, job, kit, plan):
    if not tool_steps(job):
        return None
    step = plan["steps"][pick(rng, tool_steps(job))]
    right = step["tool"]
    names = {tool["function"]["name"] for tool in kit.tools}
    wrong = right
    while wrong in names:
        made_up = f"{fill.pick(rng, 'verbs')}_{fill.pick(rng, 'nouns')}"
        wrong = pick(rng, (made_up, fill.pick(rng, "word"), pick(rng, tuple(ROLES.values()))))
    step["tool"] = wrong
    return Defect("unknown_tool", step["id"], wrong, right)


def wrong_tool(rng, fill, job, kit, plan):
    others = [role for role in kit.by_role if role not in {part.role for part in job.parts}]
    if not others or not tool_steps(job):
        return None
    step = plan["steps"][pick(rng, tool_steps(job))]
    right, (wrong, names) = step["tool"], kit.by_role[pick(rng, others)]
    step["tool"] = wrong
    step["args"] = dict(zip(names, step["args"].values()))
    return Defect("wrong_tool", step["id"], wrong, right)


def wrong_argument(rng, fill, job, kit, plan):
    """A file, address or name that is not the one of the task."""
    at = [index for index in tool_steps(job) if job.parts[index].values and
          not REFERENCE.fullmatch(job.parts[index].values[0])]
    if not at:
        return None
    index = pick(rng, at)
    part, step = job.parts[index], plan["steps"][index]
    right = part.values[0]
    wrong = spoiled_value(rng, fill, right)
    name = kit.by_role[part.role][1][0]
    step["args"][name] = wrong
    if rng.random() < 0.5:
        step["instruction"] = step["instruction"].replace(right, wrong)
    return Defect("wrong_argument", step["id"], wrong, right)


def spoiled_value(rng, fill, right):
    if "://" in right:
        return fill.pick(rng, "url")
    if "." in right and rng.random() < 0.7:
        stem, _, end = right.rpartition(".")
        return f"{stem}.{fill.pick(rng, 'extensions')}" if rng.random() < 0.3 and end != "py" \
            else fill.pick(rng, "file")
    return fill.pick(rng, "file" if "." in right else "word")


def missing_argument(rng, fill, job, kit, plan):
    at = [index for index in tool_steps(job) if job.parts[index].values]
    if not at:
        return None
    step = plan["steps"][pick(rng, at)]
    gone = pick(rng, list(step["args"]))
    del step["args"][gone]
    return Defect("missing_argument", step["id"], gone)


def wrong_goal(rng, fill, job, kit, plan):
    """The model's step does something else than the task wants."""
    at = [index for index, part in enumerate(job.parts) if part.kind == "llm" and part.uses]
    if not at or job.operation is None:
        return None
    index = at[0]
    other = operations.operation(rng, fill)
    while other.key == job.operation.key:
        other = operations.operation(rng, fill)
    part, step = job.parts[index], plan["steps"][index]
    step["title"] = other.does[0].upper() + other.does[1:]
    ending = step["instruction"][len(part.short):]
    step["instruction"] = step["title"] + ending
    shortened(plan, job)
    return Defect("wrong_goal", step["id"], other.does, part.short)


def unused(rng, fill, job, kit, plan):
    """A step more, whose result nothing uses."""
    if "read" not in kit.by_role or len(job.parts) < 2:
        return None
    name, names = kit.by_role["read"]
    file = fill.pick(rng, "file")
    used = len(plan["steps"])
    extra = {"id": f"s{used}", "kind": "tool", "title": "Read the file",
             "instruction": f"Read {file}.", "tool": name, "args": {names[0]: file},
             "depends_on": []}
    last = plan["steps"][-1]
    names_now = {last["id"]: f"s{used + 1}"}
    last["id"] = f"s{used + 1}"
    plan["steps"].insert(used - 1, extra)
    plan["final"]["from"] = [names_now.get(one, one) for one in plan["final"]["from"]]
    shortened(plan, job)
    return Defect("unused", extra["id"])


def no_question(rng, fill, job, kit, plan):
    if job.parts[0].kind != "ask_user":
        return None
    renumber(plan, 0)
    plan["reason"] = f"One step: {job.parts[1].title}."
    return Defect("no_question", "s1")


SPOILERS = (missing("missing_source", 0), missing("missing_middle", 1), missing("missing_sink", -1),
            missing("missing_sink", -1), order, unknown_dependency, unknown_tool, wrong_tool,
            wrong_argument, wrong_argument, missing_argument, wrong_goal, unused)


def spoil(rng, fill, job, kit, plan):
    """One defect, planted into the plan."""
    if job.parts[0].kind == "ask_user" and rng.random() < 0.6:
        return no_question(rng, fill, job, kit, plan)
    while True:
        found = pick(rng, SPOILERS)(rng, fill, job, kit, plan)
        if found:
            return found
