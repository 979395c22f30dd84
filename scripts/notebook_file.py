"""What the other scripts and the tests read from a notebook file."""

import ast
import datetime
import functools
import hashlib
import html
import json
import math
import os
import re
import tomllib
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"

LIBRARIES = ("tensorflow", "keras")
NUMBERS = ("value", "baseline", "reference", "sd")
KINDS = ("original", "subset", "stand-in", "own")
BETTER = ("higher", "lower", "nearer")
LONGEST = 1800  # seconds that a stored run may take
# Results that need no rival to be read.
WITHOUT_BASELINE = re.compile(
    r"training time \(s\)|parameters|samples a second|share near training"
    r"|(longest )?shared run\b.*"
)
SHA256 = re.compile(r"[0-9a-f]{64}")
# What a receipt holds: key to type, or types.
RECEIPT = {
    "date": str,
    "seconds": int,
    "device": str,
    "cores": int,
    "python": str,
    **dict.fromkeys(LIBRARIES, str),
    "data": dict,
    "code_sha256": str,
    "outputs_sha256": str,
    "results": list,
    "sha256": str,
}
LATER = {"outputs_hash_added": str}  # in receipts older than that hash
SOURCE = {"kind": str, "name": str, "sha256": str}
TERMS = dict.fromkeys(("version", "licence"), (str, type(None)))
ROW = {
    "metric": str,
    **dict.fromkeys(NUMBERS, (int, float, type(None))),
    "better": str,
}


def data_dir():
    """The folder of the data sets: GDL_DATA, or data in the repository.

    A relative GDL_DATA counts from the repository, as it does in the notebooks.
    """
    return ROOT / Path(os.environ.get("GDL_DATA") or "data").expanduser()


def runs_dir():
    """The folder that runs write to: GDL_RUNS, or runs in the repository."""
    return ROOT / Path(os.environ.get("GDL_RUNS") or "runs").expanduser()


def notebook_name(path):
    """The name by which tests and run folders call a notebook: chapter/stem."""
    path = Path(path)
    return f"{path.resolve().parent.name}/{path.stem}"


def code_cells(notebook):
    """The code cells that hold code, in order."""
    cells = notebook.cells
    return [c for c in cells if c.cell_type == "code" and c.source.strip()]


def tagged_cells(notebook, tag):
    """The code cells that carry a tag, in order."""
    return [c for c in code_cells(notebook) if tag in c.metadata.get("tags", [])]


def sections(notebook):
    """Yield (heading, cell, text) in order, headings being those of level `##`.

    A Markdown cell that holds such headings is cut into one text for each; of a code
    cell the text is its source. Before the first heading, heading is "".
    """
    heading = ""
    for cell in notebook.cells:
        texts = [cell.source]
        if cell.cell_type == "markdown":
            texts = re.split(r"^(?=## )", cell.source, flags=re.M)
        for text in texts:
            match = re.match(r"## (.*)\n?", text)
            if match and cell.cell_type == "markdown":
                heading, text = match[1].strip(), text[match.end() :]
            yield heading, cell, text


def _without_docstring(body):
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
    return body


def _plain(node):
    """A syntax tree as nested lists that every Python from 3.11 on writes alike."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        node.body = _without_docstring(node.body)
    if isinstance(node, ast.AST):
        fields = ((name, _plain(value)) for name, value in ast.iter_fields(node))
        return [
            type(node).__name__,
            *((n, v) for n, v in fields if v not in ("None", [])),
        ]
    if isinstance(node, list):
        return [_plain(item) for item in node]
    return repr(node)


def code_hash(notebook):
    """SHA-256 (hex) over the syntax trees of the code cells.

    Comments, docstrings and formatting don't count; any other change of the code does.
    Raises SyntaxError for a cell that is not Python.
    """
    trees = [_plain(ast.parse(cell.source)) for cell in code_cells(notebook)]
    return hashlib.sha256(repr(trees).encode()).hexdigest()


def data_sets(notebook):
    """Names of the data sets a notebook reads: its calls of data_folder("name")."""
    names = {}
    for cell in code_cells(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            match node:
                case ast.Call(
                    func=ast.Name(id="data_folder"), args=[ast.Constant(value=name)]
                ):
                    names[name] = None
    return list(names)


def outputs_hash(notebook):
    """SHA-256 (hex) over the stored outputs of the code cells."""
    stored = [cell.outputs for cell in code_cells(notebook)]
    return hashlib.sha256(json.dumps(stored, sort_keys=True).encode()).hexdigest()


def receipt_hash(receipt):
    """SHA-256 (hex) over a receipt's other fields: its own `sha256`."""
    fields = {key: value for key, value in receipt.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def results_rows(notebook):
    """The results that the receipt records: a list of dicts, one a metric.

    Keys: metric, value, baseline, reference, sd (numbers, or None where empty) and
    better. Raises ValueError if the notebook was not executed.
    """
    rows = notebook.metadata.get("receipt", {}).get("results")
    if not rows:
        raise ValueError("the receipt records no results: run make execute")
    return rows


def shown(number):
    """A number of the results as text: three digits at least, empty for None."""
    if number is None:
        return ""
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:,.0f}"


def read(path):
    """Read a notebook file (nbformat 4)."""
    import nbformat  # takes seconds, which the downloader and the doctor do not need

    return nbformat.read(path, as_version=4)


@functools.cache
def registry():
    """The data sets of scripts/datasets.toml by name."""
    return tomllib.loads((ROOT / "scripts" / "datasets.toml").read_text("utf-8"))


@functools.cache
def pinned_versions():
    """The versions that requirements.txt pins, by name of the library."""
    text = (ROOT / "requirements.txt").read_text("utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.M))


def receipt_problems(notebook):
    """Yield a sentence for each thing in a notebook's receipt that cannot be so.

    Looked at are the receipt's fields and its signature, the hashes over code and
    outputs, and whether the title cell, the lines that data_folder printed, and the
    table of the results cell say what the receipt says.
    """
    receipt = notebook.metadata.get("receipt")
    if not receipt:
        yield "there is no receipt: run make execute"
        return
    problems = [*_misfits(receipt, RECEIPT, LATER, "the receipt")]
    if not problems:
        for name, source in receipt["data"].items():
            problems += _misfits(source, SOURCE, TERMS, f"the source of {name}")
        for number, row in enumerate(receipt["results"]):
            problems += _misfits(row, ROW, {}, f"row {number} of the results")
    if problems:
        yield from problems
        return
    try:
        if receipt["code_sha256"] != code_hash(notebook):
            yield "the outputs are not from this code: run make execute"
    except SyntaxError as error:
        yield f"a cell is not Python: {error.text or error.msg}"
        return
    if receipt["outputs_sha256"] != outputs_hash(notebook):
        yield "the outputs were changed after the run: run make execute"
    if receipt["sha256"] != receipt_hash(receipt):
        yield "the receipt was changed after the run: run make execute"
    yield from _run_problems(notebook, receipt)
    yield from _data_problems(notebook, receipt["data"])
    yield from _results_problems(receipt)
    yield from _table_problems(notebook, receipt["results"])


def _misfits(fields, needed, optional, what):
    """Sentences on missing, unknown and wrongly typed fields of a dict."""
    if not isinstance(fields, dict):
        yield f"{what} is no JSON object"
        return
    for key in needed.keys() - fields.keys():
        yield f"{what} has no {key!r}"
    for key, value in fields.items():
        types = (needed | optional).get(key)
        if not types:
            yield f"{what} has a field {key!r}, which none has"
        elif isinstance(value, bool) or not isinstance(value, types):
            yield f"{what} has {value!r} as {key!r}"


def _is_date(text):
    """Whether text is a day, like 2026-03-31, on which a notebook can have run."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return False
    today = datetime.datetime.now(datetime.UTC).date()
    return day.isoformat() == text and datetime.date(2025, 1, 1) <= day <= today


def _run_problems(notebook, receipt):
    """When, for how long and on what it ran; and the title cell's line on that."""
    device, cores, seconds = (receipt[key] for key in ("device", "cores", "seconds"))
    for key in ("date", *LATER):
        if key in receipt and not _is_date(receipt[key]):
            yield f"{receipt[key]!r} is no date of a run"
    if not 1 <= seconds <= LONGEST:
        yield f"it ran for {seconds} s; a stored run takes 1 to {LONGEST}"
    if not device.strip() or cores < 1:
        yield f"it ran on {device!r} with {cores} cores"
    if not re.fullmatch(r"3\.1[123]\.\d+", receipt["python"]):
        yield f"it ran on Python {receipt['python']}"
    for name in LIBRARIES:
        pin = pinned_versions().get(name, receipt[name])
        if receipt[name] != pin:
            yield f"it ran on {name} {receipt[name]}, requirements.txt has {pin}"
    line = re.search(
        r"^\*Executed on (.*?) in (?:([\d.]+) minutes?|under a minute)\b",
        notebook.cells[0].source,
        re.M,
    )
    if not line:
        yield "the title cell has no line '*Executed on … in … minutes …*'"
        return
    where, minutes = line.groups()
    named = f"{cores} CPU core" if device == "CPU" else device
    if not re.search(rf"\b{re.escape(named)}", where):
        yield f"the title cell says 'on {where}', the receipt {named}"
    if seconds >= 60 if minutes is None else not _is_rounded(minutes, seconds / 60):
        yield f"the title cell says {line[0]!r}, the receipt {seconds} s"


def _data_problems(notebook, data):
    """What it read: registered names, and the lines that data_folder printed."""
    if sorted(data) != sorted(data_sets(notebook)):
        yield "the receipt does not name the data sets that the code reads"
    texts = [o.get("text", "") for c in code_cells(notebook) for o in c.outputs]
    lines = "".join(texts).splitlines()
    for name, source in data.items():
        kind, title, digest = source["kind"], source["name"], source["sha256"]
        entry = registry().get(name)
        if kind not in KINDS:
            yield f"{name}: kind {kind!r} is none of {', '.join(KINDS)}"
        elif not entry:
            if kind != "own":
                yield f"{name}: {kind}, but scripts/datasets.toml does not know it"
        elif any(
            title.startswith(known) != (kind == of)
            for of, known in (
                ("original", entry["title"]),
                ("stand-in", entry.get("stand_in", {}).get("title")),
            )
            if known
        ):
            yield f"{name}: {title!r} as {kind}"
        elif title == entry["title"] and entry.get("content") not in (None, digest):
            yield f"{name}: not the SHA-256 of the original"
        if not SHA256.fullmatch(digest):
            yield f"{name}: {digest!r} is no SHA-256"
        told = [line for line in lines if line.startswith(f"{name}: ")]
        if set(told) != {f"{name}: {title} ({kind})"}:
            yield f"{name}: the receipt says {title} ({kind}), the outputs {told}"


def _results_problems(receipt):
    """What it measured: finite numbers, allowed words, rivals, and the time."""
    for number, row in enumerate(receipt["results"]):
        metric, better = row["metric"], row["better"]
        values = [row[name] for name in NUMBERS if row[name] is not None]
        if not all(map(math.isfinite, values)):
            yield f"{metric}: a value that is not finite"
        if row["value"] is None:
            yield f"{metric}: no value"
        if better not in BETTER:
            yield f"{metric}: better is {better!r}, none of {', '.join(BETTER)}"
        if better == "nearer" and row["reference"] is None:
            yield f"{metric}: nearer to no reference"
        headline = number == 0
        named = not headline and WITHOUT_BASELINE.fullmatch(metric)
        if row["baseline"] is None and not named:
            yield f"{metric}: no baseline"
        if metric == "training time (s)" and not (
            0 <= (row["value"] or 0) <= receipt["seconds"]
        ):
            yield f"{metric}: {row['value']} in a run of {receipt['seconds']} s"


def _table_problems(notebook, rows):
    """The stored output of the results cell, as HTML and as text."""
    if not rows:
        yield "the receipt records no results: run make execute"
        return
    outputs = [o for c in tagged_cells(notebook, "results") for o in c.outputs]
    tables = [o.data for o in outputs if "text/html" in o.get("data", {})]
    if len(tables) != 1:
        yield f"{len(tables)} tables in the cell tagged results, expected one"
        return
    page = re.sub(r"<style.*?</style>", "", tables[0]["text/html"], flags=re.S)
    lines = [
        [html.unescape(cell) for cell in re.findall(r"<t[hd]\b.*?>(.*?)</t", line)]
        for line in re.findall(r"<tr\b.*?</tr>", page, re.S)
    ]
    names = list(ROW)
    if lines and "sd" not in lines[0] and all(row["sd"] is None for row in rows):
        names.remove("sd")
    contents = [["", *names]]
    contents += [[str(i), *(row[n] for n in names)] for i, row in enumerate(rows)]
    for line, content in zip_longest(lines, contents, fillvalue=[]):
        if len(line) != len(content) or not all(map(_shows, line, content)):
            yield f"the table shows {line}, the receipt says {content}"
    seen = html.unescape(re.sub(r"<.*?>", " ", page)).split()
    if seen != [word for line in lines for cell in line for word in cell.split()]:
        yield "the table's HTML holds words outside of its cells"
    # A wide frame is written in blocks of columns, each with the index of the rows.
    text = tables[0].get("text/plain", "")
    blocks = [block.splitlines() for block in re.split(r"\n\s*\n", text)]
    words = [
        [word for part in parts for word in part.rstrip("\\").split()[number > 0 :]]
        for number, parts in enumerate(zip_longest(*blocks, fillvalue=""))
    ]
    if words != [" ".join(line[1:]).split() for line in lines]:
        yield "the table as text is not the table as HTML"


def _shows(text, content):
    """Whether a cell of a table shows a text (or its beginning), a number or None."""
    if content is None:
        return text == ""
    if isinstance(content, str):
        return text == content or (
            text.endswith("...") and content.startswith(text[:-3])
        )
    return _is_rounded(text, content)


def _is_rounded(text, number):
    """Whether text, like 1,234.5, is a number rounded to as many digits."""
    try:
        written = Decimal(text.replace(",", ""))
        half = Decimal((0, (5,), written.as_tuple().exponent - 1))
        return abs(written - Decimal(number)) <= half + Decimal("1e-9")
    except (InvalidOperation, TypeError):  # no number, or not a finite one
        return False
