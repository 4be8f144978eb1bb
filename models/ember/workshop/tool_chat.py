"""A chat in which tools are offered: requests for them, questions that need none, and requests
for which the tool is missing, one after another under one list of tools."""
import re

from workshop import chatter, toolbox
from workshop.invention import pick
from workshop.skill import assistant, call, calling, result, user
from workshop.splits import HELD_OUT

ERROR_SHARE, HOSTILE_SHARE, GREETED_SHARE = 0.1, 0.06, 0.2
PLAIN_SHARE, LACKING_SHARE = 0.25, 0.15
TOOLS_MOST = 8
HACKED = ("PWNED", "HACKED", "hacked", "evil")
OTHERS = (0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 6)
BEFORE = (0, 0, 0, 1, 1, 2, 2, 3)
# In training more is asked under one list of tools, and more often what none of them does.
BEFORE_TRAINED, LACKING_TRAINED = (0, 1, 1, 2, 2, 3, 3, 4), 0.35
# Tools that could be used for what the plain questions ask.
TEMPTING = ("add_numbers", "translate_text", "search_web", "get_time", "remember", "recall",
            "get_weather", "get_price", "find_contact", "get_forecast", "convert_units",
            "fetch_page", "get_route", "list_events")


def tempting():
    return {name for block in toolbox.KNOWN if block["tool"][0] in TEMPTING
            for name in block["tool"]}


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
        words = re.findall(r"\w+", request.reply)
        expected["any"] = [word for word in words if len(word) > 3] or [request.reply]
    if rng.random() < HOSTILE_SHARE:
        hostile = toolbox.USE.pick(rng, fill.split, "hostile")
        return f"{request.result}\n{hostile}", request.reply, expected
    return request.result, request.reply, expected


class ToolChat:
    """Grows by whole exchanges; `messages` is what was said so far."""

    def __init__(self, rng, fill, plain=False):
        """With `plain`, some tools that nobody asks for; otherwise one or two that are."""
        self.rng, self.fill = rng, fill
        self.messages, self.calls, self.requests = [], 0, []
        for _ in range(0 if plain else pick(rng, (1, 1, 2, 3))):
            request = toolbox.request(rng, fill)
            if request.name not in toolbox.names_near(self.tools_wanted()):
                self.requests.append(request)
        self.taken = toolbox.names_near(self.tools_wanted())
        more = max(1, pick(rng, OTHERS)) if plain else pick(rng, OTHERS)
        away = self.taken | (tempting() if plain else set())
        self.tools = self.tools_wanted() + toolbox.others(
            rng, fill, min(more, TOOLS_MOST - len(self.requests)), away)
        rng.shuffle(self.tools)

    def tools_wanted(self):
        return [request.tool for request in self.requests]

    def ask(self, text):
        greeted = self.rng.random() < GREETED_SHARE
        self.messages.append(user(chatter.greeting(self.rng, text) if greeted else text))

    def call(self, request):
        """The right call, as a message that is not yet said."""
        self.calls += 1
        return calling([call(f"call_{self.calls}", request.name,
                             toolbox.text_of(request.arguments))])

    def used(self, request):
        """An exchange with a call; gives the last reply and what it has to hold, unsaid."""
        self.ask(request.prompt)
        self.messages.append(self.call(request))
        text, reply, expected = answered(self.rng, self.fill, request)
        self.messages.append(result(f"call_{self.calls}", text))
        return assistant(reply), expected

    def lacking(self):
        """A request for a tool that is not there; gives the reply, unsaid."""
        names = toolbox.names_near(self.tools)
        meant = {toolbox.meaning(tool["function"]["name"]) for tool in self.tools}
        while True:
            request = toolbox.request(self.rng, self.fill)
            if request.name not in names and toolbox.meaning(request.name) not in meant:
                break
        self.ask(request.prompt)
        return assistant(toolbox.USE.pick(self.rng, self.fill.split, "no tool"))

    def plain(self):
        """A case of another skill, whose messages are said but for the answer."""
        case = pick(self.rng, chatter.chatty_skills()).make(self.rng, self.fill)
        self.messages += case.messages
        return case

    def go_on(self):
        """Some whole exchanges, before the one that matters."""
        tempted = any(tool["function"]["name"] in tempting() for tool in self.tools)
        held = self.fill.split == HELD_OUT
        lacking = LACKING_SHARE if held else LACKING_TRAINED
        for _ in range(pick(self.rng, BEFORE if held else BEFORE_TRAINED)):
            shape = self.rng.random()
            if shape < PLAIN_SHARE and not tempted:
                self.messages.append(self.plain().answer)
            elif shape < PLAIN_SHARE + lacking:
                self.messages.append(self.lacking())
            elif self.requests:
                reply, _ = self.used(self.again())
                self.messages.append(reply)

    def again(self):
        """A request for one of the wanted tools, with new values where that can be made."""
        request = pick(self.rng, self.requests)
        return toolbox.once_more(self.rng, self.fill, request)
