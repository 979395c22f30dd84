"""What the other scripts and the tests read from a notebook file."""

import ast
import hashlib
from html.parser import HTMLParser
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


def _plain(node):
    """A syntax tree as nested lists that every Python from 3.11 on writes alike."""
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

    Comments and formatting don't count; any other change of the code does.
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


class _TableParser(HTMLParser):
    """Collects the rows of an HTML table as lists of strings."""

    def __init__(self):
        super().__init__()
        self.rows, self.cell = [], None

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.cell = ""

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.rows[-1].append(self.cell.strip())
            self.cell = None


def results_table(notebook):
    """The stored results as a list of dicts of strings, one per metric.

    Keys: metric, value, baseline, reference, better. Raises ValueError if the
    notebook stores no such table.
    """
    for cell in tagged_cells(notebook, "results"):
        for output in cell.outputs:
            html = output.get("data", {}).get("text/html", "")
            parser = _TableParser()
            parser.feed(html)
            if parser.rows:
                header, *rows = parser.rows
                return [dict(zip(header, row, strict=True)) for row in rows]
    raise ValueError("no results table is stored in the notebook")


def read(path):
    """Read a notebook file (nbformat 4)."""
    return nbformat.read(path, as_version=4)
