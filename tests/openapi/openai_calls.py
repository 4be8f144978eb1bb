"""What is asked of OpenAI's routes."""
import contextlib
import pathlib
import tempfile

from session import Request

HELLO = [{"role": "user", "content": "Hello!"}]
WEATHER = {"type": "object", "properties": {"city": {"enum": ["Rome", "Oslo"]}},
           "required": ["city"]}
TOOL = {"type": "function", "function": {"name": "weather", "description": "The weather.",
                                         "parameters": WEATHER}}
AS_ANTHROPIC = {"anthropic-version": "2023-06-01"}
# An answer that goes on until its time is over.
ENDLESS = {"overflow": "shift", "deadline_ms": 1000}
TOKENS_MOST = 1_000_000


@contextlib.contextmanager
def own_tools():
    """A request whose model calls tools of this machine: one that runs, and one that may not."""
    with tempfile.TemporaryDirectory(prefix="hearth_openapi_") as folder:
        pathlib.Path(folder, "notes.txt").write_text("At noon.")
        wish = {"tools": ["read_file", "delete_file"], "workspace": folder, "rounds": 1}
        yield {"messages": [{"role": "user", "content": "Read notes.txt and tell me its text."}],
               "max_tokens": 64, "hearth": wish}


def chat(**more):
    return {"model": "ember", "messages": HELLO, "max_tokens": 8, **more}


def play(session):
    play_chats(session)
    play_streams(session)
    play_completions(session)
    play_recordings(session)
    play_embeddings(session)
    play_models(session)


def play_chats(session):
    def say(wanted, **more):
        return session.ask("createChatCompletion", wanted, chat(**more))

    say(200, n=2, logprobs=True, top_logprobs=2, seed=7)
    called = say(200, tools=[TOOL], tool_choice="required", max_tokens=64)["choices"][0]
    call = called["message"]["tool_calls"][0]
    past = [*HELLO, called["message"], {"role": "tool", "tool_call_id": call["id"],
                                        "content": [{"type": "text", "text": "Rain."}]}]
    say(200, tools=[TOOL], messages=past, stop=["."], user="somebody")
    format_ = {"type": "json_schema", "json_schema": {"name": "w", "schema": WEATHER}}
    say(200, response_format=format_, max_tokens=64, hearth={"priority": 1})
    say(200, messages=[*HELLO, {"role": "assistant", "content": "I am"}], temperature=0)
    say(200, model="muse", thinking_budget_tokens=3, reasoning_effort="low")
    say(200, messages=3 * [{"role": "user", "content": "word " * 800}],
        hearth={"history": "drop_oldest"})
    with own_tools() as wish:
        answer = say(200, temperature=0, **wish)
        assert answer["hearth"]["calls"][0]["output"] == "At noon.", answer
    say(400, hearth={"tools": []})
    say(400, hearth={"rounds": 3})
    session.ask("createChatCompletion", 400, b"{")
    say(400, temperature=3)
    say(400, messages=[])
    say(400, messages=[{"role": "user", "content": [{"type": "image_url"}]}])
    say(400, unheard_of=1)
    say(400, messages=[{"role": "poet", "content": ""}])
    say(404, model="nobody")


def play_streams(session):
    def say(wanted, **more):
        return session.ask("createChatCompletion", wanted, chat(stream=True, **more))

    say(200, logprobs=True)
    say(200, stream_options={"include_usage": True}, n=2)
    say(200, tools=[TOOL], tool_choice="required", max_tokens=64)
    say(200, model="muse", thinking_budget_tokens=3)
    with own_tools() as wish:
        say(200, temperature=0, **wish)
    failed = say(200, max_tokens=TOKENS_MOST, ignore_eos=True, hearth=ENDLESS)
    assert "deadline_exceeded" in failed[-1].data, failed[-1]
    say(404, model="nobody")


def play_completions(session):
    def go_on(wanted, request=Request(), **more):
        body = {"model": "ember", "prompt": "Hello", "max_tokens": 8, **more}
        return session.ask("createCompletion", wanted, body, request)

    go_on(200, n=2, logprobs=2, user="somebody")
    go_on(200, prompt=["One", "Two"], best_of=3, logprobs=0)
    go_on(200, prompt=[[1, 2], [3]], stop=["."])
    go_on(200, echo=True)
    go_on(200, echo=True, max_tokens=0)
    go_on(200, echo=True, stream=True)
    go_on(200, stream=True, logprobs=1, n=2)
    go_on(200, stream=True, stream_options={"include_usage": True})
    failed = go_on(200, stream=True, max_tokens=TOKENS_MOST, ignore_eos=True, hearth=ENDLESS)
    assert "deadline_exceeded" in failed[-1].data, failed[-1]
    go_on(400, prompt=5)
    go_on(400, Request(fits=True), echo=True, logprobs=1)
    go_on(400, Request(fits=True), best_of=1, n=2)
    go_on(404, model="nobody")


def play_recordings(session):
    """A form, as clients send it."""
    def form(model):
        parts = [f'name="model"\r\n\r\n{model}', 'name="file"; filename="a.wav"\r\n\r\nRIFF']
        text = "".join(f"--x\r\nContent-Disposition: form-data; {part}\r\n" for part in parts)
        return f"{text}--x--\r\n".encode()

    as_form = Request(headers={"Content-Type": "multipart/form-data; boundary=x"})
    for operation in ("createTranscription", "createTranslation"):
        session.ask(operation, 400, form("ember"), as_form)
        session.ask(operation, 404, form("nobody"), as_form)


def play_embeddings(session):
    def embed(wanted, **more):
        return session.ask("createEmbeddings", wanted, {"model": "ember-embed", **more})

    embed(200, input=["a cat", "a dog"], dimensions=8)
    embed(200, input="a cat", encoding_format="base64", user="somebody")
    embed(200, input=[[1, 2], [3]], hearth={"keep_alive": "5m"})
    embed(400, input="")
    embed(400, input="a cat", encoding_format="hex")
    embed(404, input="a cat", model="nobody")


def play_models(session):
    def ask(operation, wanted, *request, **more):
        return session.ask(operation, wanted, None, Request(*request, **more))

    ask("listModels", 200)
    ask("showModel", 200, {"model": "ember"})
    ask("showModel", 404, {"model": "no/body"})
    page = ask("listModels", 200, query="?limit=1", headers=AS_ANTHROPIC)
    ask("listModels", 200, query=f"?after_id={page['last_id']}", headers=AS_ANTHROPIC)
    ask("listModels", 400, query="?limit=0", headers=AS_ANTHROPIC)
    ask("showModel", 200, {"model": "ember"}, headers=AS_ANTHROPIC)
    ask("showModel", 404, {"model": "nobody"}, headers=AS_ANTHROPIC)
