"""Writes a short Python function from its description; judged by running it."""
import builtins
import json
import keyword

from workshop import sandbox, seeds
from workshop.invention import pick
from workshop.phrases import Phrases, choose
from workshop.skill import Skill

ASKS = Phrases("code_asks")
FUNCTIONS = seeds.blocks("functions", ("does", "takes", "body", "try"))
VERBS = ("get", "make", "compute", "find", "do", "calc", "run", "my", "the")


def name_of(rng, fill):
    """A name that means nothing in Python yet."""
    while True:
        found = function_name(rng, fill)
        if not keyword.iskeyword(found) and not hasattr(builtins, found):
            return found


def function_name(rng, fill):
    form = int(rng.random() * 4)
    word = fill.pick(rng, "word")
    if form == 0:
        return word
    if form == 1:
        return f"{pick(rng, VERBS)}_{word}"
    if form == 2:
        return f"{fill.pick(rng, 'nouns')}_{word}"
    return f"{fill.pick(rng, 'verbs')}_{fill.pick(rng, 'nouns')}"


def filled(text, slots):
    for key, value in slots.items():
        text = text.replace("{%s}" % key, value)
    return text


def results_of(code, name, tries):
    """Of our own code, so without a sandbox."""
    space = {}
    exec(compile(code, "seed", "exec"), space)
    return [space[name](*arguments) for arguments in tries]


class Code(Skill):
    name = "code"
    goal = 0.8
    required = False
    why = "short Python functions, judged by running them"

    def make(self, rng, fill):
        block = pick(rng, FUNCTIONS)
        kinds = block["takes"][0].split(" ")
        name, parameters = name_of(rng, fill), self.parameters(rng, fill, kinds)
        slots = {"k": str(2 + int(rng.random() * 98)), "w": fill.pick(rng, "word"),
                 **dict(zip("pq", parameters))}
        ask = ASKS.pick(rng, fill.split, "ask")
        does = choose(rng, fill.split, block["does"])
        if "{params}" not in ask:
            slots.update(zip("pq", self.usual(kinds)))
            parameters = self.usual(kinds)
        body = "\n".join("    " + filled(line, slots) for line in block["body"])
        code = f"def {name}({', '.join(parameters)}):\n{body}\n"
        tries = [json.loads(filled(line, slots)) for line in block["try"]]
        prompt = filled(ask, {"name": name, "params": ", ".join(parameters),
                              "does": filled(does, slots)})
        expected = {"function": name, "tries": tries, "results": results_of(code, name, tries)}
        return self.case(prompt, f"```python\n{code}```", expected, max_tokens=250)

    def section(self, kinds):
        return kinds[0] + ("2" if len(kinds) > 1 else "")

    def parameters(self, rng, fill, kinds):
        if kinds == ["none"]:
            return []
        if rng.random() < 0.2:
            return [f"{word}_{at}" if keyword.iskeyword(word) else word
                    for at, word in enumerate(fill.picks(rng, "word", len(kinds)))]
        return pick(rng, ASKS.every[self.section(kinds)]).split(" ")

    def usual(self, kinds):
        """The names of parameters where the question gives none."""
        return [] if kinds == ["none"] else ASKS.every[self.section(kinds)][0].split(" ")

    def check(self, expected, reply):
        code = sandbox.code_of(reply.get("content") or "")
        results, problem = sandbox.run(code, expected["function"], expected["tries"])
        if problem:
            return problem
        same = json.dumps(results) == json.dumps(expected["results"])
        return "" if same else f"gives {results}, not {expected['results']}"
