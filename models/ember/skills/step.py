"""Does one step of a plan, or says as JSON in the form of schemas/step_result.json how it went."""
import json

from workshop import checks, jobs, operations, seeds
from workshop.invention import pick
from workshop.schema_check import in_form, problem, response_format, schema
from workshop.skill import Case, LONG_TOKENS, Skill, assistant, system, user
from workshop.words import capital

EXECUTOR, REPORTER = seeds.prompt("executor"), seeds.prompt("reporter")
FAILURES = seeds.blocks("step", ("message", "class", "retryable"))
RESULT_SHARE, FAIL_SHARE, FAILED_CHECK_SHARE, BOTH_SHARE = 0.4, 0.3, 0.3, 0.15
TIME_MOST = 100_000


def step_text(rng, title):
    number = f"s{1 + int(rng.random() * 9)}"
    return number, f"Step {number}: {title}"


class Step(Skill):
    name = "step"
    has_form = True
    why = "does a step, reports a step result in its schema"

    def make(self, rng, fill):
        if rng.random() < RESULT_SHARE:
            return self.reported(rng, fill)
        return self.done(rng, fill)

    def done(self, rng, fill):
        """The model's own step: an operation on a text, or on two."""
        if rng.random() < BOTH_SHARE:
            return self.of_both(rng, fill)
        job = jobs.doable(rng, fill)
        operation = job.operation
        _, step = step_text(rng, capital(operation.does))
        return self.executed(f"Goal: {job.task}\n{step}\nInput:\n{operation.content}",
                             operation.output)

    def of_both(self, rng, fill):
        job = jobs.of_two(rng, fill)
        does, texts, output = operations.both(rng, fill)
        while output == "" or does != job.parts[2].short:
            does, texts, output = operations.both(rng, fill)
        inputs = "\n".join(f"Input s{at}:\n{text}" for at, text in enumerate(texts, 1))
        return self.executed(f"Goal: {job.task}\nStep s3: {capital(does)}\n{inputs}", output)

    def executed(self, prompt, output):
        return Case(self.name, [system(EXECUTOR), user(prompt)], assistant(output),
                    {"exact": [output]}, max_tokens=300, joins=False, own_system=True)

    def reported(self, rng, fill):
        job, kit = jobs.job(rng, fill)
        at = pick(rng, [n for n, part in enumerate(job.parts) if part.kind == "tool"] or [0])
        part = job.parts[at]
        number, step = step_text(rng, capital(part.short))
        attempt = pick(rng, (1, 1, 1, 2, 3))
        started = int(rng.random() * TIME_MOST)
        ended = started + 1 + int(rng.random() * 5000)
        lines = [step, f"Attempt: {attempt}", f"Started: {started}", f"Ended: {ended}"]
        found = {"step": number, "attempt": attempt}
        if rng.random() < FAIL_SHARE:
            self.failed(rng, capital(part.short), lines, found)
        else:
            self.ended(rng, fill, capital(part.short), lines, found)
        found.update(started_ms=started, ended_ms=ended)
        messages = [system(REPORTER), user("\n".join(lines))]
        return Case(self.name, messages, assistant(json.dumps(found, ensure_ascii=False)),
                    {"result": found}, response_format=response_format("step_result"),
                    max_tokens=LONG_TOKENS, joins=False, own_system=True)

    def failed(self, rng, title, lines, found):
        block = pick(rng, FAILURES)
        message = pick(rng, block["message"])
        lines.append(f"Error: {message}")
        error = {"class": block["class"][0], "message": message,
                 "retryable": block["retryable"][0] == "yes"}
        status = "cancelled" if error["class"] == "cancelled" else "failed"
        found.update(status=status, summary=f"{title}: {status}.", error=error)

    def ended(self, rng, fill, title, lines, found):
        output = operations.operation(rng, fill).content
        kind = pick(rng, ("nonempty", "contains", "exit_zero"))
        bad = rng.random() < FAILED_CHECK_SHARE
        output = "" if bad and kind == "nonempty" else output
        value, code = "", 0
        if kind == "contains":
            words = [word for word in output.replace("\n", " ").split(" ") if word.isalnum()]
            value = pick(rng, words) if words and not bad else fill.pick(rng, "word")
            bad = value not in output
        elif kind == "exit_zero":
            code = 1 + int(rng.random() * 3) if bad else 0
            lines.append(f"Exit code: {code}")
        lines += [f"Check: {kind}{' ' + value if value else ''}", f"Output:\n{output}"]
        status = "failed" if bad else "ok"
        found.update(status=status, output=output,
                     summary=f"{title}: {'failed' if bad else 'done'}.",
                     checks=[{"type": kind, "pass": not bad}])

    def check(self, expected, reply):
        if "result" not in expected:
            return checks.check(expected, reply)
        found, wrong = checks.read_json(reply.get("content") or "")
        wrong = wrong or problem(schema("step_result"), found)
        if wrong:
            return wrong
        for key, value in expected["result"].items():
            if key == "summary":
                continue
            if found.get(key) != value:
                return f"{key} is {str(found.get(key))[:80]!r}, not {str(value)[:80]!r}"
        return ""

    def in_form(self, expected, reply):
        return "result" not in expected or in_form("step_result", reply)
