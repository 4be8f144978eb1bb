"""What is asked of Anthropic's routes."""
from openai_calls import AS_ANTHROPIC, ENDLESS, HELLO, TOKENS_MOST, WEATHER, own_tools
from session import Request

TOOL = {"name": "weather", "description": "The weather.", "input_schema": WEATHER}
HOSTED = {"type": "web_search_20250305", "name": "web_search"}
CACHED = {"type": "ephemeral", "ttl": "1h"}


def play(session):
    play_messages(session)
    play_streams(session)
    play_counts(session)
    for operation in ("refuseBatch", "refuseToMakeBatch"):
        session.ask(operation, 404, None, Request({"path": "batches"}))


def say_to(session, **always):
    def say(wanted, **more):
        body = {"model": "ember", "messages": HELLO, "max_tokens": 8, **always, **more}
        return session.ask("createMessage", wanted, body, Request(headers=AS_ANTHROPIC))
    return say


def play_messages(session):
    say = say_to(session)
    say(200, system=[{"type": "text", "text": "Be kind.", "cache_control": CACHED}],
        metadata={"user_id": "u"})
    called = say(200, tools=[TOOL, HOSTED], tool_choice={"type": "any"}, max_tokens=64)
    result = {"type": "tool_result", "tool_use_id": called["content"][-1]["id"],
              "content": [{"type": "text", "text": "Rain."}]}
    say(200, tools=[TOOL], messages=[*HELLO, {"role": "assistant", "content": called["content"]},
                                     {"role": "user", "content": [result]}])
    say(200, model="muse", thinking={"type": "enabled", "budget_tokens": 3})
    with own_tools() as wish:
        say(200, temperature=0, **wish)
    say(200, max_tokens=0)
    say(200, max_tokens=64, output_config={"format": {"type": "json_schema", "schema": WEATHER}})
    say(200, max_tokens=64, stop_sequences=["e", "o", "a"])
    session.ask("createMessage", 400, b"{")
    say(400, temperature="warm")
    say(400, unheard_of=1)
    say(400, messages=[{"role": "user", "content": [{"type": "image"}]}])
    say(400, thinking={"type": "enabled"})
    say(400, tools=[{"name": "two words", "input_schema": {}}])
    say(404, model="claude-sonnet-4-5")
    say(404, thread={"type": "continue", "id": "t"})


def play_streams(session):
    say = say_to(session, stream=True)
    say(200)
    say(200, tools=[TOOL], tool_choice={"type": "tool", "name": "weather"}, max_tokens=64)
    say(200, model="muse", max_tokens=32, thinking={"type": "enabled", "budget_tokens": 3})
    endless = {"type": "array", "minItems": 5000, "items": {"type": "integer"}}
    failed = say(200, max_tokens=TOKENS_MOST, hearth=ENDLESS,
                 output_config={"format": {"type": "json_schema", "schema": endless}})
    assert failed[-1].name == "error", failed[-1]


def play_counts(session):
    def count(wanted, **more):
        body = {"model": "ember", "messages": HELLO, **more}
        return session.ask("countMessageTokens", wanted, body)

    count(200, tools=[TOOL])
    count(400, messages="Hello!")
    count(404, model="nobody")
