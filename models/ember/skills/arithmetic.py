"""Adds, subtracts and compares numbers of up to three digits, with the working written out.

The working goes digit by digit from the right, since that is what a small model can learn: each
step needs two digits and whether the step before went over ten.
"""
from workshop.chatter import greeting
from workshop.invention import pick
from workshop.phrases import Phrases
from workshop.skill import Skill
from workshop.splits import HELD_OUT, split_of
from workshop.words import with_articles

SUMS = Phrases("arithmetic")
WIDTHS, LARGE, LARGE_SHARE = (1, 2, 2, 3, 3, 3), (3, 4, 4), 0.05
COMPARED_FROM, COMPARED_MORE = 0.67, 0.3  # comparisons are harder than sums, so more in training
DIRECT_MOST = 12  # up to here a sum is known by heart, and so is never held out


def digits(number, count):
    text = str(number).rjust(count, "0")
    return [int(digit) for digit in reversed(text)]


def added(a, b):
    """The working of a + b: "7+5=12, 4+8+1=13"."""
    count, over, steps = max(len(str(a)), len(str(b))), 0, []
    for x, y in zip(digits(a, count), digits(b, count)):
        steps.append(f"{x}+{y}{'+1' if over else ''}={x + y + over}")
        over = int(x + y + over > 9)
    return ", ".join(steps)


def subtracted(a, b):
    """The working of a - b for a >= b: "12-8=4, 10-7-1=2"."""
    count, lent, steps = len(str(a)), 0, []
    for x, y in zip(digits(a, count), digits(b, count)):
        ten = 10 if x - y - lent < 0 else 0
        steps.append(f"{x + ten}-{y}{'-1' if lent else ''}={x + ten - y - lent}")
        lent = int(ten > 0)
    return ", ".join(steps)


def worked(a, sign, b):
    """The whole reply to a sum."""
    if sign == "+":
        line = f"{a} + {b} = {a + b}"
        return line if max(a, b) <= DIRECT_MOST else f"{added(a, b)}\n{line}"
    line = f"{a} - {b} = {a - b}"
    if max(a, b) <= DIRECT_MOST:
        return line
    if a >= b:
        return f"{subtracted(a, b)}\n{line}"
    return f"{a} is less than {b}. {subtracted(b, a)}\n{b} - {a} = {b - a}\n{line}"


def number(rng, widths=WIDTHS):
    digits_wanted = pick(rng, widths)
    return int(rng.random() * 10 ** digits_wanted)


def near(rng, a):
    """A number that is not told from another at first sight."""
    text = list(str(a))
    at = int(rng.random() * len(text))
    text[at] = str(int(rng.random() * 10))
    return int("".join(text))


def pair(rng, split, sign):
    """Two numbers of this split."""
    while True:
        large = split != HELD_OUT and rng.random() < LARGE_SHARE
        widths = LARGE if large else WIDTHS
        a, b = number(rng, widths), number(rng, widths)
        if sign == "-" and b > a and rng.random() < 0.85:
            a, b = b, a
        if sign in "<>" and rng.random() < 0.4:
            b = near(rng, a)
        if max(a, b) <= DIRECT_MOST:
            if split != HELD_OUT:
                return a, b
        elif split_of(f"{a}{sign}{b}") == split:
            return a, b


class Arithmetic(Skill):
    name = "arithmetic"
    why = "adds, subtracts, compares up to three digits"

    def make(self, rng, fill):
        return self.own(fill, lambda: self.any(rng, fill))

    def any(self, rng, fill):
        shape = rng.random()
        if fill.split != HELD_OUT and rng.random() < COMPARED_MORE:
            shape = COMPARED_FROM + (1 - COMPARED_FROM) * rng.random()
        if shape < 0.04:
            return self.sum_of_three(rng, fill)
        if shape < 0.36:
            return self.sum(rng, fill, "add", "+")
        if shape < 0.64:
            return self.sum(rng, fill, "subtract", "-")
        if shape < COMPARED_FROM:
            return self.product(rng, fill)
        if shape < 0.80:
            return self.compared(rng, fill)
        if shape < 0.92:
            return self.asked(rng, fill)
        return self.extreme(rng, fill)

    def sum(self, rng, fill, section, sign):
        a, b = pair(rng, fill.split, sign)
        result = a + b if sign == "+" else a - b
        if result >= 0 and rng.random() < 0.2:
            prompt = self.story(rng, fill, section, a, b)
        else:
            prompt = greeting(rng, SUMS.pick(rng, fill.split, section).format(a=a, b=b))
        return self.case(prompt, worked(a, sign, b), {"number": str(result)})

    def sum_of_three(self, rng, fill):
        """Two sums, one after the other."""
        a, b = pair(rng, fill.split, "+")
        c = number(rng)
        prompt = SUMS.pick(rng, fill.split, "add three").format(a=a, b=b, c=c)
        reply = f"{worked(a, '+', b)}\n{worked(a + b, '+', c)}"
        return self.case(greeting(rng, prompt), reply, {"number": str(a + b + c)})

    def story(self, rng, fill, section, a, b):
        slots = {kind: fill.pick(rng, kind) for kind in (
            "name", "objects", "manythings", "places", "weekdays", "months", "foods", "animals",
            "manyanimals")}
        slots["place2"], slots["object2"] = fill.pick(rng, "places"), fill.pick(rng, "objects")
        story = SUMS.pick(rng, fill.split, f"{section} story").format(a=a, b=b, **slots)
        return with_articles(story)

    def product(self, rng, fill):
        a, b = int(rng.random() * 11), int(rng.random() * 11)
        prompt = SUMS.pick(rng, fill.split, "multiply").format(a=a, b=b)
        return self.case(greeting(rng, prompt), f"{a} * {b} = {a * b}", {"number": str(a * b)})

    def compared(self, rng, fill):
        a, b = pair(rng, fill.split, ">")
        more = rng.random() < 0.5
        prompt = greeting(rng, SUMS.pick(rng, fill.split, "larger" if more else "smaller").format(
            a=a, b=b))
        if a == b:
            return self.case(prompt, "They are equal.", {"any": ["equal", "same"]})
        best, other = (max(a, b), min(a, b)) if more else (min(a, b), max(a, b))
        word = "larger" if more else "smaller"
        reply = f"{best} is {word} than {other}."
        return self.case(prompt, reply, {"exact": [reply, str(best)]})

    def asked(self, rng, fill):
        a, b = pair(rng, fill.split, "<")
        section = pick(rng, ("is larger", "is larger", "is smaller", "is smaller", "is equal"))
        if section == "is equal" and rng.random() < 0.5:
            b = a
        prompt = greeting(rng, SUMS.pick(rng, fill.split, section).format(a=a, b=b))
        yes = {"is larger": a > b, "is smaller": a < b, "is equal": a == b}[section]
        fact = f"{a} is equal to {b}" if a == b else \
            f"{a} is {'larger' if a > b else 'smaller'} than {b}"
        reply = f"{'Yes' if yes else 'No'}, {fact}."
        return self.case(prompt, reply, {"exact": [reply, "Yes" if yes else "No"]})

    def extreme(self, rng, fill):
        count = 3 + int(rng.random() * 3)
        numbers = []
        while len(numbers) < count:
            one = number(rng)
            if one not in numbers:
                numbers.append(one)
        most = rng.random() < 0.5
        listed = ", ".join(map(str, numbers))
        prompt = SUMS.pick(rng, fill.split, "largest" if most else "smallest").format(list=listed)
        best = max(numbers) if most else min(numbers)
        reply = f"The {'largest' if most else 'smallest'} is {best}."
        return self.case(greeting(rng, prompt), reply, {"exact": [reply, str(best)]})
