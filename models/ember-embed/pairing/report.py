"""What an evaluation found, as JSON and as a table that people read."""
import json
from dataclasses import dataclass

from pairing.pair import DOCUMENT, QUERY
from pairing.ranking import recall, reciprocal

GOAL, GOAL_AT = 0.9, 5
DEPTHS = (1, 5, 10)
SHOWN_FAILURES, SHOWN_CHARACTERS = 8, 200
WHY = {"groups": "everyday sentences in other words, groups that training never saw",
       "frames": "what somebody did, in other words; near-misses beside it",
       "facts": "a question and the sentence that answers it",
       "hearth": "questions about Hearth, asked as training never asked",
       "tools": "a request and the tool for it",
       "notes": "a question and the note that answers it",
       "events": "a list of events and what they have in common",
       "extract": "a record by two of its fields"}


@dataclass
class Run:
    about: dict
    items: list
    found: list  # by vectors
    words: list  # by words alone

    def of_kind(self, kind):
        """(items, found, words) of one kind; of all where it is empty."""
        chosen = [at for at, item in enumerate(self.items) if not kind or item["kind"] == kind]
        return ([self.items[at] for at in chosen], [self.found[at] for at in chosen],
                [self.words[at] for at in chosen])

    def kinds(self):
        return list(dict.fromkeys(item["kind"] for item in self.items))


def figures(found, words):
    result = {f"recall@{depth}": round(recall(found, depth), 4) for depth in DEPTHS}
    result["mrr"] = round(reciprocal(found), 4)
    result[f"words recall@{GOAL_AT}"] = round(recall(words, GOAL_AT), 4)
    result["words mrr"] = round(reciprocal(words), 4)
    return result


def failures_of(run):
    failures = []
    for item, found in zip(run.items, run.found):
        if found.place > GOAL_AT:
            failures.append({"id": item["id"], "kind": item["kind"], "query": item["query"],
                             "wanted": item["document"], "place": found.place,
                             "first": run.items[found.first]["document"]})
    return failures


def shown(text):
    text = text.removeprefix(QUERY).removeprefix(DOCUMENT).replace("\n", " / ")
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + " …"


def percent(share):
    return f"{100 * share:.1f} %"


def row(name, why, parts):
    items, found, words = parts
    cells = [name, why, str(len(items))] + [percent(recall(found, depth)) for depth in DEPTHS]
    cells += [f"{reciprocal(found):.3f}", percent(recall(words, GOAL_AT))]
    return f"| {' | '.join(cells)} |"


def as_markdown(run, met):
    about = run.about
    lines = [f"# Evaluation of {about['model']}", "",
             f"{about['items']} held-out items; every query is held against the documents of all "
             f"of them. {about['dimensions']} dimensions; {2 * about['items']} texts in "
             f"{about['seconds']:.0f} s. Data seed {about['seed']}. Goal: recall@{GOAL_AT} of "
             f"{GOAL:.0%}, {'met' if met else 'not met'}.", "",
             f"| kind | what | items | recall@{' | recall@'.join(map(str, DEPTHS))} | MRR | "
             f"recall@{GOAL_AT} by words alone (BM25) |", "|" + "---|" * 8,
             row("all", "", run.of_kind(""))]
    lines += [row(kind, WHY.get(kind, ""), run.of_kind(kind)) for kind in run.kinds()]
    failures = failures_of(run)
    lines += ["", "## Failures", ""]
    for kind in run.kinds():
        mine = [failure for failure in failures if failure["kind"] == kind]
        if not mine:
            continue
        lines += [f"### {kind}: {len(mine)}, of which {min(len(mine), SHOWN_FAILURES)} are shown",
                  ""]
        for failure in mine[:SHOWN_FAILURES]:
            lines += [f"- {failure['id']}, place {failure['place']}", "",
                      f"      query: {shown(failure['query'])}",
                      f"      wanted: {shown(failure['wanted'])}",
                      f"      first: {shown(failure['first'])}", ""]
    return "\n".join(lines).rstrip() + "\n"


def write(folder, run):
    """Writes both; whether the goal is met."""
    folder.mkdir(parents=True, exist_ok=True)
    met = recall(run.found, GOAL_AT) >= GOAL
    kinds = {kind: figures(*run.of_kind(kind)[1:]) for kind in run.kinds()}
    found = {**run.about, "goal": GOAL, "met": met, "all": figures(run.found, run.words),
             "kinds": kinds, "failures": failures_of(run)}
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    (folder / "evaluation.json").write_text(text, encoding="utf-8")
    (folder / "evaluation.md").write_text(as_markdown(run, met), encoding="utf-8")
    return met
