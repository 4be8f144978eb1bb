"""Small grammar: capitals, plurals, and the article before a vowel."""
import re

PLURALS = {"mouse": "mice", "goose": "geese", "ox": "oxen", "wolf": "wolves", "knife": "knives",
           "shelf": "shelves", "scarf": "scarves", "deer": "deer", "sheep": "sheep",
           "salmon": "salmon", "trout": "trout", "squid": "squid", "moose": "moose",
           "bison": "bison"}
ARTICLE = re.compile(r"\b([Aa]) (?=[aeioAEIO]|u(?!ni|se|ti))")


def capital(text):
    return text[0].upper() + text[1:]


def plural(word):
    if word in PLURALS or word.endswith("s") and not word.endswith("ss"):
        return PLURALS.get(word, word)
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    return word[:-1] + "ies" if re.search(r"[^aeiou]y$", word) else word + "s"


def with_articles(text):
    """"a apple" becomes "an apple"."""
    return ARTICLE.sub(r"\1n ", text)
