"""Every notebook keeps the rules of docs/writing-a-notebook.md.

A rule is a function that takes a notebook and yields complaints. For each rule there
is a broken notebook below that this rule, and no other, complains about. Notebooks
whose metadata say `mould: 2` keep the rules of the second mould as well.
"""

import ast
import base64
import copy
import functools
import json
import re
import struct
import tomllib

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from new_notebook import PLACE, code_cell, defined_name, furniture_blocks
from notebook_file import (
    NOTEBOOKS,
    ROOT,
    code_cells,
    code_hash,
    data_sets,
    notebook_name,
    outputs_hash,
    read,
    results_rows,
    sections,
    tagged_cells,
)
from prose_numbers import unshown_numbers

PATHS = sorted(NOTEBOOKS.glob("*/*.ipynb"))
HEADINGS = (
    "The story",
    "The idea",
    "Setup",
    "Parameters",
    "Data",
    "The model",
    "Training",
    "Results",
    "Exploring the model",
    "When it goes wrong",
    "What to remember",
    "Exercises",
    "Sources",
)
LOCAL = {path.stem for path in (ROOT / "scripts").glob("*.py")} | {
    "scripts",
    "tests",
    "notebooks",
    "utils",
}
GROUPS = ["# data", "# network", "# training", "# sampling", "# evaluation"]
TEST = re.compile(r"(?:\b|_)test(?:\b|_)")  # in a name or a key
BUDGETS = {"epochs", "steps_per_epoch", "validation_steps", "max_iter", "n_iter"}
RULES = []


def rule(function):
    RULES.append(function)
    return function


def rule_of_mould_2(function):
    @rule
    @functools.wraps(function)
    def check(notebook):
        return function(notebook) if mould(notebook) == 2 else ()

    return check


def mould(notebook):
    return notebook.metadata.get("mould", 1)


def has_tag(cell, tag):
    return tag in cell.metadata.get("tags", [])


def nodes(notebook, *, outside=None):
    """All syntax nodes of the code cells, but for those that carry a tag."""
    for cell in code_cells(notebook):
        if not has_tag(cell, outside):
            yield from ast.walk(ast.parse(cell.source))


def prose(notebook):
    cells = (c.source for c in notebook.cells if c.cell_type == "markdown")
    return "\n\n".join(cells)


def section(notebook, heading):
    """The text under a ## heading, up to the next one."""
    parts = sections(notebook)
    texts = (t for h, c, t in parts if h == heading and c.cell_type == "markdown")
    return "\n\n".join(texts)


def words(text):
    return len(re.findall(r"\w+", re.sub(r"```.*?```|<[^>]+>", "", text, flags=re.S)))


def code_lines(cell):
    """The number of lines that are neither blank nor a comment."""
    lines = (line.strip() for line in cell.source.splitlines())
    return sum(not line.startswith("#") for line in lines if line)


def outputs(notebook):
    for cell in code_cells(notebook):
        yield from cell.outputs


def pictures(cell):
    """Width and height in pixels of each PNG that a cell stores."""
    for output in cell.get("outputs", []):
        if png := output.get("data", {}).get("image/png"):
            # A PNG holds its size, big-endian, in bytes 16 to 24.
            yield struct.unpack(">II", base64.b64decode(png)[16:24])


def trains(notebook):
    return any(
        isinstance(n, ast.Attribute)
        and n.attr in ("fit", "GradientTape")
        and not isinstance(n.value, ast.Call)
        for n in nodes(notebook, outside="furniture")
    )


@rule
def is_python(notebook):
    """No magics and no shell lines: the test runner passes over their failures."""
    for cell in code_cells(notebook):
        if re.search(r"^\s*[%!]", cell.source, re.M):
            yield f"magic or shell line in {cell.source.splitlines()[0]!r}"


@rule
def has_headings_in_order(notebook):
    found = re.findall(r"^## (.*)$", prose(notebook), re.M)
    expected = [h for h in HEADINGS if mould(notebook) == 2 or "remember" not in h]
    if not trains(notebook):
        optional = ("The model", "Training")
        expected = [h for h in expected if h in found or h not in optional]
    if found != expected:
        yield f"headings {found}, expected {expected}"


@rule
def opens_with_goals_and_time(notebook):
    opening = notebook.cells[0].source
    if not re.match(r"# \d+\.\d+ \S", opening):
        yield "the title is not like '# 3.2 Variational autoencoder'"
    goals = len(re.findall(r"^- ", opening, re.M))
    if "In this notebook you will" not in opening or not 3 <= goals <= 5:
        yield f"{goals} goals under 'In this notebook you will', expected 3 to 5"
    if not re.search(r"^\*Executed on .* in ([\d.]+|under a) minutes?", opening, re.M):
        yield "no line '*Executed on … in … minutes …*'"


@rule
def shows_its_picture(notebook):
    """In the title cell: what the cell tagged `gallery` drew."""
    opening = notebook.cells[0].source
    link = re.search(
        r"^!\[(.*)\]\(../../docs/gallery/(\d\d)_(\d\d)\.png\)$", opening, re.M
    )
    title = re.match(r"# (\d+)\.(\d+)", opening)
    if not link or len(link[1].split()) < 3:
        yield "no '![what it shows, in words](../../docs/gallery/NN_MM.png)' on top"
    elif title and [int(n) for n in link.groups()[1:]] != [
        int(n) for n in title.groups()
    ]:
        yield f"the picture {link[2]}_{link[3]}.png of another notebook"
    cells = tagged_cells(notebook, "gallery")
    if len(cells) != 1 or not any(pictures(cells[0])):
        yield f"{len(cells)} cells tagged gallery, expected one that stores a PNG"


@rule
def tells_a_short_story(notebook):
    if not 0 < words(section(notebook, "The story")) <= 150:
        yield "the story is missing or over 150 words"


@rule
def has_one_parameters_cell(notebook):
    cells = tagged_cells(notebook, "parameters")
    if len(cells) != 1:
        yield f"{len(cells)} cells tagged parameters"
        return
    tree = ast.parse(cells[0].source).body
    if not cells[0].source.startswith("ON_GPU = "):
        yield "the parameters cell does not start with ON_GPU"
    for statement in tree:
        plain = isinstance(statement, ast.Assign) and all(
            isinstance(t, ast.Name) and t.id.isupper() for t in statement.targets
        )
        if not plain:
            yield f"not a plain assignment: {ast.unparse(statement)}"
    cells = code_cells(notebook)
    following = cells[cells.index(tagged_cells(notebook, "parameters")[0]) + 1 :]
    if not following or "keras.utils.set_random_seed(SEED)" not in following[0].source:
        yield "the cell after the parameters does not set the seed"


@rule
def has_budget_in_parameters_only(notebook):
    for node in nodes(notebook, outside="parameters"):
        match node:
            case ast.keyword(arg=name, value=ast.Constant(value=int(n))) if (
                name in BUDGETS
            ):
                yield f"{name}={n} outside the parameters cell"
            case ast.Call(
                func=ast.Attribute(attr="take"), args=[ast.Constant(value=int(n))]
            ):
                yield f".take({n}) outside the parameters cell"
            case ast.Slice(lower=None, upper=ast.Constant(value=int(n))) if n >= 100:
                yield f"[:{n}] outside the parameters cell"


@rule
def imports_installed_libraries_only(notebook):
    for node in nodes(notebook):
        names = []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if not node.level else ["utils"]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.split(".")[0] in LOCAL:
                yield f"local import: {ast.unparse(node)}"


@rule
def has_no_absolute_paths(notebook):
    for node in nodes(notebook):
        match node:
            case ast.Constant(value=str(text)) if re.match(r"/\w+/", text):
                yield f"absolute path {text!r}"
    for output in outputs(notebook):
        text = output.get("text", "") or output.get("data", {}).get("text/plain", "")
        if found := re.search(r"/(?:home|root|Users|tmp|app)/\S*", text):
            yield f"path of a machine in an output: {found[0]}"


@rule
def explains_its_code(notebook):
    lines = sum(map(code_lines, code_cells(notebook)))
    if words(prose(notebook)) < 4 * lines:
        yield f"{words(prose(notebook)) / lines:.1f} words a code line, minimum 4"


@rule
def has_short_cells(notebook):
    for cell in code_cells(notebook):
        if has_tag(cell, "furniture"):
            continue
        body = ast.parse(cell.source).body
        is_class = len(body) == 1 and isinstance(body[0], ast.ClassDef)
        most = 50 if is_class and mould(notebook) == 2 else 30
        if code_lines(cell) > most:
            yield f"a cell of over {most} lines: {cell.source.splitlines()[0]!r}"


@rule_of_mould_2
def fits_one_sitting(notebook):
    own = [c for c in code_cells(notebook) if not has_tag(c, "furniture")]
    lengths = {
        "cells": (len(notebook.cells), 90),
        "code lines outside furniture": (sum(map(code_lines, own)), 450),
        "words": (words(prose(notebook)), 4500),
    }
    for name, (length, most) in lengths.items():
        if length > most:
            yield f"{length} {name}, at most {most}"


@rule_of_mould_2
def draws_the_idea_first(notebook):
    """A figure, then at most 300 words (a formula counts as one) and 3 equations."""
    text, drawn = section(notebook, "The idea"), False
    for heading, cell, part in sections(notebook):
        if heading == "The idea":
            drawn = drawn or any(pictures(cell))
            if "$$" in part and not drawn:
                yield "an equation before the figure"
    if not drawn:
        yield "no figure"
    if (equations := text.count("$$") // 2) > 3:
        yield f"{equations} displayed equations, at most 3"
    plain = re.sub(r"\$\$.*?\$\$|\$[^$]+\$", " x ", text, flags=re.S)
    if words(plain) > 300:
        yield f"{words(plain)} words, at most 300"


@rule_of_mould_2
def says_what_to_remember(notebook):
    text = section(notebook, "What to remember")
    lines = len(re.findall(r"^(?:[-*]|\d+\.) \S", text, re.M))
    if not 3 <= lines <= 5:
        yield f"{lines} lines under 'What to remember', expected 3 to 5"


def sets_up(source):
    """Whether a cell only imports and sets environment variables."""
    return all(
        isinstance(node, ast.Import | ast.ImportFrom)
        or ast.unparse(node).startswith("os.environ[")
        for node in ast.parse(source).body
    )


@rule_of_mould_2
def shares_its_furniture(notebook):
    blocks = furniture_blocks()
    found = set()
    for heading, cell, source in sections(notebook):
        if cell.cell_type == "markdown":
            continue
        if not has_tag(cell, "furniture"):
            for node in ast.parse(source).body:
                name = getattr(node, "name", None)
                shared = ast.unparse(ast.parse(blocks.get(name, "")))
                if shared and ast.unparse(node) not in shared:
                    yield f"{name} differs from scripts/furniture.py"
            continue
        if not cell.metadata.get("jupyter", {}).get("source_hidden"):
            yield f"not folded: {source.splitlines()[0]!r}"
        name = defined_name(source)
        found.add(name)
        if name in blocks:
            if re.sub(r'"\d\d_\w+/\d\d_\w+"', f'"{PLACE}"', source) != blocks[name]:
                yield f"{name} differs from scripts/furniture.py"
        elif heading != "The idea" and not sets_up(source):
            yield f"no furniture: {source.splitlines()[0]!r}"
    if "setup" not in found:
        yield "no furniture cell that sets up"


@rule_of_mould_2
def groups_its_parameters(notebook):
    for cell in tagged_cells(notebook, "parameters"):
        lines = cell.source.splitlines()
        comments = [line for line in lines if line.startswith("#")]
        if comments != [group for group in GROUPS if group in comments]:
            yield f"groups {comments}, expected some of {GROUPS} in this order"
        names = [i for i, line in enumerate(lines) if re.match(r"[A-Z]", line)]
        if len(names) > 1 and not any(c in lines[: names[1]] for c in comments):
            yield f"before the first group: {lines[names[1]]}"


@rule_of_mould_2
def keeps_the_test_set_for_the_results(notebook):
    for node in nodes(notebook):
        match node:
            case ast.keyword(arg="validation_data", value=value):
                name = "validation_data"
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if (
                "validation" in name
            ):
                pass
            case _:
                continue
        if TEST.search(ast.unparse(value)):
            yield f"{name} from {ast.unparse(value)}"


@rule_of_mould_2
def draws_without_smoothing(notebook):
    if "```mermaid" in prose(notebook):
        yield "a Mermaid diagram: draw it with Matplotlib"
    for node in nodes(notebook):
        match node:
            case ast.Call(func=ast.Attribute(attr="imshow"), keywords=keywords):
                for word in map(ast.unparse, keywords):
                    if re.match("interpolation=(?!'nearest')", word):
                        yield f"imshow with {word}"


@rule_of_mould_2
def quotes_numbers_that_it_shows(notebook):
    for numbers, sentence in unshown_numbers(notebook):
        yield f"not shown: {', '.join(numbers)} in {sentence!r}"


@rule
def proves_its_key_property(notebook):
    def asserts(cell):
        return re.search(r"\bassert |np\.testing\.", cell.source)

    cells = tagged_cells(notebook, "nbval-check-output")
    if not any(asserts(cell) for cell in cells):
        yield "no check cell: an assert in a cell tagged nbval-check-output"


@rule
def ends_in_a_check_of_the_results(notebook):
    last = code_cells(notebook)[-1].source
    if not ("assert" in last and "isfinite" in last and "results" in last):
        yield "the last code cell does not assert that the results are finite"


@rule
def was_run_in_order_without_errors(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"cells unrun or out of order: {counts}"
    if any(output.output_type == "error" for output in outputs(notebook)):
        yield "an error output"


@rule
def has_no_warnings(notebook):
    for output in outputs(notebook):
        text = output.get("text", "")
        if output.get("name") == "stderr" or re.search(r"^WARNING", text, re.M):
            yield f"a warning in an output: {text[:80]!r}"


@rule
def is_small(notebook):
    size = len(nbformat.writes(notebook).encode())
    most = 3 if mould(notebook) == 2 else 1.5
    if size > most * 1e6:
        yield f"{size / 1e6:.1f} MB, at most {most}"


@rule
def has_pictures_of_a_good_size(notebook):
    most, least = (1100, 64) if mould(notebook) == 2 else (850, 1)
    for cell in code_cells(notebook):
        for width, height in pictures(cell):
            if width > most or min(width, height) < least:
                yield f"a picture of {width} by {height} pixels"


@rule
def has_a_valid_receipt(notebook):
    receipt = notebook.metadata.get("receipt", {})
    if receipt.get("code_sha256") != code_hash(notebook):
        yield "the outputs are not from this code: run make execute"
    if receipt.get("outputs_sha256") != outputs_hash(notebook):
        yield "the outputs were changed after the run: run make execute"
    if receipt.get("seconds", 0) > 1800:
        yield f"ran for {receipt['seconds']} s, at most 1800"
    if sorted(receipt.get("data", {})) != sorted(data_sets(notebook)):
        yield "the receipt does not name the data sets that the code reads"


@rule
def reads_registered_data(notebook):
    registry = tomllib.loads((ROOT / "scripts" / "datasets.toml").read_text("utf-8"))
    for name in data_sets(notebook):
        if name not in registry:
            yield f"data set {name!r} is not in datasets.toml"


def beats(value, row):
    """Whether a value is better than the row's baseline, in the row's sense."""
    baseline = row["baseline"]
    match row["better"]:
        case "higher":
            return value > baseline
        case "lower":
            return value < baseline
        case "nearer":
            reference = row["reference"]
            return abs(value - reference) < abs(baseline - reference)


@rule
def beats_its_baselines(notebook):
    if len(tagged_cells(notebook, "results")) != 1:
        yield "not exactly one cell tagged results"
    try:
        rows = results_rows(notebook)
    except ValueError as error:
        yield str(error)
        return
    columns = {"metric", "value", "baseline", "reference", "sd", "better"}
    if missing := columns - set(rows[0]):
        yield f"results without the columns {sorted(missing)}"
        return
    metrics = [row["metric"] for row in rows]
    for name in ("training time (s)", "parameters"):
        if name not in metrics:
            yield f"results without the row {name!r}"
    for row in rows:
        metric, value = row["metric"], row["value"]
        if row["better"] not in ("higher", "lower", "nearer"):
            yield f"{metric}: better is {row['better']!r}"
        elif row["better"] == "nearer" and row["reference"] is None:
            yield f"{metric}: nearer to no reference"
        elif value is None:
            yield f"{metric}: no value"
        elif row["baseline"] is not None and not beats(value, row):
            yield f"{metric}: {value} does not beat {row['baseline']}"


@rule
def has_three_exercises(notebook):
    answers = section(notebook, "Exercises").count("<details>")
    if answers != 3:
        yield f"{answers} exercises with a folded answer, expected 3"


@pytest.mark.parametrize("path", PATHS, ids=notebook_name)
@pytest.mark.parametrize("check", RULES, ids=lambda check: check.__name__)
def test_notebook_keeps_rule(path, check):
    assert not list(check(read(path)))


@pytest.mark.parametrize("path", PATHS, ids=notebook_name)
def test_notebook_agrees_with_its_path(path):
    notebook, name = read(path), notebook_name(path)
    chapter, number = re.fullmatch(r"(\d\d)_\w+/(\d\d)_\w+", name).groups()
    title = f"# {int(chapter)}.{int(number)} "
    assert notebook.cells[0].source.startswith(title)
    if mould(notebook) == 2:
        assert furniture_blocks(name)["setup"] in [c.source for c in notebook.cells]


def helpers(notebook):
    """Top-level functions outside furniture: name to source without comments."""
    for cell in code_cells(notebook):
        if not has_tag(cell, "furniture"):
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef):
                    yield node.name, ast.unparse(node)


def differing_helpers(notebooks):
    """Names of functions that have different texts in notebooks of one mould."""
    texts = {}
    for notebook in notebooks:
        for name, text in helpers(notebook):
            texts.setdefault((mould(notebook), name), set()).add(text)
    return sorted(name for (_, name), found in texts.items() if len(found) > 1)


def test_helpers_of_one_name_have_one_text():
    assert differing_helpers(map(read, PATHS)) == []


def test_reduced_parameters_name_every_notebook():
    reduced = tomllib.loads((ROOT / "tests" / "reduced.toml").read_text("utf-8"))
    assert sorted(reduced) == [notebook_name(path) for path in PATHS]


# A small notebook that keeps every rule, and what breaks each of them.

RESULTS = [
    {"metric": "accuracy", "value": 0.9, "baseline": 0.1, "reference": 1.0, "sd": 0.01},
    {"metric": "training time (s)", "value": 2.0},
    {"metric": "parameters", "value": 10},
]
SETUP = furniture_blocks("01_chapter/01_model")["setup"]


def png(width, height):
    data = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)
    return new_output("display_data", {"image/png": base64.b64encode(data).decode()})


def good_notebook():
    """A notebook that keeps every rule, receipt and stored outputs included."""
    opening = (
        "# 1.1 A model\n\nOne sentence.\n\n"
        "![What the model drew](../../docs/gallery/01_01.png)\n\n"
        "In this notebook you will\n- a\n- b\n- c\n\n"
        "*Executed on 2 CPU cores in 1 minute, on nothing.*"
    )
    text = dict.fromkeys(HEADINGS, "word " * 20) | {
        "What to remember": "1. One.\n2. Two.\n3. Three.",
        "Exercises": "<details>because</details>\n" * 3,
    }
    code = {
        "The idea": [("plt.plot(1)", "furniture")],
        "Setup": [("import os\n\nos.environ['A'] = 'b'\nimport keras", "furniture")],
        "Parameters": [
            ("ON_GPU = False\n# data\nSEED = 1\n# training\nEPOCHS = 2", "parameters"),
            (SETUP, "furniture"),
        ],
        "Data": [("x = np.arange(5)[:3]", None)],
        "The model": [("assert x.sum() == 3", "nbval-check-output")],
        "Training": [("model.fit(x, epochs=EPOCHS, validation_data=y)", None)],
        "Results": [("plt.imshow(x)", "gallery"), ("results", "results")],
        "Sources": [("assert np.isfinite(results['value']).all()", None)],
    }
    cells = [new_markdown_cell(opening)]
    for heading in HEADINGS:
        cells.append(new_markdown_cell(f"## {heading}\n{text[heading]}"))
        for source, tag in code.get(heading, []):
            cells.append(code_cell(source, [tag] if tag else []))
        if heading == "The idea":
            cells.append(new_markdown_cell("$$a = b$$ and $c$."))
    notebook = new_notebook(cells=cells, metadata={"mould": 2})
    for count, cell in enumerate(code_cells(notebook), start=1):
        cell.execution_count = count
    for text in ("plt.plot", "plt.imshow"):
        cell_of(notebook, text).outputs = [png(800, 300)]
    return sign(notebook)


def old_notebook():
    """One that keeps the rules of the first mould alone."""
    notebook = good_notebook()
    del notebook.metadata["mould"]
    cell_of(notebook, "## What to remember").source = ""
    cell_of(notebook, "# data").source = "ON_GPU = False\nSEED = 1\nEPOCHS = 2"
    cell_of(notebook, "plt.plot").outputs = []
    for cell in tagged_cells(notebook, "furniture"):
        cell.metadata = {}
    return sign(notebook)


def sign(notebook):
    """Give a notebook the receipt that its code and outputs ask for."""
    empty = dict.fromkeys(("baseline", "reference", "sd"))
    results = [empty | {"better": "higher"} | row for row in RESULTS]
    notebook.metadata.receipt = {
        "seconds": 60,
        "data": {name: {} for name in data_sets(notebook)},
        "code_sha256": code_hash(notebook),
        "outputs_sha256": outputs_hash(notebook),
        "results": results,
    }
    return notebook


def cell_of(notebook, text):
    return next(c for c in notebook.cells if text in c.source)


def replace(text, new):
    """A change that replaces text in the first cell that has it, and signs anew."""

    def change(notebook):
        cell = cell_of(notebook, text)
        cell.source = cell.source.replace(text, new)
        if "%" not in new:  # a magic has no syntax tree to sign
            sign(notebook)

    return change


def result(row, **changes):
    """A change of a row of the stored results."""
    return lambda notebook: notebook.metadata.receipt.results[row].update(changes)


def add_output(item):
    def change(notebook):
        tagged_cells(notebook, "gallery")[0].outputs.append(item)
        sign(notebook)

    return change


def say_less(notebook):
    replace("x = np", "x = 1\n" * 20 + "x = np")(notebook)
    for cell in notebook.cells:
        cell.source = cell.source.replace("word " * 20, "word")


def untag(tag):
    def change(notebook):
        cell = tagged_cells(notebook, tag)[0]
        cell.metadata.tags = []

    return change


def unfold(notebook):
    cell_of(notebook, "import keras").metadata.pop("jupyter")


def no_picture(text):
    def change(notebook):
        cell_of(notebook, text).outputs = []
        sign(notebook)

    return change


def receipt(**changes):
    return lambda notebook: notebook.metadata.receipt.update(changes)


def stream(name, text):
    return add_output(new_output("stream", name=name, text=text))


def many_cells(notebook):
    notebook.cells.extend(new_markdown_cell("word") for _ in range(80))


def long_code(notebook):
    """Twenty cells of 24 lines, well explained."""
    source = "\n".join(f"x = {i}" for i in range(24))
    cells = [code_cell(source, []) for _ in range(20)]
    notebook.cells[-1:-1] = [new_markdown_cell("word " * 2000), *cells]
    for count, cell in enumerate(code_cells(notebook), start=1):
        cell.execution_count = count
    sign(notebook)


error = new_output("error", ename="E", evalue="e", traceback=[])
STORY, IDEA, DATA = "## The story\n", "## The idea\n", "## Data\n"
CLASS = "class C:\n" + "    x = 1\n" * 40
BREAKS = [
    (is_python, replace("import keras", "%time import keras")),
    (has_headings_in_order, replace("## Setup", "## Preparation")),
    (has_headings_in_order, replace("## Training", "### Training")),
    (opens_with_goals_and_time, replace("# 1.1 A model", "# A model")),
    (opens_with_goals_and_time, replace("- b\n- c\n", "")),
    (opens_with_goals_and_time, replace("in 1 minute", "in N minutes")),
    (shows_its_picture, replace("What the model drew", "Picture")),
    (shows_its_picture, replace("/01_01.png", "/01_02.png")),
    (shows_its_picture, replace("../../docs", "docs")),
    (shows_its_picture, untag("gallery")),
    (shows_its_picture, no_picture("plt.imshow")),
    (tells_a_short_story, replace(STORY, STORY + "word " * 150)),
    (has_one_parameters_cell, untag("parameters")),
    (has_one_parameters_cell, replace("SEED = 1\n", "SEED = 1\nprint(SEED)\n")),
    (has_one_parameters_cell, replace("ON_GPU = False\n", "SEED = 1\n")),
    (has_budget_in_parameters_only, replace("epochs=EPOCHS", "epochs=2")),
    (has_budget_in_parameters_only, replace("(x, ", "(x.take(3), ")),
    (has_budget_in_parameters_only, replace("(x, ", "(x[:100], ")),
    (imports_installed_libraries_only, replace("import keras", "import utils, keras")),
    (imports_installed_libraries_only, replace("import keras", "from . import keras")),
    (has_no_absolute_paths, replace("x = np", "x = '/home/me/data'\nx = np")),
    (has_no_absolute_paths, stream("stdout", "saved in /root/runs/x")),
    (explains_its_code, say_less),
    (has_short_cells, replace("x = np", "x = 1\n" * 30 + "x = np")),
    (has_short_cells, replace("x = np", CLASS + "x = np")),
    (has_short_cells, replace("x = np.arange(5)[:3]", CLASS + "    x = 1\n" * 10)),
    (fits_one_sitting, many_cells),
    (fits_one_sitting, long_code),
    (fits_one_sitting, replace(DATA, DATA + "word " * 4500)),
    (draws_the_idea_first, no_picture("plt.plot")),
    (draws_the_idea_first, replace(IDEA, IDEA + "$$a$$")),
    (draws_the_idea_first, replace(IDEA, IDEA + "word " * 300)),
    (draws_the_idea_first, replace("and $c$", "$$a$$ $$b$$ $$c$$")),
    (says_what_to_remember, replace("2. Two.\n", "")),
    (says_what_to_remember, replace("2. Two.\n", "- Two.\n" * 4)),
    (shares_its_furniture, unfold),
    (shares_its_furniture, replace("import keras", "import keras\nx = 1")),
    (shares_its_furniture, replace("RUN_DIR.mkdir(", "RUN_DIR.mkdir(mode=7, ")),
    (shares_its_furniture, replace("01_chapter/01_model", "chapter/model")),
    (shares_its_furniture, replace("x = np", "def coverage(): ...\n\n\nx = np")),
    (shares_its_furniture, lambda n: cell_of(n, SETUP).metadata.update(tags=[])),
    (groups_its_parameters, replace("# data\n", "")),
    (groups_its_parameters, replace("# data\n", "# the data\n")),
    (groups_its_parameters, replace("# data\n", "# training\n")),
    (keeps_the_test_set_for_the_results, replace("data=y", "data=(x_test, y)")),
    (keeps_the_test_set_for_the_results, replace("data=y", "data=scale(data['test'])")),
    (
        keeps_the_test_set_for_the_results,
        replace("x = np", "validation = test_x\nx = np"),
    ),
    (draws_without_smoothing, replace(DATA, DATA + "```mermaid\na\n```\n")),
    (draws_without_smoothing, replace("imshow(x", "imshow(x, interpolation='cubic'")),
    (quotes_numbers_that_it_shows, replace(DATA, DATA + "The loss is 0.123.\n")),
    (proves_its_key_property, replace("assert x.sum() == 3", "x.sum()")),
    (proves_its_key_property, untag("nbval-check-output")),
    (ends_in_a_check_of_the_results, replace("assert np.isfinite", "np.isfinite")),
    (
        was_run_in_order_without_errors,
        lambda n: code_cells(n)[1].update(execution_count=None),
    ),
    (was_run_in_order_without_errors, add_output(error)),
    (has_no_warnings, stream("stderr", "a warning")),
    (has_no_warnings, stream("stdout", "epoch 1\nWARNING:tensorflow: retracing")),
    (is_small, stream("stdout", "x" * 3_100_000)),
    (has_pictures_of_a_good_size, add_output(png(1200, 300))),
    (has_pictures_of_a_good_size, add_output(png(800, 60))),
    (has_a_valid_receipt, receipt(code_sha256="0")),
    (has_a_valid_receipt, receipt(seconds=1801)),
    (has_a_valid_receipt, receipt(data={"mnist": {}})),
    (has_a_valid_receipt, lambda n: cell_of(n, "plt.plot").outputs.append(png(99, 99))),
    (reads_registered_data, replace("x = np", "data_folder('nothing'); x = np")),
    (beats_its_baselines, untag("results")),
    (beats_its_baselines, receipt(results=[])),
    (beats_its_baselines, result(0, value=0.1)),
    (beats_its_baselines, result(0, value=None)),
    (beats_its_baselines, result(0, better="lower")),
    (beats_its_baselines, result(0, better="larger")),
    (beats_its_baselines, result(0, better="nearer", value=2.0)),
    (beats_its_baselines, result(0, better="nearer", reference=None)),
    (beats_its_baselines, result(2, metric="size")),
    (beats_its_baselines, lambda n: n.metadata.receipt.results[0].pop("sd")),
    (has_three_exercises, replace("<details>because</details>\n" * 3, "None.")),
]
OLD_BREAKS = [
    (
        has_headings_in_order,
        replace("## Exercises", "## What to remember\n## Exercises"),
    ),
    (has_one_parameters_cell, replace("keras.utils.set_random_seed(SEED)\n", "")),
    (shows_its_picture, untag("gallery")),
    (has_short_cells, replace("x = np.arange(5)[:3]", CLASS)),
    (is_small, stream("stdout", "x" * 1_600_000)),
    (has_pictures_of_a_good_size, add_output(png(900, 300))),
]
CASES = [(good_notebook, *case) for case in BREAKS]
CASES += [(old_notebook, *case) for case in OLD_BREAKS]


@pytest.mark.parametrize("make", [good_notebook, old_notebook])
def test_good_notebook_keeps_every_rule(make):
    notebook = make()
    complaints = [c for check in RULES for c in check(notebook)]
    assert complaints == []


@pytest.mark.parametrize(("make", "broken", "change"), CASES)
def test_broken_notebook_is_caught_by_its_rule(make, broken, change):
    notebook = make()
    change(notebook)
    # What is not Python has no syntax tree for the other rules to look at.
    checks = [is_python] if broken is is_python else RULES
    assert [check for check in checks if list(check(notebook))] == [broken]


def test_nearer_to_the_reference_is_better():
    notebook = good_notebook()
    change = result(0, better="nearer", value=1.2, baseline=0.7, reference=1.0)
    change(notebook)
    assert list(beats_its_baselines(notebook)) == []


def test_a_class_stays_whole():
    notebook = good_notebook()
    replace("x = np.arange(5)[:3]", CLASS)(notebook)
    assert list(has_short_cells(notebook)) == []


def test_every_rule_has_a_broken_notebook():
    assert {broken for broken, _ in BREAKS} == set(RULES)


def test_hash_minds_code_and_not_comments_or_format():
    notebook = good_notebook()
    formatted, changed = copy.deepcopy(notebook), copy.deepcopy(notebook)
    cell_of(formatted, "SEED = 1").source += "  # why"
    cell_of(changed, "SEED = 1").source += "2"
    assert code_hash(formatted) == code_hash(notebook) != code_hash(changed)


def test_hash_is_the_same_on_every_python():
    source = 'def f(x: int = 1):\n    """Say."""\n    return f"{x!r:>{3}} {x:.2f}"'
    notebook = new_notebook(cells=[new_code_cell(source)])
    assert code_hash(notebook)[:16] == "07ff18d1a9e8f60f"


def test_different_helpers_of_one_name_are_found():
    def notebook(source, **metadata):
        return new_notebook(cells=[new_code_cell(source)], metadata=metadata)

    one = notebook("def f(x):\n    return x  # same")
    same = notebook("def f(x):\n    return x")
    other = notebook("def f(x):\n    return x + 1")
    of_mould_2 = notebook("def f(x):\n    return x + 1", mould=2)
    assert differing_helpers([one, same, of_mould_2]) == []
    assert differing_helpers([one, other]) == ["f"]


def test_notebook_files_are_valid():
    for path in PATHS:
        nbformat.validate(json.loads(path.read_text("utf-8")))
