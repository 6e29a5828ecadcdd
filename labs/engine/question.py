"""The question of a scene: its choices, and the order in which a seed shows them.

Each student has the choices in an order of their own, so that a neighbour's letter says nothing.
A question without choices is answered freely, with a port for example.
"""

import re
import textwrap

_CHOICE = re.compile(r"^[ \t]*(\w)\) ", re.M)


def letters(ask):
    """The letters of the choices, in order."""
    return _CHOICE.findall(ask)


def shuffled(ask, answer, dice):
    """The question with its choices in another order, and the letter of the same answer."""
    head, *rest = _CHOICE.split(ask)
    names, choices = rest[::2], [choice.strip() for choice in rest[1::2]]
    if not names:
        return ask, answer
    order = list(range(len(names)))
    dice.shuffle(order)
    lines = [head.rstrip()] + ["%s) %s" % (name, choices[place]) for name, place in zip(names, order)]
    return "\n".join(lines), names[order.index(names.index(answer))]


def wrapped(ask, width):
    """The question in lines of a width, each choice on a line of its own."""
    parts = re.split(r"\n[ \t]*(?=\w\) )", ask)
    lines = [textwrap.fill(" ".join(parts[0].split()), width)]
    lines += [textwrap.fill(" ".join(each.split()), width, subsequent_indent="   ") for each in parts[1:]]
    return "\n".join(lines)


def same(given, answer):
    """Is it the answer? Neither blanks around it nor capital letters matter."""
    return given.strip().lower() == answer.strip().lower()
