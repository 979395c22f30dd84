"""What the other scripts and the tests read from a notebook file."""

import ast
import hashlib
import json
import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"


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
    return nbformat.read(path, as_version=4)
