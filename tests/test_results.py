"""The README's table is that of the stored results, and results.py notices if not."""

import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import results
from notebook_file import ROOT


def test_readme_is_up_to_date():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "results.py", "--check"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


TABLE = """<table><tr><th></th><th>metric</th><th>value</th><th>baseline</th>
<th>reference</th><th>better</th></tr>
<tr><td>0</td><td>error</td><td>0.5</td><td>0.9</td><td></td><td>lower</td></tr>
<tr><td>1</td><td>parameters</td><td>7</td><td></td><td></td><td>lower</td></tr>
</table>"""


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A copy of the house with one notebook of chapter 3, as results.py sees it."""
    cell = new_code_cell("results", metadata={"tags": ["results", "readme-picture"]})
    cell.outputs = [
        new_output("execute_result", {"text/html": TABLE}),
        new_output("display_data", {"image/png": "aGVsbG8="}),
    ]
    notebook = new_notebook(cells=[new_markdown_cell("# 3.1 Small"), cell])
    notebook.metadata.receipt = {
        "seconds": 125,
        "data": {"mnist": {"name": "Digits", "kind": "stand-in"}},
    }
    path = tmp_path / "notebooks" / "03_small" / "01_small.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    (tmp_path / "README.md").write_text("a\n<!-- results -->\n<!-- /results -->\nb\n")
    monkeypatch.setattr(results, "ROOT", tmp_path)
    monkeypatch.setattr(results, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(results, "README", tmp_path / "README.md")
    monkeypatch.setattr(results, "PICTURE", tmp_path / "docs" / "samples.png")
    return tmp_path


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["results.py", *arguments])
    results.main()


def test_table_and_picture_are_written(house, monkeypatch):
    run(monkeypatch)
    text = (house / "README.md").read_text()
    assert text.startswith("a\n") and text.endswith("b\n")
    link = "[3.1 Small](notebooks/03_small/01_small.ipynb)"
    row = f"| {link} | Digits (stand-in) | error ↓ | 0.5 | 0.9 |  | 2 |"
    assert row in text
    assert "parameters" not in text
    assert text.count("no notebook yet") == 13
    assert (house / "docs" / "samples.png").read_bytes() == b"hello"
    run(monkeypatch, "--check")


@pytest.mark.parametrize("stale", ["README.md", "docs/samples.png"])
def test_check_names_what_is_out_of_date(house, monkeypatch, stale):
    run(monkeypatch)
    path = house / stale
    path.write_bytes(path.read_bytes().replace(b"0.5", b"0.4").replace(b"he", b"ha"))
    before = path.read_bytes()
    with pytest.raises(SystemExit, match=stale):
        run(monkeypatch, "--check")
    assert path.read_bytes() == before


def test_lost_markers_are_an_error(house, monkeypatch):
    (house / "README.md").write_text("nothing here")
    with pytest.raises(ValueError, match="markers"):
        run(monkeypatch)


def test_notebook_without_results_is_an_error(house, monkeypatch):
    path = next(house.glob("notebooks/*/*.ipynb"))
    path.write_text(path.read_text().replace("text/html", "text/plain"))
    with pytest.raises(ValueError, match="no results table"):
        run(monkeypatch)
