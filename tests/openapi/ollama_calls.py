"""What is asked of Ollama's routes."""
import hashlib

from hearth_calls import BUSY
from openai_calls import ENDLESS, HELLO, TOKENS_MOST, TOOL, WEATHER, own_tools
from session import Request

EIGHT = {"num_predict": 8, "num_ctx": 4096}
NEVER = {"num_predict": TOKENS_MOST, "ignore_eos": True}


def play(session, places):
    session.ask("greet", 200)
    session.ask("ollamaVersion", 200)
    session.ask("ollamaPush", 501, {"model": "ember"})
    play_generate(session)
    play_chats(session)
    play_embeddings(session)
    play_lists(session)
    play_pulls(session, places)
    play_making(session, places)


def play_generate(session):
    def go_on(wanted, **more):
        body = {"model": "ember", "prompt": "Hello!", "options": EIGHT, **more}
        return session.ask("ollamaGenerate", wanted, body)

    context = go_on(200, stream=False, logprobs=True, top_logprobs=2)["context"]
    go_on(200, context=context, system="Be kind.")
    go_on(200, raw=True, stream=False)
    go_on(200, format=WEATHER, options={"num_predict": 64})
    go_on(200, format="json", stream=False, options={"num_predict": 64})
    with own_tools() as wish:
        prompt = wish["messages"][0]["content"]
        go_on(200, prompt=prompt, hearth=wish["hearth"],
              options={"num_predict": 64, "temperature": 0})
    go_on(200, prompt="")
    failed = go_on(200, options=NEVER, hearth=ENDLESS)
    assert "error" in failed[-1], failed[-1]
    session.ask("ollamaGenerate", 400, b"")
    go_on(400, template="{{ .Prompt }}")
    go_on(400, options={"num_predict": 0})
    go_on(400, options={"warmth": 1})
    go_on(404, model="nobody")


def play_chats(session):
    def say(wanted, **more):
        body = {"model": "ember:latest", "messages": HELLO, "options": EIGHT, **more}
        return session.ask("ollamaChat", wanted, body)

    say(200, logprobs=True, top_logprobs=1)
    say(200, model="muse", think=True, stream=False, options={"num_predict": 32})
    say(200, model="muse", think=True)
    called = call_a_tool(say)
    say(200, tools=[TOOL], messages=[*HELLO, called["message"],
                                     {"role": "tool", "tool_name": "weather", "content": "Rain."}])
    with own_tools() as wish:
        del wish["max_tokens"]
        say(200, **{**wish, "options": {"num_predict": 64, "temperature": 0}})
    say(200, messages=[])
    say(200, messages=[], model="muse", keep_alive=0)
    failed = say(200, options=NEVER, hearth=ENDLESS)
    assert "error" in failed[-1], failed[-1]
    say(400, messages=[{"role": "user", "content": 5}])
    say(400, messages=[{"role": "user", "content": "", "images": ["aGk="]}])
    say(400, unheard_of=1)
    say(404, model="nobody")


def call_a_tool(say):
    """Ollama has no word for a call that has to come; this is what ember calls by itself."""
    function = {"name": "get_weather", "description": "Get the weather of a city",
                "parameters": {"type": "object", "properties": {"city": {"type": "string"}},
                               "required": ["city"]}}
    asked = {"tools": [{"type": "function", "function": function}],
             "messages": [{"role": "user", "content": "What is the weather in Lisbon?"}],
             "options": {"num_predict": 64, "temperature": 0}}
    called = say(200, stream=False, **asked)
    lines = say(200, **asked)
    assert "tool_calls" in called["message"], called
    assert any("tool_calls" in line["message"] for line in lines), lines
    return called


def play_embeddings(session):
    def embed(wanted, **more):
        return session.ask("ollamaEmbed", wanted, {"model": "ember-embed", **more})

    def embed_one(wanted, **more):
        return session.ask("ollamaEmbedOne", wanted, {"model": "ember-embed", **more})

    embed(200, input=["a cat", "a dog"], dimensions=8, options={"num_ctx": 512})
    embed(200, input="")
    embed(400, input=[""])
    embed(404, input="a cat", model="nobody")
    embed_one(200, prompt="a cat")
    embed_one(200, prompt="")
    embed_one(400, prompt=5)
    embed_one(404, prompt="a cat", model="nobody")


def play_lists(session):
    session.ask("ollamaTags", 200)
    session.ask("ollamaPs", 200)
    session.ask("ollamaShow", 200, {"model": "ember", "verbose": True})
    session.ask("ollamaShow", 200, {"name": "muse"})
    session.ask("ollamaShow", 400, {"verbose": True})
    session.ask("ollamaShow", 404, {"model": "nobody"})


def play_pulls(session, places):
    def pull(wanted, **more):
        return session.ask("ollamaPull", wanted, {"model": places.remote, **more})

    places.set_fault(BUSY)
    told = pull(200)
    assert any(line["status"].startswith("trying again") for line in told), told
    places.forget_faults()
    pull(200, stream=False)
    pull(400, stream="yes")
    pull(404, model="nobody/nothing-GGUF:F16")
    session.ask("ollamaDelete", 200, {"model": places.remote})
    session.ask("collectFiles", 200)
    failed = pull(200, model=places.broken)
    assert "error" in failed[-1], failed[-1]


def play_making(session, places):
    play_blobs(session, places)

    def create(wanted, **more):
        return session.ask("ollamaCreate", wanted, {"model": "made", **more})

    create(200, files={"m.gguf": places.digest}, system="Be kind.", parameters={"seed": 3})
    create(200, **{"from": "ember"}, messages=HELLO, stream=False, renderer="r")
    create(200, **{"from": "ember"}, parameters={"num_ctx": 1024, "stop": ["x"], "numa": True})
    create(400, **{"from": "ember"}, quantize="q4_0")
    create(400)
    create(404, **{"from": "nobody"})
    session.ask("ollamaShow", 200, {"model": "made"})
    session.ask("ollamaCopy", 200, {"source": "made", "destination": "second"})
    session.ask("ollamaCopy", 400, {"source": "made"})
    session.ask("ollamaCopy", 404, {"source": "nobody", "destination": "second"})
    session.ask("ollamaDelete", 200, {"model": "second"})
    session.ask("ollamaDelete", 400, {})
    session.ask("ollamaDelete", 404, {"model": "second"})


def play_blobs(session, places):
    def at(digest):
        return Request({"digest": digest})

    other = "sha256:" + hashlib.sha256(b"other").hexdigest()
    session.ask("ollamaFindBlob", 404, None, at(other))
    session.ask("ollamaTakeBlob", 201, b"other", at(other))
    session.ask("ollamaTakeBlob", 200, b"other", at(other))
    session.ask("ollamaFindBlob", 200, None, at(other))
    session.ask("ollamaTakeBlob", 200, places.content, at(places.digest))
    session.ask("ollamaFindBlob", 400, None, at("sha256:12"))
    session.ask("ollamaTakeBlob", 400, b"not that", at("sha256:" + 64 * "0"))
