"""A skill makes cases and judges answers: one maker for what is trained and what is tested."""
from dataclasses import dataclass

from workshop import checks
from workshop.splits import HELD_OUT, split_of

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
    required = True  # or only an aim
    has_form = False  # whether every reply has to be a document of a schema
    why = ""  # in a few words, for the table

    def make(self, rng, fill):
        """A Case; `fill` are the Fillers of one split."""
        raise NotImplementedError

    def case(self, prompt, reply, expected, **more):
        """The common one: a question and an answer of text."""
        return Case(self.name, [user(prompt)], assistant(reply), expected, **more)

    def own(self, fill, make):
        """A case whose question, word for word, belongs to this split: held out or not."""
        while True:
            case = make()
            held_out = split_of(case.messages[-1]["content"]) == HELD_OUT
            if held_out == (fill.split == HELD_OUT):
                return case

    def check(self, expected, reply):
        """"" where the reply (a message) is right, otherwise what is wrong with it."""
        return checks.check(expected, reply)

    def in_form(self, expected, reply):
        """Whether a reply is a document of the schema, be it right or wrong."""
        return True
