"""Ember is taught the tools that Hearth has: seeds/hearth_tools.json says what the daemon says.

usage: own_tools_test.py HEARTH [--write], which puts what it says in place
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TAUGHT = pathlib.Path(__file__).resolve().parents[2] / "models/ember/seeds/hearth_tools.json"
ASKER = "ask_user"  # is a kind of step in a plan, and in a chat the model just asks


def told(hearth):
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as workspace:
        said = subprocess.run(
            [hearth, "tools", "list", "--json", "--workspace", workspace], check=True, text=True,
            env={**os.environ, "HEARTH_HOME": home, "HEARTH_TOOLS_HOSTS": "example.org"},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return [{key: tool[key] for key in ("name", "description", "parameters")}
            for tool in json.loads(said.stdout)["tools"] if tool["name"] != ASKER]


def written(tools):
    lines = []
    for tool in tools:
        head = json.dumps({"name": tool["name"], "description": tool["description"]})
        lines.append(f" {head[:-1]},\n  \"parameters\": {json.dumps(tool['parameters'])}}}")
    return "[\n" + ",\n".join(lines) + "\n]\n"


class OwnTools(unittest.TestCase):
    hearth = ""

    def test_ember_is_taught_what_the_daemon_offers(self):
        self.assertEqual(TAUGHT.read_text(encoding="utf-8"), written(told(self.hearth)),
                         f"put in place by: {sys.argv[0]} {self.hearth} --write")


if __name__ == "__main__":
    OwnTools.hearth = sys.argv.pop(1)
    if "--write" in sys.argv:
        TAUGHT.write_text(written(told(OwnTools.hearth)), encoding="utf-8")
    else:
        unittest.main()
