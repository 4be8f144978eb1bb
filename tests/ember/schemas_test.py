#!/usr/bin/env python3
"""Plans, critiques and step results are valid, says python3-jsonschema, and so says our check."""
import json
import unittest

import jsonschema
import workplace

from workshop.fillers import Fillers
from workshop.schema_check import problem, schema
from workshop.splits import HELD_OUT, TRAIN
import skills

CASES = 150
OF_SKILL = {"plan": "plan", "critique": "critique", "step": "step_result"}


def documents(skill):
    for split in (TRAIN, HELD_OUT):
        for case in workplace.cases(skills.every()[skill], Fillers(split), CASES):
            if case.response_format:
                yield json.loads(case.answer["content"])


def spoiled(document):
    """The document in some wrong forms."""
    for key in document:
        yield {name: value for name, value in document.items() if name != key}
        yield {**document, key: None}
        yield {**document, key: 7.5}
        yield {**document, key: [{}]}
    yield {**document, "surprise": 1}
    yield [document]


def in_order(rules, value):
    """Whether members of objects stand as the schema lists them, as far as it lists them."""
    if isinstance(value, list):
        return all(in_order(rules.get("items", {}), element) for element in value)
    if not isinstance(value, dict):
        return True
    listed = list(rules.get("properties", {}))
    places = [listed.index(name) for name in value if name in listed]
    return places == sorted(places) and all(
        in_order(rules["properties"][name], value[name]) for name in value if name in listed)


class Schemas(unittest.TestCase):
    def test_the_schemas_themselves_are_valid(self):
        for name in OF_SKILL.values():
            jsonschema.Draft202012Validator.check_schema(schema(name))

    def test_answers_are_documents_of_their_schema(self):
        for skill, name in OF_SKILL.items():
            validator, count = jsonschema.Draft202012Validator(schema(name)), 0
            for document in documents(skill):
                validator.validate(document)
                self.assertEqual(problem(schema(name), document), "")
                count += 1
            self.assertGreater(count, CASES // 2)

    def test_members_stand_in_the_order_in_which_the_daemon_makes_them_write(self):
        for skill, name in OF_SKILL.items():
            for document in documents(skill):
                self.assertTrue(in_order(schema(name), document), document)

    def test_our_check_judges_spoiled_documents_as_the_validator_does(self):
        for skill, name in OF_SKILL.items():
            validator, wrong = jsonschema.Draft202012Validator(schema(name)), 0
            for document in list(documents(skill))[:40]:
                for other in spoiled(document):
                    valid = validator.is_valid(other)
                    self.assertEqual(problem(schema(name), other) == "", valid, other)
                    wrong += not valid
            self.assertGreater(wrong, 100)


if __name__ == "__main__":
    unittest.main()
