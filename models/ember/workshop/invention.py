"""Made-up words, ids, addresses and paths, so that copying is learned for any text whatever.

Those that have words in them take `word`, a function of the RNG that makes one of a certain split.
"""
import string

SIMPLE = "b c d f g h j k l m n p r s t v w z".split() * 3
ONSETS = SIMPLE + ("bl br ch cl cr dr fl fr gl gr kr ph pl pr qu sh sk sl sm sn sp st str sw th "
                   "tr tw x y").split() + [""] * 4
VOWELS = "a e i o u a e i o u a e i o u ai ea ee ie oa oo ou y".split()
CODAS = "b ck d ff g l ll m n nd ng nk nt p r rd rk rm rn s sh sk ss st t th x".split()
CODAS += [""] * 40
DOMAINS = "com org net io dev example test local info eu".split()
HEX = "0123456789abcdef"
LETTERS_AND_DIGITS = string.ascii_letters + string.digits
SUFFIXES = "txt md csv json log yaml ini html py sh conf xml".split()


def pick(rng, options):
    return options[int(rng.random() * len(options))]


def string_of(rng, letters, least, most):
    length = least + int(rng.random() * (most - least + 1))
    return "".join([pick(rng, letters) for _ in range(length)])


def word(rng):
    count = pick(rng, (1, 2, 2, 2, 2, 3))
    text = "".join([pick(rng, ONSETS) + pick(rng, VOWELS) + pick(rng, CODAS)
                    for _ in range(count)])
    return text if len(text) > 2 else word(rng)


def blend(rng, first, second):
    """The beginning of one word grown together with the end of another: pillow, barrel, pirrel."""
    head = 1 + int(rng.random() * min(len(first), 5))
    tail = 1 + int(rng.random() * min(len(second), 5))
    return first[:head] + second[-tail:].lower()


def near(rng, text):
    """The same text with one letter or digit changed."""
    places = [at for at, sign in enumerate(text) if sign.isascii() and sign.isalnum()]
    at = pick(rng, places)
    kinds = (string.digits, string.ascii_uppercase, string.ascii_lowercase)
    letters = [kind for kind in kinds if text[at] in kind][0].replace(text[at], "")
    return text[:at] + pick(rng, letters) + text[at + 1:]


def title_word(rng, word):
    return word(rng).capitalize()


def identifier(rng, word):
    form = int(rng.random() * 4)
    if form == 0:
        return f"{word(rng)}_{word(rng)}"
    if form == 1:
        return word(rng) + word(rng).capitalize()
    if form == 2:
        return f"{word(rng)}{int(rng.random() * 100)}"
    return f"{word(rng)}_{word(rng)}".upper()


def letters(rng):
    """An id as machines give them."""
    form = int(rng.random() * 5)
    if form == 0:
        return f"{string_of(rng, string.ascii_uppercase, 2, 4)}-{int(rng.random() * 9000) + 1000}"
    if form == 1:
        return string_of(rng, HEX, 6, 12)
    if form == 2:
        return string_of(rng, LETTERS_AND_DIGITS, 5, 10)
    if form == 3:
        return f"#{int(rng.random() * 90000) + 10000}"
    return f"{string_of(rng, string.ascii_uppercase, 1, 2)}{string_of(rng, string.digits, 3, 6)}"


def email(rng, word):
    join = pick(rng, (".", "_", "-"))
    first = f"{word(rng)}{join}{word(rng)}" if rng.random() < 0.5 else word(rng)
    return f"{first}@{word(rng)}.{pick(rng, DOMAINS)}"


def url(rng, word):
    return f"https://{word(rng)}.{pick(rng, DOMAINS)}/{word(rng)}"


def file(rng, word):
    form = int(rng.random() * 4)
    if form == 0:
        stem = f"{word(rng)}_{word(rng)}"
    elif form == 1:
        stem = f"{word(rng)}-{int(rng.random() * 100)}"
    else:
        stem = word(rng) if form == 2 else word(rng).capitalize()
    return f"{stem}.{pick(rng, SUFFIXES)}"


def path(rng, word):
    folders = [word(rng) for _ in range(pick(rng, (1, 1, 1, 2)))]
    return pick(rng, ("/", "", "./", "~/")) + "/".join(folders + [file(rng, word)])


def version(rng):
    return f"{int(rng.random() * 10)}.{int(rng.random() * 30)}.{int(rng.random() * 30)}"


def address(rng):
    return ".".join([str(int(rng.random() * 255) + 1) for _ in range(4)])


def phone(rng):
    return f"+{int(rng.random() * 89) + 10} {string_of(rng, string.digits, 3, 3)} " \
           f"{string_of(rng, string.digits, 4, 5)}"


def password(rng):
    return string_of(rng, LETTERS_AND_DIGITS + "!?%&*+=_", 5, 10) + pick(rng, LETTERS_AND_DIGITS)


def phrase(rng, word):
    return " ".join([word(rng) for _ in range(2 + int(rng.random() * 3))])


OF_WORDS = {"title": title_word, "identifier": identifier, "email": email, "url": url,
            "newfile": file, "path": path, "phrase": phrase}
OF_LETTERS = {"letters": letters, "version": version, "ip": address, "phone": phone,
              "password": password}
