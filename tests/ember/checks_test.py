#!/usr/bin/env python3
"""Every right answer passes its own check, and wrong answers do not."""
import copy
import json
import unittest

import workplace

from workshop import checks
from workshop.fillers import Fillers
from workshop.splits import ALL, HELD_OUT
import skills

CASES, CODE_CASES, OTHERS = 250, 45, 12
FILLERS = {split: Fillers(split) for split in ALL}
EVERY = skills.every()


def count_of(name):
    return CODE_CASES if name == "code" else CASES


def reply(content):
    return {"role": "assistant", "content": content}


def same(left, right):
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def with_call(answer, change):
    """The same answer with its call changed."""
    spoiled = copy.deepcopy(answer)
    function = spoiled["tool_calls"][0]["function"]
    arguments = json.loads(function["arguments"])
    change(function, arguments)
    function["arguments"] = json.dumps(arguments)
    return spoiled


class Checks(unittest.TestCase):
    def test_right_answers_pass(self):
        for name, skill in EVERY.items():
            for split in ALL:
                for case in workplace.cases(skill, FILLERS[split], count_of(name) // 3):
                    self.assertEqual(skill.check(case.expected, case.answer), "", case)
                    self.assertTrue(skill.in_form(case.expected, case.answer))

    def test_expectations_survive_json(self):
        for name, skill in EVERY.items():
            for case in workplace.cases(skill, FILLERS[HELD_OUT], 20):
                expected = json.loads(json.dumps(case.expected))
                self.assertEqual(skill.check(expected, case.answer), "", name)

    def test_silence_and_babble_fail(self):
        for skill in EVERY.values():
            for case in workplace.cases(skill, FILLERS[HELD_OUT], 40):
                for wrong in ("", "   ", "xyzzy", "{}", "[]", "null", "word " * 1000):
                    self.assertNotEqual(skill.check(case.expected, reply(wrong)), "", case)

    def test_answers_to_other_cases_mostly_fail(self):
        compared = 0
        for name, skill in EVERY.items():
            made = workplace.cases(skill, FILLERS[HELD_OUT], 12 if name == "code" else 40)
            passed = tried = 0
            for at, case in enumerate(made):
                for other in made[at + 1:at + OTHERS]:
                    if not same(case.expected, other.expected):
                        tried += 1
                        passed += not skill.check(case.expected, other.answer)
            self.assertLessEqual(passed, tried * 0.12, name)
            compared += tried > 20
        self.assertGreaterEqual(compared, len(EVERY) - 1)  # all but abstain, which has one answer

    def test_a_call_where_none_is_wanted_fails(self):
        call = {"role": "assistant", "content": "", "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "ls", "arguments": "{}"}}]}
        for name in ("restraint", "context", "hearth", "smalltalk", "odd"):
            for case in workplace.cases(EVERY[name], FILLERS[HELD_OUT], 40):
                self.assertIn("called ls", EVERY[name].check(case.expected, call), case)

    def test_calls_with_another_name_or_other_arguments_fail(self):
        changed = 0
        for name in ("tools", "agent"):
            for case in workplace.cases(EVERY[name], FILLERS[HELD_OUT], 100):
                if "call" not in case.expected:
                    continue
                changed += 1
                wrongs = [
                    with_call(case.answer, lambda function, _: function.update(name="other")),
                    with_call(case.answer, lambda _, arguments: arguments.update(more="x")),
                    reply(case.answer["tool_calls"][0]["function"]["arguments"])]
                for wrong in wrongs:
                    self.assertNotEqual(EVERY[name].check(case.expected, wrong), "")
        self.assertGreater(changed, 60)

    def test_cut_answers_fail_where_all_of_them_counts(self):
        for name in ("plan", "critique", "extract", "code", "step"):
            for case in workplace.cases(EVERY[name], FILLERS[HELD_OUT], 30):
                text = case.answer["content"]
                half = text[:len(text) // 2]
                self.assertNotEqual(EVERY[name].check(case.expected, reply(half)), "", text)

    def test_each_kind_of_expectation_is_kept(self):
        for expected, right, wrong in (
                ({"exact": ["a b"]}, "a  b.", "a b c"),
                ({"span": "7", "not": ["8"]}, "It is 7.", "It is 17."),
                ({"span": "7", "not": ["8"]}, "It is 7.", "It is 7 or 8."),
                ({"number": "12"}, "5+7=12", "12 and 5"),
                ({"number": "-3"}, "1 - 4 = -3", "1 - 4 = 3"),
                ({"all": ["One", "two"]}, "one TWO", "one"),
                ({"any": ["one", "two"]}, "two", "three"),
                ({"json": {"a": 1}}, '{"a": 1}', '{"a": "1"}'),
                ({"json": {"a": 1}}, '{"a": 1}', '{"a": 1, "b": 2}'),
                ({"no_call": True, "most": 5}, "short", "longer than that")):
            self.assertEqual(checks.check(expected, reply(right)), "", expected)
            self.assertNotEqual(checks.check(expected, reply(wrong)), "", expected)


class Plans(unittest.TestCase):
    skill = EVERY["plan"]

    def spoiled(self, case, change):
        plan = json.loads(case.answer["content"])
        change(plan)
        return self.skill.check(case.expected, reply(json.dumps(plan)))

    def test_spoiled_plans_fail(self):
        def drop_last(plan):
            plan["steps"].pop()

        def swap(plan):
            plan["steps"].reverse()

        def other_tool(plan):
            next(s for s in plan["steps"] if s["kind"] == "tool")["tool"] = "no_such_tool"

        def other_value(plan):
            step = next(s for s in plan["steps"] if s.get("args"))
            step["args"] = {key: value + "x" for key, value in step["args"].items()
                            } if "${" not in str(step["args"]) else {}

        def later(plan):
            plan["steps"][0]["depends_on"] = ["s9"]

        def padding(plan):
            count = len(plan["steps"])
            plan["steps"] += [{**plan["steps"][0], "id": f"s{count + 1 + n}"} for n in range(3)]

        def verdict(plan):
            plan["verdict"] = "accept"

        tried = 0
        for case in workplace.cases(self.skill, FILLERS[HELD_OUT], 80):
            plan = json.loads(case.answer["content"])
            if len(plan["steps"]) < 2 or plan["steps"][0]["kind"] != "tool":
                continue
            tried += 1
            for change in (drop_last, swap, other_tool, other_value, later, padding, verdict):
                self.assertNotEqual(self.spoiled(case, change), "", (change.__name__, plan))
        self.assertGreater(tried, 40)

    def test_a_plan_in_other_words_passes(self):
        def reword(plan):
            plan["reason"], plan["success_criteria"] = "As asked.", ["It is done."]
            for step in plan["steps"]:
                step["title"] = "Now: " + step["title"]

        for case in workplace.cases(self.skill, FILLERS[HELD_OUT], 30):
            self.assertEqual(self.spoiled(case, reword), "")


class Critiques(unittest.TestCase):
    skill = EVERY["critique"]

    def test_the_planted_defect_has_to_be_named_and_a_good_plan_accepted(self):
        accepts = reply('{"reason": "", "issues": [], "verdict": "accept"}')
        verdicts = set()
        for case in workplace.cases(self.skill, FILLERS[HELD_OUT], 150):
            critique = json.loads(case.answer["content"])
            good = case.expected["verdict"] == "accept"
            verdicts.add(case.expected.get("category", "good"))
            self.assertEqual(self.skill.check(case.expected, accepts) == "", good)
            if good:
                critique["verdict"] = "revise"
            else:
                critique["issues"][0]["target"] = "s11"
            wrong = reply(json.dumps(critique))
            self.assertNotEqual(self.skill.check(case.expected, wrong), "")
        self.assertLessEqual({"good", "missing_step", "wrong_tool", "bad_args", "ordering",
                              "goal_mismatch", "wasteful"}, verdicts)


class StepResults(unittest.TestCase):
    def test_every_member_has_to_be_right(self):
        skill, tried = EVERY["step"], 0
        for case in workplace.cases(skill, FILLERS[HELD_OUT], 120):
            if "result" not in case.expected:
                continue
            tried += 1
            for key, other in (("status", "skipped"), ("attempt", 9), ("step", "s77"),
                               ("started_ms", -1), ("ended_ms", "soon")):
                found = {**case.expected["result"], key: other}
                self.assertNotEqual(skill.check(case.expected, reply(json.dumps(found))), "")
        self.assertGreater(tried, 30)


if __name__ == "__main__":
    unittest.main()
