"""A skill makes cases and judges answers: one maker for what is trained and what is tested."""
from dataclasses import dataclass, field

from workshop import checks

SHORT_TOKENS, LONG_TOKENS = 96, 700


@dataclass
class Case:
    """A conversation up to an answer, the right answer, and what a check of others needs."""
    skill: str
    messages: list
    answer: dict
    expected: dict
    tools: list = None
    response_format: dict = None
    max_tokens: int = SHORT_TOKENS
    joins: bool = True  # may stand in a chat among others
    own_system: bool = False  # says itself what the system prompt is, or that there is none
    traits: dict = field(default_factory=dict)


def user(content):
    return {"role": "user", "content": content}


def system(content):
    return {"role": "system", "content": content}


def assistant(content):
    return {"role": "assistant", "content": content}


def call(identity, name, arguments_json):
    function = {"name": name, "arguments": arguments_json}
    return {"id": identity, "type": "function", "function": function}


def calling(calls):
    return {"role": "assistant", "content": "", "tool_calls": calls}


def result(identity, content):
    return {"role": "tool", "tool_call_id": identity, "content": content}


class Skill:
    """One thing that ember can do. Subclasses set `name` and make cases."""
    name = ""
    goal = 0.9  # the share of held-out cases that should be right
    why = ""  # in a few words, for the table

    def make(self, rng, fill):
        """A Case; `fill` are the Fillers of one split."""
        raise NotImplementedError

    def case(self, prompt, reply, expected, **more):
        """The common one: a question and an answer of text."""
        return Case(self.name, [user(prompt)], assistant(reply), expected, **more)

    def check(self, expected, reply):
        """"" where the reply (a message) is right, otherwise what is wrong with it."""
        return checks.check(expected, reply)
