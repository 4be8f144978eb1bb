#!/usr/bin/env python3
"""The running daemon is what docs/openapi.yaml says.

    openapi_test.py HEARTH MODEL

HEARTH is the program, MODEL the file of ember. Every operation is asked, streams and errors
included, and whatever comes is held against the schemas; then the schemas are damaged one by one,
to see that it would have been noticed.
"""
import contextlib
import hashlib
import json
import pathlib
import sys
import unittest
import urllib.request

sys.dont_write_bytecode = True

import anthropic_calls
import hearth_calls
import llamacpp_calls
import ollama_calls
import openai_calls
import responses_calls
from daemon import Daemon, Fake, home, make_key
from description import Description, load, renamed
from session import Request, Session

DESCRIPTION = pathlib.Path(__file__).resolve().parent.parent.parent / "docs/openapi.yaml"
SCOPES = ("inference", "manage", "admin")
SHOWN_MAX = 25

# What no request of this test can bring about, and why.
UNMET_SCHEMAS = {
    "StretchedContext": "of models that take more than they were trained with",
    "MessagePing": "of an answer that says nothing for 15 seconds",
}
UNMET_RESPONSES = {
    ("llamaInfill", "200"): "of models whose vocabulary has tokens for a gap, as ember's has not",
}


class Places:
    """The files and hubs that requests lead to."""

    def __init__(self, folder, model, hub):
        self.home = folder / "hearth"
        self.model = model
        self.content = model.read_bytes()
        self.digest = "sha256:" + hashlib.sha256(self.content).hexdigest()
        self.remote, self.broken = "Someone/Tiny-GGUF:Q8_0", "Someone/Broken-GGUF:Q8_0"
        self.admin = hub.at["admin"]

    def ask_admin(self, method, body):
        request = urllib.request.Request(self.admin + "/faults", body, method=method)
        with urllib.request.urlopen(request, timeout=10):
            pass

    def set_fault(self, fault):
        self.ask_admin("POST", json.dumps(fault).encode())

    def forget_faults(self):
        self.ask_admin("DELETE", None)

    def damage(self, model):
        found = list((self.home / "models/manifests").rglob(f"{model}%3a*.json"))
        assert len(found) == 1, found
        found[0].write_text("{")


def put(path, content):
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


def play(description, program, model):
    """All replies to all requests; the last of them ends the daemon."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(home())
        secrets = {scope: make_key(program, folder, scope) for scope in SCOPES}
        # Another file than ember's, which would not have to be fetched; and one that is no model.
        put(folder / "hub/hugging_face/Someone/Tiny-GGUF/tiny-q8_0.gguf",
            model.read_bytes() + bytes(64))
        put(folder / "hub/hugging_face/Someone/Broken-GGUF/broken-q8_0.gguf", b"broken" * 1000)
        hub = stack.enter_context(Fake("model_hub", str(folder / "hub")))
        places = Places(folder, model, hub)
        # With room for one model, those that are expected after it stay expected.
        more = {"HEARTH_HF_ENDPOINT": hub.at["hugging_face"], "HEARTH_FLEET_MODELS": "1"}
        daemon = stack.enter_context(Daemon(program, folder, more))
        session = Session(description, daemon, secrets["admin"])
        hearth_calls.prepare(session)
        openai_calls.play(session)
        responses_calls.play(session)
        anthropic_calls.play(session)
        ollama_calls.play(session, places)
        llamacpp_calls.play(session)
        hearth_calls.play(session, places)
        refused = play_keys(description, daemon, secrets)
        session.ask("shutDown", 200)
    return session.replies + play_beside_ollama(description, program), refused


def play_beside_ollama(description, program):
    with home() as folder, Fake("ollama.py") as ollama:
        more = {"HEARTH_MODELS_FOUND": "yes", "OLLAMA_HOST": ollama.at["ollama"],
                "OLLAMA_MODELS": str(folder)}
        with Daemon(program, folder, more) as daemon:
            session = Session(description, daemon, None)
            hearth_calls.play_neighbours(session, ollama)
            return session.replies


def play_keys(description, daemon, secrets):
    """Everything without a key, and with one whose scope does not reach."""
    stranger = Session(description, daemon, None)
    guests = [Session(description, daemon, secrets[scope]) for scope in SCOPES]
    anywhere = Request({"model": "ember", "path": "batches", "digest": "sha256:12",
                        "response": "resp_1", "slot": "0", "task": "task-1",
                        "name": "calculator"})
    for name, operation in description.operations.items():
        scope = operation.facts["x-scope"]
        if scope == "everybody":
            stranger.ask(name, 200, None, anywhere)
            continue
        stranger.ask(name, 401, b"{}", anywhere)
        for guest in guests[:SCOPES.index(scope)]:
            guest.ask(name, 403, b"{}", anywhere)
    by_other_header = Request(headers={"x-api-key": secrets["inference"]})
    stranger.ask("listModels", 200, None, by_other_header)
    return [reply for session in (stranger, *guests) for reply in session.replies]


class OpenApi(unittest.TestCase):
    program = model = None

    @classmethod
    def setUpClass(cls):
        cls.description = Description(load(DESCRIPTION))
        cls.replies, refused = play(cls.description, cls.program, cls.model)
        cls.all = cls.replies + refused
        cls.by_schema = cls.replies_by_schema()

    def expect_none(self, found):
        shown = "\n".join(found[:SHOWN_MAX])
        self.assertFalse(found, f"{len(found)} of them:\n{shown}")

    def test_every_request_is_answered_as_it_has_to_be(self):
        self.expect_none([f"{reply.operation}: {reply.status}, not {reply.wanted}: "
                          f"{str(reply.asked)[:300]} -> {reply.body[:200]}"
                          for reply in self.all if reply.status != reply.wanted])

    def test_every_reply_is_what_the_file_says(self):
        self.expect_none([f"{reply.operation} {reply.status}: {problem}" for reply in self.all
                          for problem in self.description.check(reply)])

    def test_what_is_taken_fits_its_schema_and_what_is_refused_does_not(self):
        found = []
        for reply in self.replies:
            operation = self.description.operations[reply.operation]
            schema = self.description.find(operation.facts.get("requestBody", {}))
            if reply.asked is None or not schema or reply.status not in (200, 400):
                continue
            schema = schema["content"]["application/json"]["schema"]
            problems = list(self.description.problems(schema, reply.asked))
            if bool(problems) == reply.fits:
                found.append(f"{reply.operation} {reply.status}: {str(reply.asked)[:300]}: "
                             f"{problems[:3]}")
        self.expect_none(found)

    def test_every_response_that_is_listed_has_come(self):
        came = {(reply.operation, str(reply.status), reply.media_type() if reply.body else "")
                for reply in self.replies}
        listed = {(name, status, kind)
                  for name, operation in self.description.operations.items()
                  for status, response in operation.facts["responses"].items()
                  if status != "default"
                  for kind in self.description.find(response).get("content", {"": None})}
        unmet = {each for each in listed - came if each[:2] not in UNMET_RESPONSES}
        self.expect_none([" ".join(each) for each in sorted(unmet)])
        self.assertFalse(UNMET_RESPONSES.keys() & {each[:2] for each in came})

    def test_keys_open_what_the_file_says(self):
        for name, operation in self.description.operations.items():
            for_all = operation.facts["x-scope"] == "everybody"
            self.assertEqual(for_all, operation.facts.get("security") == [], name)
            self.assertIn(operation.facts["x-scope"], ("everybody", *SCOPES), name)

    def test_every_schema_of_a_reply_is_met_by_one(self):
        unmet = {name for name in self.by_schema
                 if not self.notices(self.description.without(name), name)}
        self.assertEqual(unmet, set(UNMET_SCHEMAS))

    def test_a_member_with_another_name_is_noticed(self):
        found = []
        schemas = self.description.document["components"]["schemas"]
        for name in self.by_schema.keys() - UNMET_SCHEMAS.keys():
            for member, other in renamed(schemas[name]):
                if not self.notices(self.description.with_schema(name, other), name):
                    found.append(f"{name}.{member}")
        self.expect_none(found)

    @classmethod
    def replies_by_schema(cls):
        """By the name of each schema those that could have it in them, the shortest first."""
        found = {}
        for operation in cls.description.operations.values():
            for name in cls.description.reached(operation.facts["responses"]):
                found.setdefault(name, []).extend(
                    reply for reply in cls.replies if reply.operation == operation.name)
        return {name: sorted(replies, key=lambda reply: len(reply.body))
                for name, replies in found.items()}

    def notices(self, damaged, name):
        """Whether a reply is wrong by a description that was right about it."""
        return any(True for reply in self.by_schema[name] for _ in damaged.check(reply))


if __name__ == "__main__":
    OpenApi.program, OpenApi.model = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
