"""What is asked of llama-server's routes."""
from openai_calls import ENDLESS, HELLO, TOKENS_MOST, WEATHER
from session import Request


def play(session):
    play_completions(session)
    play_gaps(session)
    play_texts(session)
    play_embeddings(session)
    play_facts(session)
    for operation in ("llamaRerank", "llamaReranking", "rerank", "reranking"):
        session.ask(operation, 501, {"query": "a", "documents": ["b"]})
    session.ask("llamaKeepSlot", 501, {"filename": "f"}, Request({"slot": "0"}, "?action=save"))


def play_completions(session):
    for operation in ("llamaComplete", "llamaCompleteToo"):
        play_completion(session, operation)


def play_completion(session, operation):
    def go_on(wanted, request=Request(), **more):
        body = {"model": "ember", "prompt": "Hello", "n_predict": 8, **more}
        return session.ask(operation, wanted, body, request)

    session.ask(operation, 200, {"prompt": "Hello", "n_predict": 4})
    go_on(200, n_probs=2, return_tokens=True, logit_bias=[[5, -1], [6, False]], seed=-1)
    go_on(200, prompt=["One", "Two"], n_cmpl=2, id_slot=1)
    go_on(200, prompt=["One", 2, 3], stop=["e"])
    go_on(200, json_schema=WEATHER, n_predict=64)
    go_on(200, n_predict=0)
    go_on(200, n_predict=-5, stop=["e"], lora=[{"id": 0, "scale": 0}], system_prompt="Be brief")
    go_on(200, response_fields=["content", "timings/prompt_n", "generation_settings/seed"])
    go_on(200, stream=True, n_probs=1, timings_per_token=True, return_tokens=True)
    go_on(200, stream=True, response_fields=["stop"])
    failed = go_on(200, stream=True, n_predict=TOKENS_MOST, ignore_eos=True, hearth=ENDLESS)
    assert "error" in failed[-1].data, failed[-1]
    session.ask(operation, 400, b"{")
    go_on(400, prompt=[])
    go_on(400, unheard_of=1)
    go_on(400, Request(fits=True), prompt="word " * 3000)
    go_on(404, model="nobody")


def play_gaps(session):
    def fill(wanted, request=Request(), **more):
        body = {"model": "ember", "input_prefix": "a", "input_suffix": "z", "n_predict": 4, **more}
        return session.ask("llamaInfill", wanted, body, request)

    fill(501, Request(fits=True), input_extra=[{"filename": "f", "text": "t"}], prompt="b")
    fill(400, input_extra=[{"filename": "f"}])
    fill(404, model="nobody")


def play_texts(session):
    def ask(name, wanted, **more):
        return session.ask(name, wanted, {"model": "ember", **more})

    ask("llamaTokenize", 200, content="Hello \u2603", with_pieces=True)
    ask("llamaTokenize", 200, content=["Hello", 5, "!"])
    tokens = ask("llamaTokenize", 200, content="Hello!", add_special=True)["tokens"]
    ask("llamaTokenize", 400, content=5)
    ask("llamaTokenize", 404, content="Hello!", model="nobody")
    ask("llamaDetokenize", 200, tokens=tokens)
    ask("llamaDetokenize", 400, tokens="Hello!")
    ask("llamaDetokenize", 404, tokens=tokens, model="nobody")
    ask("llamaApplyTemplate", 200, messages=HELLO)
    ask("llamaApplyTemplate", 400, messages=[])
    ask("llamaApplyTemplate", 404, messages=HELLO, model="nobody")


def play_embeddings(session):
    for operation in ("llamaEmbed", "llamaEmbedToo"):
        def embed(wanted, **more):
            return session.ask(operation, wanted, {"model": "ember-embed", **more})

        embed(200, content="a cat")
        embed(200, input=["a cat", "a dog"], embd_normalize=0, user="somebody")
        embed(200, content=[[1, 2], [3]], dimensions=8)
        embed(400, content="a cat", embd_normalize=-1)
        embed(404, content="a cat", model="nobody")


def play_facts(session):
    ember, nobody = Request(query="?model=ember"), Request(query="?model=nobody")
    for operation in ("llamaProps", "llamaSlots"):
        session.ask(operation, 200, None, ember)
        session.ask(operation, 404, None, nobody)
    session.ask("llamaModels", 200)
    session.ask("llamaHealth", 200)
