"""Answers plainly when none of the offered tools fits, and says so when one would be needed."""
from workshop import chatter, toolbox
from workshop.invention import pick
from workshop.skill import Skill, assistant, user, Case

LACKING_SHARE = 0.35
LACKING = {"no_call": True, "any": ["no tool"], "most": 120}


class Restraint(Skill):
    name = "restraint"
    why = "no call where no tool fits"

    def make(self, rng, fill):
        if rng.random() < LACKING_SHARE:
            return self.lacking(rng, fill)
        case = pick(rng, chatter.chatty_skills()).make(rng, fill)
        case.skill = self.name
        case.tools = toolbox.others(rng, fill, pick(rng, (1, 1, 2, 3, 4, 6)), self.kept_away())
        case.expected = {"no_call": True, **case.expected}
        return case

    def kept_away(self):
        """Tools that could be used for what the other skills are asked."""
        away = ("add_numbers", "translate_text", "search_web", "get_time", "remember", "recall",
                "get_weather", "get_price", "find_contact", "get_forecast", "convert_units",
                "fetch_page", "get_route", "list_events")
        return {name for block in toolbox.KNOWN if block["tool"][0] in away
                for name in block["tool"]}

    def lacking(self, rng, fill):
        """A request for which a tool is needed that is not offered."""
        request = toolbox.request(rng, fill)
        away = toolbox.names_near([request.tool])
        tools = toolbox.others(rng, fill, pick(rng, (1, 1, 2, 3, 4, 6)), away)
        reply = toolbox.USE.pick(rng, fill.split, "no tool")
        return Case(self.name, [user(request.prompt)], assistant(reply), LACKING, tools=tools)
