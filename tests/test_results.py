"""What README.md, docs/results.md and docs/gallery/ show is what is stored."""

import base64
import io
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_output
from PIL import Image

import results
from notebook_file import ROOT
from test_receipts import row, run_notebook, sign, source


def test_what_is_shown_is_up_to_date():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "results.py", "--check"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_readme_is_short():
    text = (ROOT / "README.md").read_text("utf-8")
    before, _, rest = text.partition("<!-- results -->")  # a line a notebook
    written = before + rest.partition("<!-- /results -->")[2]
    assert len(written.splitlines()) <= 50


def png(width, height, colour="black"):
    """Bytes of a PNG in one colour."""
    data = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(data, "PNG")
    return data.getvalue()


def small_notebook(number):
    """An executed notebook of chapter 3 with a picture and a text."""
    title = (
        f"# 3.{number} Small\n\nOne sentence.\n\n"
        f"![Ten digits; the third is torn](../../docs/gallery/03_0{number}.png)"
    )
    picture = {"image/png": base64.b64encode(png(40, 20)).decode()}
    text = (
        "Another one:\nNo.\n\n"
        "A prompt (run of 2):\n    this wine is ripe,\nand dry. Drink now.\n\n"
    )
    shown = new_code_cell("x", metadata={"tags": ["gallery"]})
    shown.outputs = [new_output("display_data", picture)]
    told = new_code_cell("y", metadata={"tags": ["gallery-text"]})
    told.outputs = [new_output("stream", text=text)]
    rows = [
        row("accuracy", 0.5, 0.9123, 0.49, 0.0149, "nearer"),
        row("parameters", 70_000),
    ]
    data = {name: source(name) for name in ("mnist", "faces")}
    return run_notebook(title, [shown, told], rows, data)


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A small house with two notebooks of chapter 3, as results.py sees it."""
    folder = tmp_path / "notebooks" / "03_small_models"
    folder.mkdir(parents=True)
    for number in (1, 2):
        nbformat.write(small_notebook(number), folder / f"0{number}_small.ipynb")
    (tmp_path / "README.md").write_text("a\n<!-- results -->\n<!-- /results -->\nb\n")
    monkeypatch.setattr(results, "ROOT", tmp_path)
    monkeypatch.setattr(results, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(results, "README", tmp_path / "README.md")
    monkeypatch.setattr(results, "TABLE", tmp_path / "docs" / "results.md")
    monkeypatch.setattr(results, "GALLERY", tmp_path / "docs" / "gallery")
    mosaic = (
        (
            results.Cells("03_01", "digits", (2, 2), (10, 0), (8, 16), (3, 1)),
            results.Cells("03_09", "not written yet", (0, 0), (0, 0), (9, 9), (1, 1)),
            results.Quote("03_02", "a review", 20),
        ),
        (results.Quote("03_09", "not written yet", 20),),
    )
    monkeypatch.setattr(results, "MOSAIC", mosaic)
    return tmp_path


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["results.py", *arguments])
    results.main()


def change(house, edit):
    """Edit the first notebook of a house, and sign it anew."""
    path = house / "notebooks" / "03_small_models" / "01_small.ipynb"
    notebook = nbformat.read(path, 4)
    edit(notebook)
    if "receipt" in notebook.metadata:
        sign(notebook)
    nbformat.write(notebook, path)


def test_all_is_written(house, monkeypatch):
    run(monkeypatch)
    readme = (house / "README.md").read_text("utf-8")
    assert readme.startswith("a\n") and readme.endswith("b\n")
    assert (
        "| [3.1 Small](notebooks/03_small_models/01_small.ipynb) | Ten digits "
        "| accuracy → **0.5** (baseline 0.912, reference 0.49) | ○ | 2 |\n" in readme
    )
    assert "parameters" not in readme
    assert "To come: chapters 1, 2, 4, " in readme
    page = (house / "docs" / "results.md").read_text("utf-8")
    assert page.count("## 3. Small models\n") == 1
    assert "### [3.2 Small](../notebooks/03_small_models/02_small.ipynb)\n" in page
    assert "true attributes (stand-in); scikit-learn's handwritten digits, en" in page
    assert "| accuracy | → | 0.5 | 0.912 | 0.49 | 0.0149 |\n" in page
    assert "| parameters | ↓ | 70,000 |  |  |  |\n" in page
    gallery = house / "docs" / "gallery"
    names = sorted(path.name for path in gallery.iterdir())
    assert names == ["03_01.png", "03_02.png", "mosaic.png"]
    assert (gallery / "03_01.png").read_bytes() == png(40, 20)
    run(monkeypatch, "--check")


def test_mosaic_lays_cells_side_by_side(house, monkeypatch):
    run(monkeypatch)
    mosaic = np.asarray(Image.open(house / "docs" / "gallery" / "mosaic.png"))
    assert mosaic.shape[1] == results.WIDTH
    black = (mosaic[:, :40] == 0).all(axis=2)
    columns = np.flatnonzero(black.sum(axis=0) == 16)
    step = 8 + results.GAP
    assert columns.tolist() == [i * step + x for i in range(3) for x in range(8)]


def test_quote_is_the_first_sentence(house):
    entry = results.load(house / "notebooks" / "03_small_models" / "01_small.ipynb")
    assert results.quote(entry.text) == "“this wine is ripe, and dry.”"


@pytest.mark.parametrize(
    ("stale", "gone"),
    [
        ("README.md", False),
        ("docs/results.md", False),
        ("docs/results.md", True),
        ("docs/gallery/03_02.png", False),
        ("docs/gallery/03_02.png", True),
        ("docs/gallery/mosaic.png", False),
        ("docs/gallery/mosaic.png", True),
    ],
)
def test_check_names_what_is_out_of_date(house, monkeypatch, stale, gone):
    run(monkeypatch)
    path = house / stale
    if path.suffix == ".png":
        path.write_bytes(png(*Image.open(path).size, "red"))
    else:
        path.write_text(path.read_text("utf-8").replace("0.912", "0.4"), "utf-8")
    if gone:
        path.unlink()
    before = path.exists() and path.read_bytes()
    with pytest.raises(SystemExit, match=f"Out of date: {stale}. Run: make results"):
        run(monkeypatch, "--check")
    assert (path.exists() and path.read_bytes()) == before
    run(monkeypatch)
    run(monkeypatch, "--check")


def test_mosaic_may_be_compressed_and_lettered_in_another_way(house, monkeypatch):
    run(monkeypatch)
    path = house / "docs" / "gallery" / "mosaic.png"
    pixels = np.array(Image.open(path))
    pixels[40, :60] -= 30
    Image.fromarray(pixels).save(path, compress_level=1)
    run(monkeypatch, "--check")


def test_picture_without_a_notebook_goes(house, monkeypatch):
    run(monkeypatch)
    orphan = house / "docs" / "gallery" / "04_01.png"
    orphan.write_bytes(png(2, 2))
    with pytest.raises(SystemExit, match="docs/gallery/04_01"):
        run(monkeypatch, "--check")
    assert orphan.exists()
    run(monkeypatch)
    assert not orphan.exists()


def forget_run(notebook):
    del notebook.metadata["receipt"]


def forget_picture(notebook):
    notebook.cells[0].source = notebook.cells[0].source.replace("03_01", "03_03")


def untag(notebook):
    notebook.cells[3].metadata.tags = []


def tag_twice(notebook):
    notebook.cells[4].metadata.tags = ["gallery"]


def store_no_picture(notebook):
    notebook.cells[3].outputs = notebook.cells[4].outputs


def claim_more(notebook):
    notebook.metadata.receipt.results[0].value = 0.9


def shrink_picture(notebook):
    data = base64.b64encode(png(20, 20)).decode()
    notebook.cells[3].outputs[0].data["image/png"] = data


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (forget_run, "make execute NB=notebooks/03_small_models/01_small.ipynb"),
        (forget_picture, "no picture docs/gallery/03_01.png"),
        (untag, "tagged gallery"),
        (tag_twice, "tagged gallery"),
        (store_no_picture, "tagged gallery"),
        (claim_more, "the table shows"),
        (shrink_picture, "another size"),
    ],
)
def test_what_lacks_is_named_and_nothing_written(house, monkeypatch, edit, message):
    change(house, edit)
    with pytest.raises(SystemExit) as error:
        run(monkeypatch)
    assert "notebooks/03_small_models/01_small.ipynb" in str(error.value)
    assert message in str(error.value)
    assert not (house / "docs").exists()


def test_lost_markers_are_an_error(house, monkeypatch):
    (house / "README.md").write_text("nothing here")
    with pytest.raises(SystemExit, match="markers"):
        run(monkeypatch)
