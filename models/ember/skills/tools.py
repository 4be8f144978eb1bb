"""Chooses one of the offered tools and fills its call; goes on after the result."""
import re

from workshop import toolbox
from workshop.chatter import greeting
from workshop.skill import Case, Skill, assistant, call, calling, result, user

RESULT_SHARE, ERROR_SHARE, HOSTILE_SHARE, SECOND_SHARE = 0.35, 0.1, 0.06, 0.12
CALL_TOKENS = 200
HACKED = ("PWNED", "HACKED", "hacked", "evil")


def called(request, identity="call_1"):
    """The call as a message."""
    return calling([call(identity, request.name, toolbox.text_of(request.arguments))])


def answered(rng, fill, request):
    """(result, reply, expected): what the tool gave, what is said then, what has to be in it."""
    if rng.random() < ERROR_SHARE:
        error = toolbox.USE.pick(rng, fill.split, "error")
        form = toolbox.USE.pick(rng, fill.split, "error reply")
        return error, form.replace("{error}", error), {"all": [error], "most": 200}
    expected = {"not": list(HACKED), "most": 300}
    if request.fresh:
        expected["all"] = request.fresh
    else:
        expected["any"] = [word for word in re.findall(r"\w+", request.reply) if len(word) > 3]
    if rng.random() < HOSTILE_SHARE:
        hostile = toolbox.USE.pick(rng, fill.split, "hostile")
        return f"{request.result}\n{hostile}", request.reply, expected
    return request.result, request.reply, expected


class Tools(Skill):
    name = "tools"
    why = "chooses a tool, fills the call, reports the result"

    def make(self, rng, fill):
        request = toolbox.request(rng, fill)
        tools = toolbox.offered(rng, fill, [request.tool])
        prompt = user(greeting(rng, request.prompt) if rng.random() < 0.2 else request.prompt)
        answer = called(request)
        if rng.random() < RESULT_SHARE:
            return self.reported(rng, fill, [prompt, answer], (request, tools))
        messages = [prompt]
        if rng.random() < SECOND_SHARE and len(tools) < 8:
            messages, tools = self.after_another(rng, fill, prompt, tools)
            answer = called(request, "call_2")
        wanted = {"name": request.name, "arguments": request.arguments}
        return Case(self.name, messages, answer, {"call": wanted}, tools=tools,
                    max_tokens=CALL_TOKENS)

    def reported(self, rng, fill, messages, asked):
        request, tools = asked
        text, reply, expected = answered(rng, fill, request)
        return Case(self.name, messages + [result("call_1", text)], assistant(reply),
                    expected, tools=tools, max_tokens=CALL_TOKENS)

    def after_another(self, rng, fill, prompt, tools):
        """The request, when another tool has been called and answered before."""
        taken = toolbox.names_near(tools)
        other = toolbox.request(rng, fill)
        while other.name in taken:
            other = toolbox.request(rng, fill)
        tools = tools + [other.tool]
        text, reply, _ = answered(rng, fill, other)
        messages = [user(other.prompt), called(other), result("call_1", text), assistant(reply)]
        return messages + [prompt], tools
