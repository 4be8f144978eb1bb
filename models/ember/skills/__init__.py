"""The skills by name. A new file with a Skill in it is found by itself."""
import importlib
import pkgutil

from workshop.skill import Skill


def every():
    """{name: Skill}, in the order of the names."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for thing in vars(loaded).values():
            if isinstance(thing, type) and issubclass(thing, Skill) and thing.name:
                if thing.__module__ == loaded.__name__:
                    found[thing.name] = thing()
    return dict(sorted(found.items()))
