"""What make lint checks, so that make test refuses it, too."""

import subprocess
import sys
from pathlib import Path

import pytest

from notebook_file import ROOT

COMMANDS = [["check"], ["format", "--check"]]


def ruff(command, folder):
    """Run ruff with the project's settings over a folder; returns the run."""
    return subprocess.run(
        [
            *(Path(sys.executable).with_name("ruff"), *command, "--no-cache"),
            *("--config", ROOT / "pyproject.toml", folder),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_lint(command):
    done = ruff(command, ".")
    assert done.returncode == 0, f"make format mends most of it:\n{done.stdout}"


@pytest.mark.parametrize(
    ("command", "source"), [(COMMANDS[0], "import os\n"), (COMMANDS[1], "a = 'b'\n")]
)
def test_lint_notices(command, source, tmp_path):
    (tmp_path / "untidy.py").write_text(source)
    assert ruff(command, tmp_path).returncode == 1


def test_make_lint_runs_the_same():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for command in COMMANDS:
        assert f"\t@.venv/bin/ruff {' '.join(command)} ." in makefile
