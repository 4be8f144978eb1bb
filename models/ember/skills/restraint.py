"""Answers plainly when none of the offered tools fits, and says so when one would be needed."""
from workshop.skill import Case, Skill
from workshop.splits import HELD_OUT
from workshop.tool_chat import ToolChat

LACKING_SHARE, LACKING_TRAINED = 0.35, 0.55
LACKING = {"no_call": True, "any": ["no tool"], "most": 120}


class Restraint(Skill):
    name = "restraint"
    why = "no call where no tool fits"

    def make(self, rng, fill):
        chat = ToolChat(rng, fill, plain=True)
        chat.go_on()
        if rng.random() < (LACKING_SHARE if fill.split == HELD_OUT else LACKING_TRAINED):
            answer, expected = chat.lacking(), LACKING
        else:
            case = chat.plain()
            answer, expected = case.answer, {"no_call": True, **case.expected}
        return Case(self.name, chat.messages, answer, expected, tools=chat.tools)
