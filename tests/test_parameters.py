"""The reduced parameters reach the notebooks, and a wrong name is an error."""

import re
import subprocess
import sys
import tomllib
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_notebook

import conftest
import execute
from conftest import data_needed, make_missing_data, reduce_parameters
from notebook_file import NOTEBOOKS, ROOT, notebook_name, read, tagged_cells

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


@pytest.fixture
def suite(tmp_path):
    """Runs a small notebook under the project's settings; returns pytest's end."""
    path = tmp_path / "notebooks" / "01_chapter" / "01_small.ipynb"
    settings = tmp_path / "tests" / "reduced.toml"
    settings.parent.mkdir()
    (tmp_path / "conftest.py").write_bytes((ROOT / "conftest.py").read_bytes())

    def run(reduced, *arguments, tested=tmp_path):
        cells = [
            new_code_cell(CELL, metadata={"tags": ["parameters"]}),
            new_code_cell("assert EPOCHS == 1, EPOCHS"),
        ]
        execute.write(new_notebook(cells=cells), path)
        settings.write_text(reduced)
        command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml"]
        return subprocess.run(
            [
                *command,
                "-n",
                "0",
                "--color",
                "no",
                "--rootdir",
                tmp_path,
                tmp_path / tested,
                *arguments,
            ],
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )

    return run


def test_notebook_runs_with_reduced_parameters(suite):
    done = suite('["01_chapter/01_small"]\nEPOCHS = 1\n')
    assert done.returncode == 0, done.stdout


def test_notebook_given_as_a_path_is_reduced_too(suite):
    path = "notebooks/01_chapter/01_small.ipynb"
    done = suite('["01_chapter/01_small"]\nEPOCHS = 1\n', tested=path)
    assert done.returncode == 0, done.stdout


def test_failing_cell_fails_the_suite(suite):
    done = suite("")
    assert done.returncode == 1
    assert done.stdout.split("AssertionError")[-1].startswith(PLAIN + ": 30\n")
    done = suite("", "--scale", "gpu")
    assert done.stdout.split("AssertionError")[-1].startswith(PLAIN + ": 300\n")


def test_unknown_name_fails_its_notebook(suite):
    done = suite('["01_chapter/01_small"]\nEPOCH = 1\n')
    assert done.returncode == 1
    assert "reduced.toml sets EPOCH, not in the parameters cell" in done.stdout


def test_a_broken_table_stops_the_suite_with_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(conftest, "REDUCED", tmp_path / "reduced.toml")
    conftest.REDUCED.write_text("EPOCHS = \n")
    config = SimpleNamespace(option=SimpleNamespace())
    with pytest.raises(pytest.UsageError, match=r"tests/reduced.toml is no TOML: "):
        conftest.pytest_configure(config)


def test_broken_notebooks_fail_and_the_others_run(suite, tmp_path):
    folder = tmp_path / "notebooks" / "02_chapter"
    magic = new_code_cell("%time EPOCHS = 2 +", metadata={"tags": ["parameters"]})
    execute.write(new_notebook(cells=[magic]), folder / "01_magic.ipynb")
    (folder / "02_torn.ipynb").write_text('{"cells": [')
    done = suite('["01_chapter/01_small"]\nEPOCHS = 1\n')
    assert done.returncode == 1
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert "01_magic.ipynb" in done.stdout and "02_torn.ipynb" in done.stdout
    assert "2 passed" in done.stdout


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
    script = tmp_path / "download.py"
    script.write_text("import sys; sys.exit('faces: the disk is full.')")
    problems = make_missing_data(["faces"], script)
    assert problems == ["Not all stand-ins could be made: faces: the disk is full."]
    script.write_text("")
    assert make_missing_data(["faces"], script) == make_missing_data([], script) == []


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
