"""The reduced parameters reach the notebooks, and a wrong name is an error."""

import json
import re
import subprocess
import sys
import tomllib
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_notebook

import conftest
import execute
from conftest import (
    SHARE,
    data_needed,
    make_small_sets,
    notebooks_asked_for,
    reduce_parameters,
)
from notebook_file import NOTEBOOKS, ROOT, notebook_name, read, tagged_cells
from standins import wines

ON_GPU = 'bool(tf.config.list_physical_devices("GPU"))'
CELL = "ON_GPU = False\nEPOCHS = 300 if ON_GPU else 30"
PLAIN = "\x1b[39m"  # a traceback's colours end before the message


def value_of(source):
    names = {}
    exec(source, names)
    return names["EPOCHS"]


def test_overrides_are_appended():
    assert value_of(reduce_parameters(CELL, {"EPOCHS": 1}, "laptop")) == 1


def test_scales():
    assert value_of(reduce_parameters(CELL, {}, "laptop")) == 30
    assert value_of(reduce_parameters(CELL, {}, "gpu")) == 300


def test_unknown_name_is_an_error():
    with pytest.raises(ValueError, match="EPOCH,"):
        reduce_parameters(CELL, {"EPOCH": 1}, "laptop")


def run_suite(root, tested, *arguments):
    """Run pytest on a folder or file under the project's settings; returns its output.

    The folder's notebook 01_small passes if its parameters are reduced.
    """
    for name in ("01_small", "02_whole", "03_unknown"):
        cells = [
            new_code_cell(CELL, metadata={"tags": ["parameters"]}),
            new_code_cell("assert EPOCHS == 1, EPOCHS"),
        ]
        path = root / "notebooks" / "01_chapter" / f"{name}.ipynb"
        execute.write(new_notebook(cells=cells), path)
    magic = new_code_cell("%time EPOCHS = 2 +", metadata={"tags": ["parameters"]})
    execute.write(new_notebook(cells=[magic]), path.with_name("04_magic.ipynb"))
    path.with_name("05_torn.ipynb").write_text('{"cells": [')
    (root / "tests").mkdir()
    (root / "tests" / "reduced.toml").write_text(
        '["01_chapter/01_small"]\nEPOCHS = 1\n["01_chapter/03_unknown"]\nEPOCH = 1\n'
    )
    (root / "conftest.py").write_bytes((ROOT / "conftest.py").read_bytes())
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml"]
    quiet = ["-n", "0", "--color", "no", "--rootdir", root]
    return subprocess.run(
        [*command, *quiet, root / tested, *arguments],
        capture_output=True,
        text=True,
        cwd=root,
    )


def test_each_notebook_runs_reduced_or_fails_by_itself(tmp_path):
    done = run_suite(tmp_path, "notebooks")
    assert done.returncode == 1
    assert "INTERNALERROR" not in done.stdout + done.stderr
    # Both cells of 01_small, and the parameters cell of 02_whole.
    assert "3 passed" in done.stdout, done.stdout
    assert f"AssertionError{PLAIN}: 30\n" in done.stdout  # 02_whole is not reduced
    assert "reduced.toml sets EPOCH, not in the parameters cell" in done.stdout
    for name in ("03_unknown", "04_magic", "05_torn"):
        assert f"{name}.ipynb" in done.stdout


def test_the_scale_of_a_notebook_given_as_a_path(tmp_path):
    path = "notebooks/01_chapter/02_whole.ipynb"
    done = run_suite(tmp_path, path, "--scale", "gpu")
    assert done.returncode == 1
    assert f"AssertionError{PLAIN}: 300\n" in done.stdout


def test_a_broken_table_stops_the_suite_with_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(conftest, "REDUCED", tmp_path / "reduced.toml")
    conftest.REDUCED.write_text("EPOCHS = \n")
    config = SimpleNamespace(option=SimpleNamespace())
    with pytest.raises(pytest.UsageError, match=r"tests/reduced.toml is no TOML: "):
        conftest.pytest_configure(config)


def test_what_cannot_be_read_is_named(tmp_path):
    cells = [new_code_cell('data_folder("mnist")'), new_code_cell('data_folder("x")')]
    execute.write(new_notebook(cells=cells), tmp_path / "good.ipynb")
    execute.write(new_notebook(cells=[new_code_cell("!ls")]), tmp_path / "magic.ipynb")
    (tmp_path / "torn.ipynb").write_text('{"cells": [')
    names, problems = data_needed(sorted(tmp_path.glob("*.ipynb")))
    assert names == ["mnist"]  # x is no set that could be made
    assert len(problems) == 2
    assert "magic.ipynb: '!ls' is no Python" in problems[0]
    assert "torn.ipynb cannot be read as a notebook" in problems[1]


def test_a_failed_stand_in_is_said_and_ends_nothing(tmp_path):
    module = tmp_path / "download.py"
    module.write_text("import sys; sys.exit('faces: the disk is full.')")
    problems = make_small_sets(["faces"], tmp_path / "data", tmp_path)
    assert problems == ["Not all stand-ins could be made: faces: the disk is full."]
    module.write_text("def main(arguments, share): pass")
    for names in ["faces"], []:
        assert make_small_sets(names, tmp_path / "data", tmp_path) == []


def test_small_sets_are_a_share_of_the_stand_ins(tmp_path):
    assert make_small_sets(["wines"], tmp_path) == []
    assert json.loads((tmp_path / "wines" / "source.json").read_text())["kind"] == (
        "stand-in"
    )
    reviews = json.loads((tmp_path / "wines" / "winemag-data-130k-v2.json").read_text())
    assert len(reviews) == int(wines.REVIEWS * SHARE)


def test_only_the_notebooks_asked_for_need_data():
    def asked(*arguments):
        invocation = SimpleNamespace(dir=ROOT)
        return notebooks_asked_for(
            SimpleNamespace(args=arguments, invocation_params=invocation)
        )

    everything = sorted(NOTEBOOKS.glob("*/*.ipynb"))
    chapter = [path for path in everything if path.parent == everything[0].parent]
    assert asked("tests", "notebooks") == asked(".") == everything
    assert asked(str(chapter[0].parent), "tests") == chapter
    assert asked(f"{chapter[0].relative_to(ROOT)}::Cell 1") == chapter[:1]
    assert asked("tests", "tests/test_lint.py") == []


def reduced_problems(name, reduced, source):
    """Yield what is wrong with a section of reduced.toml: what shortens no run.

    source: the notebook's parameters cell, in which it replaces the laptop's values.
    """
    if not reduced:
        yield f"{name} is not reduced: its section is empty"
    laptop = {}
    exec(source.replace(ON_GPU, "False"), laptop)
    for key, value in reduced.items():
        old = laptop.get(key)
        if key not in laptop:
            yield f"{name} sets {key}, not in the parameters cell"
        elif isinstance(value, str | list) or isinstance(old, str | list | tuple):
            if isinstance(value, str) != isinstance(old, str) or not value:
                yield f"{name} sets {key} to {value!r}, in place of {old!r}"
        elif value < 0 or (value == 0 and isinstance(old, int) and old != 0):
            yield f"{name} sets {key} to {value}: nothing would run"
        elif old is not None and re.search("EPOCHS|STEPS|SIZE$", key) and value > old:
            yield f"{name} sets {key} to {value}, more than the notebook's {old}"


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*/*.ipynb")), ids=notebook_name)
def test_section_makes_a_shorter_run(path):
    reduced = tomllib.loads((ROOT / "tests" / "reduced.toml").read_text("utf-8"))
    name = notebook_name(path)
    (cell,) = tagged_cells(read(path), "parameters")
    assert list(reduced_problems(name, reduced.get(name), cell.source)) == []


@pytest.mark.parametrize(
    "reduced",
    [
        {},
        {"EPOCHS": 0},
        {"EPOCHS": -1},
        {"EPOCHS": 31},
        {"EPOCHS": "1"},
        {"EPOCH": 1},
        {"TRAIN_SIZE": 65},
        {"RATES": []},
    ],
)
def test_what_trains_nothing_is_found(reduced):
    source = CELL + "\nTRAIN_SIZE = 64\nBATCH_SIZE = 32\nRATES = [0.1, 0.2]"
    good = {"EPOCHS": 1, "TRAIN_SIZE": 32, "RATES": [0.0]}
    assert list(reduced_problems("n", good, source)) == []
    assert len(list(reduced_problems("n", reduced, source))) == 1
