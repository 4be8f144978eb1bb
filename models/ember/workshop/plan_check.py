"""Whether a plan does its job, by rule: offered tools, right arguments, order, nothing missing."""
import re

from workshop.schema_check import problem, schema

REFERENCE = re.compile(r"\$\{(s\d+)\.output\}")
RESULT = re.compile(r"<\d>")  # as jobs write it
SPARE_STEPS = 1


def needs_of(found, kit):
    """What a plan for this job has to have, for `check`; plain JSON."""
    needs = []
    for part in found.parts:
        if part.kind == "tool":
            needs.append({"tool": kit.name(part.role), "args": kit.arguments(part)})
        else:
            text = part.instruction if part.kind == "ask_user" else part.short
            words = [word for word in re.findall(r"\w+", text) if len(word) > 2]
            needs.append({"kind": part.kind, "words": words[:6]})
    tools = {tool["function"]["name"]: list(tool["function"]["parameters"]["properties"])
             for tool in kit.tools}
    return {"needs": needs, "tools": tools}


def fits(need, step):
    """Whether this step is what was needed."""
    if "tool" in need:
        if step.get("tool") != need["tool"] or step["kind"] != "tool":
            return False
        args = step.get("args", {})
        return set(args) == set(need["args"]) and all(
            REFERENCE.search(str(args[name])) if RESULT.fullmatch(value) else args[name] == value
            for name, value in need["args"].items())
    text = f"{step['title']} {step['instruction']}".lower()
    found = sum(word.lower() in text for word in need["words"])
    return step["kind"] == need["kind"] and found * 3 >= len(need["words"]) * 2


def check_order(steps, tools):
    """Ids count up, dependencies and references are of earlier steps, tools are offered."""
    earlier = set()
    for at, step in enumerate(steps, 1):
        if step["id"] != f"s{at}":
            return f"step {at} has the id {step['id']}"
        used = set(step.get("depends_on", ()))
        referred = set(REFERENCE.findall(step["instruction"] + str(step.get("args", ""))))
        if not used <= earlier:
            return f"{step['id']} depends on {sorted(used - earlier)[0]}"
        if not referred <= used:
            return f"{step['id']} uses {sorted(referred - used)[0]} without depending on it"
        if step["kind"] == "tool" and step.get("tool") not in tools:
            return f"{step['id']} uses the tool {step.get('tool')}"
        earlier.add(step["id"])
    return ""


def check(expected, plan):
    """"" or what is wrong with the plan."""
    found = problem(schema("plan"), plan) or check_order(plan["steps"], expected["tools"])
    if found:
        return found
    needs = list(expected["needs"])
    for step in plan["steps"]:
        if needs and fits(needs[0], step):
            needs.pop(0)
    if needs:
        return f"nothing does {needs[0]}"
    if len(plan["steps"]) > len(expected["needs"]) + SPARE_STEPS:
        return f"{len(plan['steps'])} steps"
    last = plan.get("final", {}).get("from", [])
    return "" if set(last) <= {step["id"] for step in plan["steps"]} else f"final from {last}"
