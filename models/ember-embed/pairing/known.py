"""What Hearth can do, and tools: a question or a request, and what is known of it."""
from pairing import wording
from pairing.pair import Pair
from skills import hearth
from workshop import toolbox
from workshop.invention import pick
from workshop.splits import HELD_OUT, split_of

NEAR_MISSES = 2


def document_of(block):
    return hearth.about(block)


def questions_of(block):
    """Ways to ask for a command or an option."""
    name, does = block["name"][0], block["does"][0]
    what = "what option" if name.startswith("-") else "what"
    found = [form.format(to=to) for form in hearth.ASKS.every["which"] for to in block["to"]]
    found += [form.format(name=name) for form in hearth.ASKS.every[what]]
    if what == "what":
        found += [form.format(does=does) for form in hearth.ASKS.every["does"]]
    return found


def hearth_entries():
    """[(document, questions in training, questions held out)] of all that is known of Hearth."""
    found = [(fact["say"][0], tuple(shown), tuple(held)) for fact, shown, held in hearth.PARTED]
    for block in hearth.COMMANDS + hearth.OPTIONS:
        questions = questions_of(block)
        held = tuple(text for text in questions if split_of(text) == HELD_OUT)
        shown = tuple(text for text in questions if split_of(text) != HELD_OUT)
        found.append((document_of(block), shown, held))
    return tuple(found)


ENTRIES = hearth_entries()


def make_hearth(rng, fill):
    document, shown, _ = pick(rng, ENTRIES)
    near = [pick(rng, ENTRIES)[0] for _ in range(int(rng.random() * (NEAR_MISSES + 1)))]
    if len(shown) > 1 and rng.random() < 0.15:
        query, other = rng.sample(shown, 2)
        return Pair("hearth", query, other, document)
    return Pair("hearth", wording.exchanged(rng, pick(rng, shown)), document, document,
                [text for text in near if text != document])


def hearth_items(rng, fill, count):
    """At most one of a document, asked as training never asks."""
    entries = [entry for entry in ENTRIES if entry[2]]
    rng.shuffle(entries)
    return [Pair("hearth", pick(rng, held), document, document)
            for document, _, held in entries[:count]]


def spoken_name(name):
    return name if "_" in name else name.replace(".", " ")


def described(tool):
    function = tool["function"]
    return f"{spoken_name(function['name'])}: {function['description']}"


def make_tool(rng, fill):
    request = toolbox.request(rng, fill)
    name = request.tool["function"]["name"]
    about = f"tool {request.made_of[0]['tool'][0] if len(request.made_of) == 2 else name}"
    return Pair("tools", wording.exchanged(rng, request.prompt), described(request.tool), about)


def tool_items(rng, fill, count):
    """Known tools once each, asked for as training never asks; the rest is made up."""
    found, blocks = [], list(toolbox.KNOWN)
    rng.shuffle(blocks)
    for block in blocks[:count // 2]:
        request = toolbox.known_request(rng, fill, block)
        held = [form for form in block["say"] if split_of(form) == HELD_OUT]
        if held:
            only = {**block, "say": held}
            request = toolbox.known_request(rng, fill, only)
        found.append(Pair("tools", request.prompt, described(request.tool), block["tool"][0]))
    seen = set()
    while len(found) < count:
        request = toolbox.invented_request(rng, fill)
        verb_and_noun = request.made_of[:2]
        if verb_and_noun in seen:
            continue
        seen.add(verb_and_noun)
        document = described(request.tool)
        found.append(Pair("tools", request.prompt, document, document))
    return found
