"""What is asked of OpenAI's responses."""
from openai_calls import ENDLESS, TOKENS_MOST, WEATHER
from session import Request

TOOL = {"type": "function", "name": "weather", "description": "The weather.",
        "parameters": WEATHER}
HOSTED = {"type": "web_search_2025_08_26"}
FORMAT = {"format": {"type": "json_schema", "name": "w", "schema": WEATHER}}
LOGPROBS = {"include": ["message.output_text.logprobs"], "top_logprobs": 2}


def play(session):
    play_whole(session)
    play_streams(session)
    play_stored(session)
    play_counts(session)


def say_to(session, **always):
    def say(wanted, request=Request(), **more):
        body = {"model": "ember", "input": "Hello!", "max_output_tokens": 8, **always, **more}
        return session.ask("createResponse", wanted, body, request)
    return say


def play_whole(session):
    say = say_to(session)
    first = say(200, instructions="Be kind.", metadata={"for": "a test"}, **LOGPROBS)
    items = [{"role": "user", "content": [{"type": "input_text", "text": "Hello!"}]},
             {"type": "item_reference", "id": first["output"][0]["id"]},
             {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
             {"role": "user", "content": "And now?"}]
    say(200, input=items, store=False, truncation="auto", user="somebody")
    called = say(200, tools=[TOOL, HOSTED], tool_choice="required", max_output_tokens=64)
    call = called["output"][-1]
    say(200, tools=[TOOL], previous_response_id=called["id"],
        input=[{"type": "function_call_output", "call_id": call["call_id"], "output": "Rain."}])
    say(200, tools=[TOOL], tool_choice={"type": "function", "name": "weather"}, store=False)
    say(200, text=FORMAT, max_output_tokens=64)
    say(200, model="muse", reasoning={"effort": "low"}, max_output_tokens=32)
    session.ask("createResponse", 400, b"{")
    say(400, background=True)
    say(400, input=[{"type": "message", "role": "user"}])
    say(200, tools=[{"type": "custom", "name": "c"}], max_output_tokens=8)
    say(400, tools=[{"type": "unheard", "name": "c"}])
    say(400, Request(fits=True), previous_response_id="resp_nothing")
    say(404, model="nobody")


def play_streams(session):
    say = say_to(session, stream=True)
    say(200, **LOGPROBS)
    say(200, tools=[TOOL], tool_choice="required", max_output_tokens=64)
    say(200, model="muse", max_output_tokens=32)
    failed = say(200, max_output_tokens=TOKENS_MOST, ignore_eos=True, hearth=ENDLESS)
    assert failed[-1].name == "response.failed", failed[-1]


def play_stored(session):
    def at(rest, query=""):
        return Request({"response": rest}, query)

    call = {"type": "function_call", "call_id": "c", "name": "weather", "arguments": "{}"}
    items = [{"role": "user", "content": "And the weather?"},
             {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]}, call,
             {"type": "function_call_output", "call_id": "c", "output": "Rain."}]
    kept = say_to(session)(200, input=items)["id"]
    session.ask("showResponse", 200, None, at(kept))
    page = session.ask("showResponse", 200, None, at(f"{kept}/input_items", "?limit=1"))
    session.ask("showResponse", 200, None,
                at(f"{kept}/input_items", f"?order=desc&after={page['last_id']}"))
    session.ask("showResponse", 400, None, at(f"{kept}/input_items", "?limit=0"))
    session.ask("cancelResponse", 400, None, at(f"{kept}/cancel"))
    session.ask("cancelResponse", 404, None, at(kept))
    session.ask("removeResponse", 200, None, at(kept))
    session.ask("removeResponse", 404, None, at(kept))
    session.ask("showResponse", 404, None, at(kept))


def play_counts(session):
    def count(wanted, **more):
        body = {"model": "ember", "input": "Hello!", **more}
        return session.ask("countInputTokens", wanted, body)

    count(200, tools=[TOOL])
    count(400, input=5)
    count(404, model="nobody")
