"""What is put into the slots of phrases: words of fillers/*.txt, made-up ones, numbers, dates.

Fillers(split) gives only what belongs to that split; lists that begin with `# shared` (weekdays,
colours) are in every split, and so are numbers, times and dates. A listed word that also stands
in a phrase or a prompt is in training anyway, so it is never held out.
"""
import functools
import re

from workshop import invention, seeds
from workshop.splits import HELD_OUT, TRAIN, VALIDATION, split_of
from workshop.words import plural

FOLDER = seeds.ROOT / "fillers"
WORD = re.compile(r"[^\W\d_]+")
PICK_TRIES = 40
BLEND_SHARE = 0.35  # of listed words, in training: that the list is not what is learned
BLEND_LEAST, BLEND_MOST = 3, 12
SUMS = ("{0} {3} {1}", "{0} {3} {1}", "{0} {3} {1} {4} {2}", "({0} {3} {1}) {4} {2}", "{0}{3}{1}",
        "{0}^2 {3} {1}", "{0}.5 {3} {1}", "{0} {3} ({1} {4} {2})")
TOKEN_KINDS = ("word", "code", "identifier", "email", "newfile", "path", "title")


@functools.cache
def known_words():
    """Every word that stands in the texts which all splits share."""
    words = set()
    for folder, suffix in (("seeds", "*.txt"), ("prompts", "*.txt"), ("skills", "*.py")):
        for path in sorted((seeds.ROOT / folder).glob(suffix)):
            words.update(WORD.findall(path.read_text(encoding="utf-8").lower()))
    return frozenset(words)


def read_list(path):
    """(shared, words) of one file."""
    lines = path.read_text(encoding="utf-8").split("\n")
    words = [word.strip() for line in lines if not line.startswith("#")
             for word in line.split(",") if word.strip()]
    return "# shared" in lines, tuple(dict.fromkeys(words))


@functools.cache
def lists():
    """{kind: (shared, words)} of all files."""
    return {path.stem: read_list(path) for path in sorted(FOLDER.glob("*.txt"))}


def split_of_word(word):
    """Of a listed word; several words are held out where one of them is."""
    splits = {split_of(part) for part in WORD.findall(word.lower()) if part not in known_words()}
    for split in (HELD_OUT, VALIDATION):
        if split in splits:
            return split
    return TRAIN


@functools.cache
def held_words():
    """Listed words that training never shows."""
    return frozenset(part for shared, words in lists().values() if not shared for word in words
                     if split_of_word(word) == HELD_OUT for part in WORD.findall(word.lower()))


class Fillers:
    """The fillers of one split. `pick` takes a kind: a list's name or a made-up kind."""

    def __init__(self, split):
        self.split = split
        self.words, self.blended = {}, set()
        for kind, (shared, words) in lists().items():
            chosen = words if shared else [w for w in words if split_of_word(w) == split]
            self.words[kind] = tuple(chosen)
            if not shared and split != HELD_OUT:
                self.blended.add(kind)
        self.makers = {"name": self.name, "fullname": self.full_name, "city": self.city,
                       "file": self.file, "number": self.number, "small": self.small,
                       "price": self.price, "time": self.time, "date": self.date,
                       "year": self.year, "slug": self.slug, "thing": self.thing,
                       "percent": self.percent, "temperature": self.temperature,
                       "company": self.company, "place": self.place, "token": self.token,
                       "floor": self.floor, "day": self.day, "port": self.port,
                       "word": self.word, "code": self.code, "sum": self.sum,
                       "manythings": lambda rng: plural(self.pick(rng, "objects")),
                       "manyanimals": lambda rng: plural(self.pick(rng, "animals")),
                       "manynouns": lambda rng: plural(self.pick(rng, "nouns"))}

    def pick(self, rng, kind):
        if kind in self.words:
            if kind in self.blended and rng.random() < BLEND_SHARE:
                return self.blend(rng, self.words[kind])
            return invention.pick(rng, self.words[kind])
        if kind in self.makers:
            return self.makers[kind](rng)
        if kind in invention.OF_WORDS:
            return invention.OF_WORDS[kind](rng, self.word)
        return self.invented(rng, invention.OF_LETTERS[kind])

    def picks(self, rng, kind, count):
        """So many different ones; made-up words where the list is too short for this split."""
        found, tries = [], 0
        while len(found) < count:
            one = self.pick(rng, kind if tries < PICK_TRIES else "word")
            tries += 1
            if one not in found:
                found.append(one)
        return found

    def invented(self, rng, maker):
        while True:
            text = maker(rng)
            if split_of(text) == self.split:
                return text

    def blend(self, rng, words):
        """Of two listed words, so that it looks like them and stands in no list."""
        while True:
            parts = invention.pick(rng, words).split(" ")
            at = int(rng.random() * len(parts))
            other = invention.pick(rng, words).split(" ")[-1]
            parts[at] = text = invention.blend(rng, parts[at], other)
            low = text.lower()
            if BLEND_LEAST <= len(text) <= BLEND_MOST and text.isalpha() and \
                    split_of(low) != HELD_OUT and not held_words() & {low, plural(low)}:
                return " ".join(parts)

    def near(self, rng, text):
        """Another text that differs in one letter or digit."""
        while True:
            other = invention.near(rng, text)
            new = set(WORD.findall(other.lower())) - set(WORD.findall(text.lower()))
            if not any(split_of(word) == HELD_OUT for word in new):
                return other

    def word(self, rng):
        return self.invented(rng, invention.word)

    def code(self, rng):
        """An id as machines give them."""
        if rng.random() < 0.2:
            return f"{self.word(rng)}-{10 + int(rng.random() * 9990)}"
        return self.invented(rng, invention.letters)

    # Mostly listed words, sometimes made-up ones, so that any name will do.
    def name(self, rng):
        kind = "names" if rng.random() < 0.75 else "title"
        return self.pick(rng, kind)

    def full_name(self, rng):
        last = "surnames" if rng.random() < 0.75 else "title"
        return f"{self.name(rng)} {self.pick(rng, last)}"

    def city(self, rng):
        return self.pick(rng, "cities" if rng.random() < 0.75 else "title")

    def company(self, rng):
        if rng.random() < 0.6:
            return self.pick(rng, "companies")
        return f"{self.pick(rng, 'title')} {invention.pick(rng, ('Labs', 'Works', 'Group', 'Ltd'))}"

    def place(self, rng):
        return self.pick(rng, "places")

    def thing(self, rng):
        thing = self.pick(rng, "objects")
        if rng.random() < 0.4:
            return f"{self.pick(rng, 'colours')} {thing}"
        return f"{self.pick(rng, 'adjectives')} {thing}" if rng.random() < 0.3 else thing

    def file(self, rng):
        form = rng.random()
        if form < 0.25:
            return self.pick(rng, "newfile")
        stem = self.pick(rng, "stems")
        if form < 0.45:
            stem = f"{stem}{invention.pick(rng, '-_')}{self.pick(rng, 'word')}"
        elif form < 0.55:
            stem = f"{stem}{1 + int(rng.random() * 30)}"
        return f"{stem}.{self.pick(rng, 'extensions')}"

    def slug(self, rng):
        return f"{self.pick(rng, 'nouns')}-{self.pick(rng, 'word')}"

    def token(self, rng):
        """Any text without blanks."""
        return self.pick(rng, invention.pick(rng, TOKEN_KINDS))

    def number(self, rng):
        digits = invention.pick(rng, (1, 2, 2, 3, 3, 4))
        return str(int(rng.random() * 9 * 10 ** (digits - 1)) + 10 ** (digits - 1))

    def sum(self, rng):
        """Such as 12 * (3 + 4)."""
        numbers = [self.number(rng) for _ in range(3)]
        form = invention.pick(rng, SUMS)
        return form.format(*numbers, *(invention.pick(rng, "+-*/") for _ in range(2)))

    def small(self, rng):
        return str(2 + int(rng.random() * 18))

    def port(self, rng):
        return str(1024 + int(rng.random() * 60000))

    def floor(self, rng):
        return str(1 + int(rng.random() * 40))

    def percent(self, rng):
        return f"{int(rng.random() * 101)}%"

    def temperature(self, rng):
        return str(int(rng.random() * 45) - 8)

    def price(self, rng):
        whole = int(rng.random() * invention.pick(rng, (10, 100, 1000))) + 1
        return f"{whole}.{int(rng.random() * 100):02d}" if rng.random() < 0.6 else str(whole)

    def time(self, rng):
        return f"{int(rng.random() * 24):02d}:{int(rng.random() * 12) * 5:02d}"

    def year(self, rng):
        return str(1900 + int(rng.random() * 140))

    def date(self, rng):
        day, month = 1 + int(rng.random() * 28), 1 + int(rng.random() * 12)
        if rng.random() < 0.5:
            return f"{2015 + int(rng.random() * 20)}-{month:02d}-{day:02d}"
        return f"{day} {self.words['months'][month - 1]}"

    def day(self, rng):
        return self.pick(rng, "weekdays")
