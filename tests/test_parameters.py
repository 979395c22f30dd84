"""The reduced parameters reach the notebooks, and a wrong name is an error."""

import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell, new_notebook

import execute
from conftest import reduce_parameters
from notebook_file import ROOT

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
    with pytest.raises(pytest.UsageError, match="EPOCH,"):
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


def test_unknown_name_stops_the_suite(suite):
    done = suite('["01_chapter/01_small"]\nEPOCH = 1\n')
    assert done.returncode not in (0, 1)
    assert "reduced.toml sets EPOCH, not in the parameters cell" in done.stderr
