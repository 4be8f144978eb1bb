"""What is asked of Hearth's own routes."""
from openai_calls import HELLO
from session import Request

# Whatever is fetched from a hub has to be tried again, behind a pause that is long enough to tell.
BUSY = {"do": "status", "status": 503, "headers": {"Retry-After": "1"}, "server": "cdn",
        "times": 2}
# As the template of a model that thinks before it answers.
THINKING = """{%- for message in messages %}
{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.role == 'assistant' and message.reasoning_content %}
{{- '<think>\\n' + message.reasoning_content + '\\n</think>\\n\\n' }}
{%- endif %}
{{- message.content + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
{{- '<|im_start|>assistant\\n' }}
{%- if enable_thinking is defined and enable_thinking is false %}
{{- '<think>\\n\\n</think>\\n\\n' }}
{%- else %}
{{- '<think>\\n' }}
{%- endif %}
{%- endif %}"""


def prepare(session):
    """`muse`, the model that thinks, for all others who play."""
    session.ask("createModel", 200, {"name": "muse", "from": "ember", "template": THINKING})


def play(session, places):
    for operation in ("health", "healthReady", "healthLive", "metrics", "version", "config"):
        session.ask(operation, 200)
    play_log(session)
    play_tokens(session)
    play_tasks(session)
    play_tools(session)
    play_loading(session)
    play_inquiries(session)
    play_pulls(session, places)
    play_making(session, places)
    play_care(session, places)


def play_tasks(session):
    def of(task, what=""):
        return Request(at={"task": task + what})

    task = {"task": "Say hello.", "mode": "direct", "budget": {"model_calls": 3}}
    told = session.ask("startTask", 200, {**task, "stream": True})
    assert told[-1].name == "run.completed", told
    name = session.ask("startTask", 200, {**task, "workspace": ""})["id"]
    told = session.ask("showTask", 200, None, of(name, "/events"))
    assert [event.name for event in told][0] == "run.started", told
    session.ask("showTask", 200, None, of(name, "/events")._replace(query="?after=3"))
    session.ask("showTask", 400, None, of(name, "/events")._replace(query="?after=now"))
    done = session.ask("showTask", 200, None, of(name))
    assert done["status"] == "completed" and done["answer"], done
    listed = session.ask("listTasks", 200, None, Request(query="?limit=5"))
    assert listed["tasks"][0]["id"] == name, listed
    session.ask("listTasks", 400, None, Request(query="?limit=many"))
    again = session.ask("changeTask", 200, {"events": 1}, of(name, "/fork"))
    assert again["parent"] == name, again
    session.ask("changeTask", 200, None, of(name, "/retry"))
    session.ask("changeTask", 400, None, of(name, "/cancel"))
    session.ask("changeTask", 400, {"approve": True}, of(name, "/approve")._replace(fits=True))
    session.ask("changeTask", 400, {"approve": 5}, of(name, "/approve"))
    for wrong in ({"task": " "}, {"task": "x", "mode": "never"}, {"task": "x", "workspace": "a"},
                  {"task": "x", "budget": {"steps": 99}}, {"task": "x", "color": "red"}):
        session.ask("startTask", 400, wrong, Request(fits=wrong == {"task": " "}))
    session.ask("showTask", 404, None, of("task-nothing"))
    session.ask("changeTask", 404, None, of("task-nothing", "/cancel"))


def play_tokens(session):
    def tokenize(wanted, **more):
        return session.ask("tokenize", wanted, {"model": "ember", **more})

    tokenize(200, text="Hello!", add_special=True)
    tokenize(200, text="Hello!", count_only=True)
    tokenize(200, messages=HELLO, count_only=True)
    tokenize(400, text=5)
    tokenize(400, text="Hello!", messages=HELLO, count_only=False)
    tokenize(404, text="Hello!", model="nobody")


def play_tools(session):
    def execute(wanted, name, body, fits=False):
        return session.ask("executeTool", wanted, body, Request({"name": name}, fits=fits))

    session.ask("listTools", 200)
    execute(200, "calculator", {"expression": "6 * 7"})
    execute(200, "calculator", {"arguments": {"expression": "1 / 0"}, "approve": True})
    execute(400, "calculator", {"expression": 5}, fits=True)
    execute(400, "calculator", [])
    execute(403, "fetch_page", {"url": "https://example.org/"})
    execute(404, "nobody", {})


def play_loading(session):
    session.ask("loadModel", 200, {"model": "ember", "keep_alive": "10m", "then": ["muse"]})
    session.ask("listOwnModels", 200)
    session.ask("loadModel", 400, {"model": "ember", "then": 5})
    session.ask("loadModel", 404, {"model": "nobody"})
    for operation in ("pinModel", "unpinModel"):
        session.ask(operation, 200, {"model": "ember"})
        session.ask(operation, 400, {"model": "ember", "for": "ever"})
        session.ask(operation, 404, {"model": "nobody"})
    session.ask("stats", 200, None, Request(query="?model=ember"))
    session.ask("stats", 404, None, Request(query="?model=nobody"))
    session.ask("unloadModel", 200, {"model": "ember"})
    session.ask("unloadModel", 400, {})
    session.ask("unloadModel", 404, {"model": "ember"})
    watch(session)


def watch(session):
    """What has become of ember by now is told from the first id on."""
    told = session.ask("watchModels", 200, None, Request(query="?after=0", events=3))
    names = [event.name for event in told]
    assert "ready" in names and all(event.id for event in told), told
    after = Request(headers={"Last-Event-ID": "999999"}, events=1)
    assert session.ask("watchModels", 200, None, after)[0].name == "missed"
    session.ask("watchModels", 400, None, Request(query="?after=yesterday"))


def play_log(session):
    told = session.ask("logs", 200, None, Request(query="?lines=2"))["lines"]
    assert len(told) == 2, told
    as_events = {"Accept": "text/event-stream"}
    session.ask("logs", 200, None, Request(query="?lines=1", headers=as_events, events=1))
    last = session.ask("logs", 200, None, Request(query="?after=999999", headers=as_events,
                                                  events=1))
    assert last[0].name == "missed", last
    session.ask("logs", 400, None, Request(query="?lines=many"))


def play_inquiries(session):
    session.ask("showOwnModel", 200, {"model": "ember", "contexts": [512, 1024]})
    session.ask("showOwnModel", 200, {"model": "muse"})
    session.ask("showOwnModel", 400, {"model": "ember", "contexts": [0]})
    session.ask("showOwnModel", 404, {"model": "nobody"})
    session.ask("rankModels", 200, {"context": 1024})
    session.ask("rankModels", 400, {"context": 0})
    found = session.ask("searchModels", 200, {"words": "someone", "limit": 5})
    assert found["models"], found
    session.ask("searchModels", 400, {"limit": 5})


def play_pulls(session, places):
    def pull(wanted, **more):
        return session.ask("pullModel", wanted, {"model": places.remote, **more})

    places.set_fault(BUSY)
    told = pull(200)
    assert any(line["status"] == "retrying" for line in told), told
    places.forget_faults()
    pull(200, stream=False)
    pull(400, digest=5)
    pull(404, model="nobody/nothing-GGUF:F16")
    session.ask("removeModel", 200, {"model": places.remote})
    session.ask("removeModel", 400, {"name": places.remote})
    session.ask("removeModel", 404, {"model": places.remote})
    session.ask("collectFiles", 200)
    failed = pull(200, model=places.broken)
    assert "error" in failed[-1], failed[-1]


def play_making(session, places):
    def create(wanted, **more):
        return session.ask("createModel", wanted, {"name": "kind", **more})

    modelfile = "FROM ember\nSYSTEM Be kind.\nPARAMETER stop x\nMESSAGE user Hello!\nLICENSE free\n"
    create(200, modelfile=modelfile, stream=False)
    create(400, modelfile=modelfile, system="Be kind.")
    create(400, system="Be kind.")
    create(404, **{"from": "nobody"})
    session.ask("showOwnModel", 200, {"model": "kind"})
    session.ask("importModel", 200, {"path": str(places.model), "name": "brought"})
    session.ask("importModel", 400, {"path": "ember.gguf"})
    session.ask("importModel", 404, {"path": "/nowhere/m.gguf", "name": "lost"})
    path = {"path": str(places.model), "stream": False}
    session.ask("importModel", 200, {**path, "name": "brought-again"})
    session.ask("copyModel", 200, {"from": "brought", "to": "copied"})
    session.ask("copyModel", 200, {"from": "brought", "to": "another", "stream": False})
    session.ask("copyModel", 400, {"from": "brought"})
    session.ask("copyModel", 404, {"from": "nobody", "to": "copied"})


def play_care(session, places):
    """What is said of files and manifests that are not what they were."""
    session.ask("verifyModels", 200, {})
    session.ask("verifyModels", 200, {"models": ["copied"], "stream": False})
    session.ask("verifyModels", 400, {"models": 5})
    session.ask("verifyModels", 404, {"models": ["nobody"]})
    places.damage("copied")
    damaged = session.ask("listOwnModels", 200)
    assert "damaged_manifests" in damaged, damaged
    session.ask("verifyModels", 200, {"stream": False})
    session.ask("removeModel", 200, {"model": "copied"})


def play_neighbours(session, ollama):
    """Beside a fake Ollama, which goes away in the end."""
    model = {"model": "qwen2.5:0.5b"}
    session.ask("listNeighbours", 200)
    session.ask("showNeighboursModel", 200, model)
    session.ask("showNeighboursModel", 404, {"model": "nobody"})
    session.ask("unloadAtNeighbour", 200, model)
    for operation in ("showNeighboursModel", "unloadAtNeighbour"):
        session.ask(operation, 400, {"name": "qwen2.5:0.5b"})
    ollama.end()
    session.ask("listNeighbours", 200)
    for operation in ("showNeighboursModel", "unloadAtNeighbour"):
        session.ask(operation, 503, model)
