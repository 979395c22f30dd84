"""Every notebook keeps the rules of docs/writing-a-notebook.md.

A rule is a function that takes a notebook and yields complaints. For each rule there
is a broken notebook below that this rule, and no other, complains about.
"""

import ast
import base64
import copy
import json
import re
import struct
import tomllib

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from notebook_file import (
    NOTEBOOKS,
    ROOT,
    code_cells,
    code_hash,
    data_sets,
    notebook_name,
    read,
    results_table,
    tagged_cells,
)

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
    "Exercises",
    "Sources",
)
LOCAL = {path.stem for path in (ROOT / "scripts").glob("*.py")} | {
    "scripts",
    "tests",
    "notebooks",
    "utils",
}
BUDGETS = {"epochs", "steps_per_epoch", "validation_steps", "max_iter", "n_iter"}
RULES = []


def rule(function):
    RULES.append(function)
    return function


def nodes(notebook, *, outside=None):
    """All syntax nodes of the code cells, but for those that carry a tag."""
    for cell in code_cells(notebook):
        if outside not in cell.metadata.get("tags", []):
            yield from ast.walk(ast.parse(cell.source))


def prose(notebook):
    cells = (c.source for c in notebook.cells if c.cell_type == "markdown")
    return "\n\n".join(cells)


def section(notebook, heading):
    """The text under a ## heading, up to the next one."""
    match = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", prose(notebook), re.M | re.S)
    return match[1] if match else ""


def words(text):
    return len(re.findall(r"\w+", re.sub(r"```.*?```|<[^>]+>", "", text, flags=re.S)))


def outputs(notebook):
    for cell in code_cells(notebook):
        yield from cell.outputs


def trains(notebook):
    return any(
        isinstance(n, ast.Attribute) and n.attr in ("fit", "GradientTape")
        for n in nodes(notebook)
        if not (isinstance(n, ast.Attribute) and isinstance(n.value, ast.Call))
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
    expected = list(HEADINGS)
    if not trains(notebook):
        expected = [h for h in expected if h in found or h not in HEADINGS[5:7]]
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
    if not re.search(r"^\*Executed on .* minutes?", opening, re.M):
        yield "no line '*Executed on … in … minutes …*'"


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
    lines = [
        line
        for cell in code_cells(notebook)
        for line in cell.source.splitlines()
        if line.strip() and not line.strip().startswith("#")
    ]
    if words(prose(notebook)) < 4 * len(lines):
        yield f"{words(prose(notebook)) / len(lines):.1f} words a code line, minimum 4"


@rule
def has_short_cells(notebook):
    for cell in code_cells(notebook):
        if len([line for line in cell.source.splitlines() if line.strip()]) > 30:
            yield f"a cell of over 30 lines: {cell.source.splitlines()[0]!r}"


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
        if output.get("name") == "stderr":
            yield f"output on stderr: {output.text[:80]!r}"


@rule
def is_small(notebook):
    size = len(nbformat.writes(notebook).encode())
    if size > 1.5e6:
        yield f"{size / 1e6:.1f} MB, at most 1.5"
    for output in outputs(notebook):
        png = output.get("data", {}).get("image/png")
        # A PNG holds its width, big-endian, in bytes 16 to 20.
        if (
            png
            and (width := struct.unpack(">I", base64.b64decode(png)[16:20])[0]) > 850
        ):
            yield f"a picture {width} pixels wide: at most 10 inches at 80 dpi"


@rule
def has_a_valid_receipt(notebook):
    receipt = notebook.metadata.get("receipt", {})
    if receipt.get("code_sha256") != code_hash(notebook):
        yield "the outputs are not from this code: run make execute"
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


def number(text):
    """A cell of the results table as a number, None where it is empty."""
    return float(text.replace(",", "")) if text else None


@rule
def beats_its_baselines(notebook):
    if len(tagged_cells(notebook, "results")) != 1:
        yield "not exactly one cell tagged results"
        return
    try:
        rows = results_table(notebook)
    except ValueError as error:
        yield str(error)
        return
    columns = {"metric", "value", "baseline", "reference", "better"}
    if missing := columns - set(rows[0]):
        yield f"results without the columns {sorted(missing)}"
        return
    metrics = [row["metric"] for row in rows]
    for name in ("training time (s)", "parameters"):
        if name not in metrics:
            yield f"results without the row {name!r}"
    for row in rows:
        value, baseline = number(row["value"]), number(row["baseline"])
        if value is None:
            yield f"{row['metric']}: no value"
        elif baseline is not None:
            higher = row["better"] == "higher"
            if not (value > baseline if higher else value < baseline):
                yield f"{row['metric']}: {value} does not beat {baseline}"


@rule
def has_three_exercises(notebook):
    answers = section(notebook, "Exercises").count("<details>")
    if answers != 3:
        yield f"{answers} exercises with a folded answer, expected 3"


@pytest.mark.parametrize("path", PATHS, ids=notebook_name)
@pytest.mark.parametrize("check", RULES, ids=lambda check: check.__name__)
def test_notebook_keeps_rule(path, check):
    assert not list(check(read(path)))


def helpers(notebook):
    """Top-level functions of a notebook: name to source without comments."""
    for cell in code_cells(notebook):
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef):
                yield node.name, ast.unparse(node)


def differing_helpers(notebooks):
    """Names of functions that have different texts in different notebooks."""
    texts = {}
    for notebook in notebooks:
        for name, text in helpers(notebook):
            texts.setdefault(name, set()).add(text)
    return sorted(name for name, found in texts.items() if len(found) > 1)


def test_helpers_of_one_name_have_one_text():
    assert differing_helpers(map(read, PATHS)) == []


def test_reduced_parameters_name_every_notebook():
    reduced = tomllib.loads((ROOT / "tests" / "reduced.toml").read_text("utf-8"))
    assert sorted(reduced) == [notebook_name(path) for path in PATHS]


# A small notebook that keeps every rule, and what breaks each of them.

RESULTS_HTML = """<table><thead><tr><th></th><th>metric</th><th>value</th>
<th>baseline</th><th>reference</th><th>better</th></tr></thead><tbody>
<tr><th>0</th><td>accuracy</td><td>0.9</td><td>0.1</td><td>1.0</td><td>higher</td></tr>
<tr><th>1</th><td>training time (s)</td><td>2</td><td></td><td></td><td>lower</td></tr>
<tr><th>2</th><td>parameters</td><td>10</td><td></td><td></td><td>lower</td></tr>
</tbody></table>"""


def png(width):
    data = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, 1)
    return new_output("display_data", {"image/png": base64.b64encode(data).decode()})


def good_notebook():
    """A notebook that keeps every rule, receipt and stored outputs included."""
    opening = (
        "# 1.1 A model\n\nOne sentence.\n\nIn this notebook you will\n"
        "- a\n- b\n- c\n\n*Executed on 2 CPU cores in 1 minute, on nothing.*"
    )
    answers = "<details>because</details>\n" * 3
    text = dict.fromkeys(HEADINGS, "word " * 20) | {"Exercises": answers}
    code = {
        "Setup": ("import keras\nimport numpy as np", None),
        "Parameters": ("ON_GPU = False\nSEED = 1\nEPOCHS = 2", "parameters"),
        "Data": ("keras.utils.set_random_seed(SEED)\nx = np.arange(5)[:3]", None),
        "The model": ("assert x.sum() == 3", "nbval-check-output"),
        "Training": ("model.fit(x, epochs=EPOCHS)", None),
        "Results": ("results", "results"),
        "Sources": ("assert np.isfinite(results['value']).all()", None),
    }
    cells = [new_markdown_cell(opening)]
    for heading in HEADINGS:
        cells.append(new_markdown_cell(f"## {heading}\n{text[heading]}"))
        if heading in code:
            source, tag = code[heading]
            cell = new_code_cell(source, metadata={"tags": [tag] if tag else []})
            cells.append(cell)
    notebook = new_notebook(cells=cells)
    for count, cell in enumerate(code_cells(notebook), start=1):
        cell.execution_count = count
    tagged_cells(notebook, "results")[0].outputs = [
        new_output("execute_result", {"text/html": RESULTS_HTML}),
        png(800),
    ]
    return sign(notebook)


def sign(notebook):
    """Give a notebook the receipt that its code asks for."""
    data = {name: {} for name in data_sets(notebook)}
    notebook.metadata.receipt = {
        "seconds": 60,
        "data": data,
        "code_sha256": code_hash(notebook),
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


def output(text, new):
    """A change of the stored results table."""

    def change(notebook):
        data = tagged_cells(notebook, "results")[0].outputs[0].data
        data["text/html"] = data["text/html"].replace(text, new)

    return change


def add_output(item):
    return lambda notebook: code_cells(notebook)[0].outputs.append(item)


def say_less(notebook):
    replace("import keras", "import keras\n" + "x = 1\n" * 20)(notebook)
    for cell in notebook.cells:
        cell.source = cell.source.replace("word " * 20, "word")


def untag(tag):
    def change(notebook):
        tagged_cells(notebook, tag)[0].metadata.tags = []

    return change


def receipt(**changes):
    return lambda notebook: notebook.metadata.receipt.update(changes)


def stream(name, text):
    return add_output(new_output("stream", name=name, text=text))


error = new_output("error", ename="E", evalue="e", traceback=[])
BREAKS = [
    (is_python, replace("import keras", "%time import keras")),
    (has_headings_in_order, replace("## The idea", "## Theory")),
    (has_headings_in_order, replace("## Training", "### Training")),
    (opens_with_goals_and_time, replace("# 1.1 A model", "# A model")),
    (opens_with_goals_and_time, replace("- b\n- c\n", "")),
    (opens_with_goals_and_time, replace("in 1 minute", "quickly")),
    (tells_a_short_story, replace("## The story\n", "## The story\n" + "word " * 150)),
    (has_one_parameters_cell, untag("parameters")),
    (has_one_parameters_cell, replace("SEED = 1\n", "SEED = 1\nprint(SEED)\n")),
    (has_one_parameters_cell, replace("ON_GPU = False\n", "")),
    (has_one_parameters_cell, replace("keras.utils.set_random_seed(SEED)\n", "")),
    (has_budget_in_parameters_only, replace("epochs=EPOCHS", "epochs=2")),
    (has_budget_in_parameters_only, replace("(x, ", "(x.take(3), ")),
    (has_budget_in_parameters_only, replace("(x, ", "(x[:100], ")),
    (imports_installed_libraries_only, replace("import keras", "import utils, keras")),
    (imports_installed_libraries_only, replace("import keras", "from . import keras")),
    (has_no_absolute_paths, replace("import keras", "import keras\n'/home/me/data'")),
    (has_no_absolute_paths, stream("stdout", "saved in /root/runs/x")),
    (explains_its_code, say_less),
    (has_short_cells, replace("import keras", "import keras\n" + "x = 1\n" * 30)),
    (proves_its_key_property, replace("assert x.sum() == 3", "x.sum()")),
    (proves_its_key_property, untag("nbval-check-output")),
    (ends_in_a_check_of_the_results, replace("assert np.isfinite", "np.isfinite")),
    (
        was_run_in_order_without_errors,
        lambda n: code_cells(n)[1].update(execution_count=None),
    ),
    (was_run_in_order_without_errors, add_output(error)),
    (has_no_warnings, stream("stderr", "a warning")),
    (is_small, stream("stdout", "x" * 1_600_000)),
    (is_small, add_output(png(1200))),
    (has_a_valid_receipt, receipt(code_sha256="0")),
    (has_a_valid_receipt, receipt(seconds=1801)),
    (has_a_valid_receipt, receipt(data={"mnist": {}})),
    (reads_registered_data, replace("x = np", "data_folder('nothing'); x = np")),
    (beats_its_baselines, untag("results")),
    (beats_its_baselines, output("<td>0.9</td>", "<td>0.1</td>")),
    (beats_its_baselines, output("<td>0.9</td>", "<td>nan</td>")),
    (beats_its_baselines, output("<td>0.9</td>", "<td></td>")),
    (beats_its_baselines, output("<td>parameters</td>", "<td>size</td>")),
    (beats_its_baselines, output("<th>better</th>", "<th>best</th>")),
    (has_three_exercises, replace("<details>because</details>\n" * 3, "None.")),
]


def test_good_notebook_keeps_every_rule():
    notebook = good_notebook()
    complaints = [c for check in RULES for c in check(notebook)]
    assert complaints == []


@pytest.mark.parametrize(("broken", "change"), BREAKS)
def test_broken_notebook_is_caught_by_its_rule(broken, change):
    notebook = good_notebook()
    change(notebook)
    # What is not Python has no syntax tree for the other rules to look at.
    checks = [is_python] if broken is is_python else RULES
    assert [check for check in checks if list(check(notebook))] == [broken]


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
    assert code_hash(notebook)[:16] == "62f7261edd00d7a5"


def test_different_helpers_of_one_name_are_found():
    one = new_notebook(cells=[new_code_cell("def f(x):\n    return x  # same")])
    same = new_notebook(cells=[new_code_cell("def f(x):\n    return x")])
    other = new_notebook(cells=[new_code_cell("def f(x):\n    return x + 1")])
    assert differing_helpers([one, same]) == []
    assert differing_helpers([one, other]) == ["f"]


def test_notebook_files_are_valid():
    for path in PATHS:
        nbformat.validate(json.loads(path.read_text("utf-8")))
