"""List the numbers in a notebook's prose that its stored run does not show.

    python scripts/prose_numbers.py NOTEBOOK ...

A number counts as shown if an output, the receipt or a constant in the code, rounded
as the prose writes it, is that number. docs/writing-a-notebook.md says what is exempt.
"""

import argparse
import ast
import re
import sys
from pathlib import Path
from typing import NamedTuple

from notebook_file import code_cells, read, sections

SCALES = {"k": 1e3, "thousand": 1e3, "M": 1e6, "million": 1e6, "billion": 1e9}
PERCENT = {"%", "percent", "per cent"}
SECONDS, MINUTES = {"s", "second", "seconds"}, {"min", "minute", "minutes"}
UNITS = "|".join(sorted({*SCALES, *PERCENT, *SECONDS, *MINUTES}, key=len, reverse=True))
NUMBER = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d*\.\d+|\d+)"
    rf"(?P<exponent>e[-+]?\d+)?(?:[^\S\n]?(?P<unit>{UNITS})(?!\w))?"
)

# What the prose does not have to prove.
EXEMPT_SECTIONS = ("The story", "Sources")
EXEMPT_SENTENCE = re.compile(
    r"\([^()]*\b(?:1[89]\d\d|20[0-3]\d)[^()\d]*\)"  # (Kingma and Welling 2013)
    r"|arXiv|\b[Tt]he (?:paper|book)\b|\b[Aa]nother run\b|\bpublished\b"
)
EXEMPT_SPAN = re.compile(
    r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$"  # code and mathematics
    r"|</?[a-zA-Z!][^>]*>|\[[^\]\n]*\]\([^)\s]*\.ipynb[^)]*\)|\]\([^)]*\)|https?:\S+"
    r"|^#+ [^\n]*|^[\s>]*\d+\.\s"  # headings, the numbers of a list
    r"|\b(?:[Nn]otebooks?|[Cc]hapters?|[Ss]ections?|[Ee]quations?"
    r"|Python|Keras|TensorFlow)\s+\(?\d[\d.]*\)?"
    r"(?:(?:,|,? and|,? or|,? to|–|-)\s*\(?\d[\d.]*\)?)*",
    re.M | re.S,
)
YEAR = re.compile(r"1[89]\d\d|20[0-3]\d")
SENTENCE_END = re.compile(
    r"\n\s*\n|\n(?=[\s>]*(?:[-*+|]|\d+\.)\s)|(?<=[.!?])[*_)”\"]*\s+(?=[A-Z*_`“\"$])"
)


class Number(NamedTuple):
    """A number as written: step is one unit of its last significant digit."""

    value: float
    step: float
    unit: str | None


class Shown(NamedTuple):
    """Absolute values that a run shows, and those of its times in minutes."""

    values: set[float]
    minutes: set[float]


def parse(match):
    """The Number of a match of NUMBER.

    Zeros at the end of a whole number count as rounded beyond its first two digits:
    650,000 stands for 645,000 to 655,000, but 200 for 195 to 205.
    """
    digits = match["digits"].replace(",", "")
    if "." in digits:
        step = 10.0 ** -len(digits.partition(".")[2])
    else:
        zeros = len(digits) - len(digits.rstrip("0"))
        step = 10.0 ** max(min(zeros, len(digits) - 2), 0)
    scale = 10.0 ** int((match["exponent"] or "e0")[1:])
    scale *= SCALES.get(match["unit"], 1)
    return Number(float(digits) * scale, step * scale, match["unit"])


def output_texts(notebook):
    """The texts that code cells printed or displayed."""
    for cell in code_cells(notebook):
        for output in cell.outputs:
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            if not text.startswith("<Figure"):
                yield re.sub(r"\x1b\[[\d;]*m", "", text)


def constants(source):
    """The numbers in a cell's code, and the values of sums and products of them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant | ast.BinOp | ast.UnaryOp):
            parts = ast.walk(node)
            names = (ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)
            if all(isinstance(part, names) for part in parts):
                value = eval(compile(ast.Expression(node), "", "eval"))
                if isinstance(value, int | float):
                    yield value


def shown_numbers(notebook):
    """What the outputs, the receipt and the code of a notebook show."""
    values, seconds = set(), set()
    for text in output_texts(notebook):
        for match in NUMBER.finditer(text):
            number = parse(match)
            values.add(number.value)
            if number.unit in PERCENT:
                values.add(number.value / 100)
            if number.unit in SECONDS:
                seconds.add(number.value)
    for cell in code_cells(notebook):
        values.update(constants(cell.source))
    receipt = notebook.metadata.get("receipt", {})
    for row in receipt.get("results", []):
        found = {row.get(key) for key in ("value", "baseline", "reference", "sd")}
        values.update(found - {None})
        if "(s)" in row["metric"]:
            seconds.update(found - {None})
    if "seconds" in receipt:
        seconds.add(receipt["seconds"])
    values.update(seconds, [receipt.get("cores", 0)])
    return Shown({abs(v) for v in values}, {abs(s) / 60 for s in seconds})


def is_shown(number, shown):
    """Whether a value of the run, rounded to the number's last digit, is the number."""
    candidates = shown.values
    if number.unit in MINUTES:
        candidates = candidates | shown.minutes
    if number.unit in PERCENT:
        candidates = candidates | {100 * value for value in candidates}
    margin = number.step / 2 * (1 + 1e-9)
    return any(abs(value - number.value) <= margin for value in candidates)


def sentences(text):
    """Yield (start, end) of each sentence, list item or table row of a text."""
    start = 0
    for match in SENTENCE_END.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def claims(notebook):
    """Yield (sentence, matches of NUMBER) for the numbers that must be shown."""
    for heading, cell, text in sections(notebook):
        if cell.cell_type != "markdown" or heading in EXEMPT_SECTIONS:
            continue
        # Blanks for what is exempt, so that places in both texts agree.
        plain = EXEMPT_SPAN.sub(lambda match: " " * len(match[0]), text)
        plain = re.sub(r"(?<=\d)x(?=\d)", "×", plain)
        for start, end in sentences(text):
            if not EXEMPT_SENTENCE.search(text, start, end):
                matches = NUMBER.finditer(plain, start, end)
                yield text[start:end], [m for m in matches if not is_exempt(m)]


def is_exempt(match):
    """Whether a number is part of a name, a year, or a small whole number."""
    before, after = match.string[: match.start()][-2:], match.string[match.end() :][:1]
    if re.search(r"[^\W\d]-?\Z", before) or after.isalpha():
        return True
    if match["unit"] in {*PERCENT, *SCALES} or match["exponent"]:
        return False
    digits = match["digits"]
    return bool(YEAR.fullmatch(digits)) or (digits.isdigit() and int(digits) <= 10)


def unshown_numbers(notebook):
    """Yield (numbers, sentence) for each sentence with numbers that no run shows."""
    shown = shown_numbers(notebook)
    for sentence, matches in claims(notebook):
        if numbers := [m[0] for m in matches if not is_shown(parse(m), shown)]:
            yield numbers, " ".join(sentence.split())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="+", type=Path)
    count = 0
    for path in parser.parse_args().notebooks:
        if not path.is_file():
            sys.exit(f"{path}: no such notebook")
        for numbers, sentence in unshown_numbers(read(path)):
            count += len(numbers)
            print(f"{', '.join(numbers)}: {sentence}")
    if count:
        sys.exit(f"{count} numbers that no output, receipt or constant shows")
    print("Every number of the prose is shown.")


if __name__ == "__main__":
    main()
