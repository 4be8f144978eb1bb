"""What an evaluation found, as JSON and as a table that people read."""
import json

SHOWN_FAILURES, SHOWN_CHARACTERS = 8, 300


def share(right, of):
    return f"{100 * right / of:.1f} %" if of else "-"


class Score:
    """Of one skill."""

    def __init__(self, skill):
        self.skill, self.cases, self.right, self.in_form, self.failures = skill, 0, 0, 0, []

    def add(self, case, reply, problem, in_form):
        self.cases += 1
        self.right += not problem
        self.in_form += in_form
        if problem:
            self.failures.append({"id": case["id"], "asked": last_asked(case), "said": said(reply),
                                  "wanted": said(case["answer"]), "problem": problem})

    def met(self):
        return self.cases > 0 and self.right >= self.skill.goal * self.cases and (
            not self.skill.has_form or self.in_form == self.cases)

    def as_json(self):
        found = {"cases": self.cases, "right": self.right, "goal": self.skill.goal,
                 "met": self.met(), "failures": self.failures}
        if self.skill.has_form:
            found["in_form"] = self.in_form
        return found


def last_asked(case):
    last = case["messages"][-1]
    return (f"{last['role']}: " if last["role"] != "user" else "") + last["content"]


def said(reply):
    calls = [f"{call['function']['name']}({call['function']['arguments']})"
             for call in reply.get("tool_calls") or ()]
    return " ".join([reply.get("content") or ""] + calls).strip()


def cut(text):
    text = text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + " …"
    return text.replace("\n", "\n      ")


def as_markdown(scores, about):
    asked = str(about["cases"])
    if about["cases"] < about["of"]:
        asked = f"Not finished: {about['cases']} of {about['of']}"
    lines = [f"# Evaluation of {about['model']}", "",
             f"{asked} held-out cases, greedy, {about['tokens']:,} tokens written in "
             f"{about['seconds']:.0f} s. Data seed {about['seed']}.", "",
             "| skill | what | cases | right | goal | met |", "|---|---|---|---|---|---|"]
    for name, score in scores.items():
        form = f"; in form {share(score.in_form, score.cases)}" if score.skill.has_form else ""
        aim = f"{score.skill.goal:.0%}" + ("" if score.skill.required else " (aim)")
        lines.append(f"| {name} | {score.skill.why} | {score.cases} | "
                     f"{share(score.right, score.cases)}{form} | {aim} | "
                     f"{'yes' if score.met() else 'no'} |")
    lines += ["", "## Failures", ""]
    for name, score in scores.items():
        shown = score.failures[:SHOWN_FAILURES]
        if shown:
            lines.append(f"### {name}: {len(score.failures)}, of which {len(shown)} are shown\n")
        for failure in shown:
            lines += [f"- {failure['id']}: {failure['problem']}", "", "      " +
                      cut(f"asked: {failure['asked']}"), "      " + cut(f"said: {failure['said']}"),
                      "      " + cut(f"wanted: {failure['wanted']}"), ""]
    return "\n".join(lines).rstrip() + "\n"


def put(path, text):
    """Whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def write(folder, scores, about):
    folder.mkdir(parents=True, exist_ok=True)
    found = {**about, "skills": {name: score.as_json() for name, score in scores.items()}}
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    put(folder / "evaluation.json", text)
    put(folder / "evaluation.md", as_markdown(scores, about))
