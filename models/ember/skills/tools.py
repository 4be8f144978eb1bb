"""Chooses one of the offered tools and fills its call; goes on after the result."""
from workshop.skill import Case, Skill
from workshop.tool_chat import ToolChat

RESULT_SHARE, CALL_TOKENS = 0.4, 200


class Tools(Skill):
    name = "tools"
    why = "chooses a tool, fills the call, reports the result"

    def make(self, rng, fill):
        chat = ToolChat(rng, fill)
        chat.go_on()
        request = chat.again()
        if rng.random() < RESULT_SHARE:
            answer, expected = chat.used(request)
        else:
            chat.ask(request.prompt)
            answer = chat.call(request)
            expected = {"call": {"name": request.name, "arguments": request.arguments}}
        return Case(self.name, chat.messages, answer, expected, tools=chat.tools,
                    max_tokens=CALL_TOKENS)
