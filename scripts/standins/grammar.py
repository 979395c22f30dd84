"""A small phrase grammar, shared by the stand-ins that write texts.

In a template, ``[a|b|c]`` is one of the alternatives (they nest, and may be empty),
``<name>`` is the template of that name in a dictionary of rules, and ``#8-12#`` or
``#20-40/5#`` is a number of that range (in steps of 5).
"""

import re

import numpy as np

CHOICE = re.compile(r"\[([^\[\]]*)\]")
RULE = re.compile(r"<(\w+)>")
NUMBER = re.compile(r"#(\d+)-(\d+)(?:/(\d+))?#")
SENTENCE = re.compile(r"(^|[.!?]\s+)(\w)")


def unwrap(text: str) -> str:
    """A text with its continuation lines, which begin with two spaces, joined on."""
    return re.sub(r"\n  +", " ", text).strip()


def entries(text: str) -> dict[str, str]:
    """The lines "name: template" of a text as a dictionary."""
    return dict(line.split(": ", 1) for line in unwrap(text).split("\n"))


def sections(text: str) -> dict[str, str]:
    """What stands under each "@ heading" of a text."""
    parts = re.split(r"^@ ", unwrap(text), flags=re.M)[1:]
    return dict(part.strip().split("\n", 1) for part in parts)


def pick(items, rng: np.random.Generator):
    """One of the items of a sequence, all equally likely."""
    return items[rng.integers(len(items))]


def expand(template: str, rules: dict[str, str], rng: np.random.Generator) -> str:
    """Choose among all alternatives of a template, from the innermost outwards."""
    changes = 1
    while changes:
        template, named = RULE.subn(lambda match: rules[match[1]], template)
        template, chosen = CHOICE.subn(
            lambda match: pick(match[1].split("|"), rng), template
        )
        changes = named + chosen
    return NUMBER.sub(
        lambda match: str(
            pick(range(int(match[1]), int(match[2]) + 1, int(match[3] or 1)), rng)
        ),
        template,
    )


def sentences(text: str) -> str:
    """Tidy a text: its spaces, a before a vowel, the capital of each sentence."""
    text = " ".join(text.split())
    text = re.sub(r" ([.,;:])", r"\1", text)
    text = re.sub(r"\b([Aa]) (?=[aeio]|un(?!i))", r"\1n ", text)
    return SENTENCE.sub(lambda match: match[1] + match[2].upper(), text)
