"""Plans a task as JSON in the form of schemas/plan.json."""
import json

from workshop import defects, jobs, plan_check, seeds
from workshop.checks import read_json
from workshop.schema_check import in_form, response_format
from workshop.skill import Case, LONG_TOKENS, Skill, assistant, system, user

PROMPT = seeds.prompt("planner")
AGAIN_SHARE = 0.25


class Plan(Skill):
    name = "plan"
    has_form = True
    why = "a plan whose steps cover the goal, in its schema"

    def make(self, rng, fill):
        job, kit = jobs.job(rng, fill)
        plan = jobs.plan_of(job, kit)
        prompt = jobs.task_prompt(job, kit)
        if rng.random() < AGAIN_SHARE and len(job.parts) > 1:
            prompt += self.what_was_wrong(rng, fill, job, kit)
        messages = [system(PROMPT), user(prompt)]
        return Case(self.name, messages, assistant(json.dumps(plan, ensure_ascii=False)),
                    plan_check.needs_of(job, kit), response_format=response_format("plan"),
                    max_tokens=LONG_TOKENS, joins=False, own_system=True)

    @staticmethod
    def what_was_wrong(rng, fill, job, kit):
        """A plan that was rejected, as the daemon tells it when it asks for another one."""
        plan = jobs.plan_of(job, kit)
        issue = defects.spoil(rng, fill, job, kit, plan).issue()
        return (f"\nThe last plan:\n{json.dumps(plan, ensure_ascii=False)}\nWhat was wrong:\n"
                f"- {issue['target']}: {issue['problem']} (fix: {issue['fix']})")

    def check(self, expected, reply):
        plan, problem = read_json(reply.get("content") or "")
        return problem or plan_check.check(expected, plan)

    def in_form(self, expected, reply):
        return in_form("plan", reply)
