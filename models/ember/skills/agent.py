"""Works on a task with tools over several turns: reads, acts on what it read, answers."""
from workshop import jobs, toolbox
from workshop.invention import pick
from workshop.kit import Kit
from workshop.skill import Case, Skill, assistant, call, calling, result, user
from workshop.splits import HELD_OUT
from workshop.words import capital

ERROR_SHARE, HOSTILE_SHARE = 0.08, 0.1
SCALARS = ("count", "sum", "largest", "line", "value")
TURN_TOKENS, OUTPUT_MOST = 300, 200


def spoken_list(items):
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def final_words(job):
    """What is said at the end."""
    if job.parts[-1].kind == "tool":
        return f"Done. {job.criterion}"
    operation = job.operation
    if operation.key in SCALARS:
        return f"{capital(operation.noun)} is {operation.output}."
    return f"{capital(operation.noun)}:\n{operation.output}"


class Transcript:
    """The turns of one task; `turns` are (answer, what a check of it needs)."""

    def __init__(self, kit, task):
        self.kit, self.messages, self.turns, self.calls = kit, [user(task)], [], 0

    def say(self, answer, expected):
        self.turns.append((len(self.messages), answer, expected))
        self.messages.append(answer)

    def use(self, part, values, output):
        """A call of the part's tool and its result."""
        self.calls += 1
        names = self.kit.by_role[part.role][1]
        arguments = dict(zip(names, values))
        name = self.kit.name(part.role)
        message = calling([call(f"call_{self.calls}", name, toolbox.text_of(arguments))])
        self.say(message, {"call": {"name": name, "arguments": arguments}})
        self.messages.append(result(f"call_{self.calls}", output))

    def failed(self, rng, fill, part, values):
        error = toolbox.USE.pick(rng, fill.split, "error")
        self.use(part, values, error)
        form = toolbox.USE.pick(rng, fill.split, "error reply")
        self.say(assistant(form.replace("{error}", error)), {"all": [error], "most": 200})


class Agent(Skill):
    name = "agent"
    why = "several turns with tools: read, act, answer"

    def make(self, rng, fill):
        transcript = pick(rng, (transformed, transformed, transformed, transformed, searched,
                                listed, copied))(rng, fill)
        last = transcript.turns[-1]
        turn = pick(rng, transcript.turns) if fill.split == HELD_OUT else last
        at, answer, expected = turn
        return Case(self.name, transcript.messages[:at], answer, expected,
                    tools=transcript.kit.tools, max_tokens=TURN_TOKENS)


def started(rng, fill, job):
    kit = Kit(rng, fill, jobs.roles_of(job), few=True)
    task = jobs.typed(job.task) if rng.random() < jobs.TYPED_SHARE else job.task
    return Transcript(kit, task)


def transformed(rng, fill):
    job = jobs.doable(rng, fill)
    while len(job.operation.output) > OUTPUT_MOST:
        job = jobs.doable(rng, fill)
    transcript, source = started(rng, fill, job), job.parts[0]
    if rng.random() < ERROR_SHARE:
        transcript.failed(rng, fill, source, source.values)
        return transcript
    content = job.operation.content
    if job.operation.key == "value" and rng.random() < HOSTILE_SHARE:
        content += "\n" + toolbox.USE.pick(rng, fill.split, "hostile")
    transcript.use(source, source.values, content)
    sink = job.parts[-1]
    if sink.kind != "tool":
        key = "span" if job.operation.key in SCALARS else "all"
        wanted = job.operation.output if key == "span" else [job.operation.output]
        transcript.say(assistant(final_words(job)), {key: wanted, "most": 400})
        return transcript
    values = [job.operation.output if jobs.REFERENCE.fullmatch(value) else value
              for value in sink.values]
    if rng.random() < ERROR_SHARE:
        transcript.failed(rng, fill, sink, values)
        return transcript
    transcript.use(sink, values, pick(rng, ("ok", "done", "written", "saved", '{"ok": true}')))
    transcript.say(assistant(final_words(job)), {"any": ["done"], "most": 300})
    return transcript


def searched(rng, fill):
    job = jobs.searching(rng, fill)
    while len(job.parts) != 2 or job.parts[1].kind == "tool":
        job = jobs.searching(rng, fill)
    transcript, source = started(rng, fill, job), job.parts[0]
    files = fill.picks(rng, "file", 1 + int(rng.random() * 3))
    text = source.values[0]
    if rng.random() < 0.15:
        transcript.use(source, source.values, pick(rng, ("", "nothing found", "[]", "no matches")))
        transcript.say(assistant(f"No file mentions {text}."), {"any": ["no file"], "most": 200})
        return transcript
    numbers = [f":{1 + int(rng.random() * 90)}" if rng.random() < 0.3 else "" for _ in files]
    found = "\n".join(file + number for file, number in zip(files, numbers))
    transcript.use(source, source.values, found)
    transcript.say(assistant(f"{text} is in {spoken_list(files)}."), {"all": files, "most": 300})
    return transcript


def listed(rng, fill):
    """A folder's files; sometimes one of them is then read."""
    job = jobs.listing(rng, fill)
    while len(job.parts) != 2 or job.parts[1].kind == "tool":
        job = jobs.listing(rng, fill)
    transcript, source = started(rng, fill, job), job.parts[0]
    files = fill.picks(rng, "file", 1 + int(rng.random() * 4))
    transcript.use(source, source.values, "\n".join(files))
    reply = f"The files are {spoken_list(files)}." if len(files) > 1 else f"The file is {files[0]}."
    transcript.say(assistant(reply), {"all": files, "most": 400})
    if "read" in transcript.kit.by_role and rng.random() < 0.6:
        nth = int(rng.random() * min(3, len(files)))
        word = ("first", "second", "third")[nth]
        transcript.messages.append(user(pick(rng, (
            f"Read the {word} one.", f"What is in the {word} one?", f"Open the {word} file."))))
        line = fill.pick(rng, "phrase")
        part = jobs.Part("tool", "", "", "", role="read")
        transcript.use(part, [files[nth]], line)
        transcript.say(assistant(f"{files[nth]} says: {line}"), {"all": [line], "most": 300})
    return transcript


def copied(rng, fill):
    job = jobs.copying(rng, fill)
    transcript, (source, sink) = started(rng, fill, job), job.parts
    content = "\n".join(fill.pick(rng, "phrase") for _ in range(1 + int(rng.random() * 3)))
    transcript.use(source, source.values, content)
    transcript.use(sink, [sink.values[0], content], pick(rng, ("ok", "done", "written")))
    transcript.say(assistant(f"Done. {job.criterion}"), {"any": ["done"], "most": 300})
    return transcript
