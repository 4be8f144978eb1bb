"""Criticises a plan as JSON in the form of schemas/critique.json: finds a planted defect, names
it with its step, and accepts a good plan."""
import json

from workshop import defects, jobs, seeds
from workshop.checks import read_json
from workshop.schema_check import in_form, problem, response_format, schema
from workshop.skill import Case, LONG_TOKENS, Skill, assistant, system, user

PROMPT = seeds.prompt("critic")
GOOD_SHARE = 0.4


def walk(plan, issue):
    """The steps one by one, up to what is wrong: what a reader would do before judging."""
    parts = []
    for step in plan["steps"]:
        what = f"{step['tool']} {next(iter(step['args'].values()), '')}".strip() \
            if step["kind"] == "tool" else step["title"]
        if step["depends_on"]:
            what += f" from {' and '.join(step['depends_on'])}"
        if issue and issue["target"] == step["id"]:
            return " ".join(parts + [f"{step['id']} {what}: wrong. {issue['problem']}"])
        parts.append(f"{step['id']} {what}: ok.")
    return " ".join(parts + [issue["problem"] if issue else "Everything of the task is done."])


class Critique(Skill):
    name = "critique"
    has_form = True
    why = "finds a planted defect, accepts a good plan"

    def make(self, rng, fill):
        job, kit = jobs.job(rng, fill)
        plan = jobs.plan_of(job, kit)
        good = rng.random() < GOOD_SHARE or len(job.parts) < 2
        defect = None if good else defects.spoil(rng, fill, job, kit, plan)
        issue = defect.issue() if defect else None
        critique = {"reason": walk(plan, issue), "issues": [issue] if issue else [],
                    "verdict": defect.verdict() if defect else "accept"}
        shown = json.dumps(plan, ensure_ascii=False)
        messages = [system(PROMPT), user(f"{jobs.task_prompt(job, kit)}\nPlan:\n{shown}")]
        expected = {"verdict": critique["verdict"]}
        if issue:
            expected.update(target=issue["target"], category=issue["category"])
        return Case(self.name, messages, assistant(json.dumps(critique, ensure_ascii=False)),
                    expected, response_format=response_format("critique"),
                    max_tokens=LONG_TOKENS, joins=False, own_system=True)

    def check(self, expected, reply):
        critique, found = read_json(reply.get("content") or "")
        found = found or problem(schema("critique"), critique)
        if found:
            return found
        accepted = critique["verdict"] == "accept"
        if expected["verdict"] == "accept":
            bad = [i["problem"] for i in critique["issues"] if i["severity"] != "minor"]
            return "" if accepted and not bad else f"a good plan is not accepted: {bad[:1]}"
        if accepted:
            return f"accepts a plan with a defect ({expected['category']})"
        if not any(issue["target"] == expected["target"] and
                   issue["category"] == expected["category"] for issue in critique["issues"]):
            named = [(issue["target"], issue["category"]) for issue in critique["issues"]]
            return f"names {named}, not {expected['target']} {expected['category']}"
        return ""

    def in_form(self, expected, reply):
        return in_form("critique", reply)
