"""The tools that are offered for a job: those that Hearth brings, or others under any name."""
import functools
import json

from workshop import seeds, toolbox
from workshop.invention import pick

ROLES = {"read": "read_file", "write": "write_file", "append": "append_file", "list": "list_files",
         "search": "search_files", "fetch": "fetch_page", "send": "send_message",
         "remember": "remember", "recall": "recall", "delete": "delete_file", "test": "run_tests",
         "run": "run_command", "calculate": "calculator", "date": "get_date"}
BLOCKS = {role: next(block for block in toolbox.KNOWN if block["tool"][0] == name)
          for role, name in ROLES.items()}
RENAMED = {"path": ("path", "file", "filename", "name"), "text": ("text", "content", "data"),
           "line": ("line", "text", "content"), "to": ("to", "person", "receiver"),
           "query": ("query", "words", "search"), "url": ("url", "link", "page")}
RENAME_SHARE = 0.4
OWN_SHARE, WHOLE_SHARE, FETCH_SHARE = 0.45, 0.7, 0.3
OFFERED = (0, 1, 1, 2, 3, 4)  # beside those that are needed
OFFERED_IN_CHAT = (0, 0, 1, 1, 2)


@functools.cache
def own_tools():
    """Those of Hearth, by name, as `hearth tools list --json` tells them."""
    text = (seeds.FOLDER / "hearth_tools.json").read_text(encoding="utf-8")
    return {function["name"]: {"type": "function", "function": function}
            for function in json.loads(text)}


class Kit:
    """The tools that are offered for a job, under names and parameters of this case. `few` is a
    chat, where each tool takes much room."""

    def __init__(self, rng, fill, roles, few=False):
        self.tools, self.by_role = [], {}
        own = own_tools()
        if rng.random() < OWN_SHARE and all(ROLES[role] in own for role in roles):
            self.take_own(rng, roles, few)
        else:
            self.take_any(rng, fill, roles, few)

    def take_own(self, rng, roles, few):
        """All of them in the daemon's order, or some where others are left out."""
        needed, own = {ROLES[role] for role in roles}, own_tools()
        whole = not few and rng.random() < WHOLE_SHARE
        share = 1 if whole else 0.15 if few else 0.5
        for name in sorted(own):
            rare = FETCH_SHARE if name == "fetch_page" else 1  # only where hosts are listed
            if name in needed or rng.random() < share * rare:
                self.tools.append(own[name])
        for role, name in ROLES.items():
            if own.get(name) in self.tools:
                self.by_role[role] = (name, list(own[name]["function"]["parameters"]["properties"]))

    def take_any(self, rng, fill, roles, few):
        for role in roles:
            self.add(rng, fill, role)
        near = toolbox.names_near(self.tools)
        others = [role for role in ROLES if role not in roles]
        for role in rng.sample(others, pick(rng, OFFERED_IN_CHAT if few else OFFERED)):
            self.add(rng, fill, role)
        if rng.random() < 0.3:
            self.tools += toolbox.others(rng, fill, 1, near | toolbox.names_near(self.tools))
        rng.shuffle(self.tools)

    def add(self, rng, fill, role):
        tool, kinds = toolbox.of_block(rng, fill, BLOCKS[role])
        function = tool["function"]
        if any(other["function"]["name"] == function["name"] for other in self.tools):
            return
        names = [name for name, _ in kinds]
        if rng.random() < RENAME_SHARE:
            names = [pick(rng, RENAMED.get(name, (name,))) for name in names]
            schemas = function["parameters"]["properties"].values()
            function["parameters"]["properties"] = dict(zip(names, schemas))
            function["parameters"]["required"] = names
        self.tools.append(tool)
        self.by_role[role] = (function["name"], names)

    def name(self, role):
        return self.by_role[role][0]

    def arguments(self, part):
        return dict(zip(self.by_role[part.role][1], part.values))

    def listed(self):
        """The tools as the planner and the critic see them."""
        lines = []
        for tool in self.tools:
            function = tool["function"]
            names = ", ".join(function["parameters"]["properties"])
            lines.append(f"- {function['name']}({names}): {function['description']}")
        return "\n".join(lines)
