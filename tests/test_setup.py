"""make setup: what it says when pip fails."""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from notebook_file import ROOT


@pytest.fixture
def make(tmp_path):
    """Run make setup, of one package that no index has, with these settings of pip."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("constraints.txt", "scripts/ipython_kernel_config.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "requirements.txt").write_text("gdl-no-such-package==1.0\n")
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("python", "python3"):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (programs / name).chmod(0o755)

    def run(**settings):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
        pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", **settings}
        path = os.pathsep.join([str(programs), "/usr/bin", "/bin"])  # no uv
        return subprocess.run(
            ["make", "setup"],
            cwd=tmp_path,
            env=kept | pip | {"PATH": path, "LC_ALL": "C"},
            capture_output=True,
            text=True,
        )

    return run


def test_no_network_is_no_version_conflict(make):
    done = make(PIP_INDEX_URL="http://127.0.0.1:1/")
    assert done.returncode != 0
    assert "The package index cannot be reached" in done.stderr
    assert "the package index answers" not in done.stderr


def test_a_conflict_is_no_matter_of_the_network(make, tmp_path):
    name = "pip-99.0.dist-info"
    with zipfile.ZipFile(tmp_path / "pip-99.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(
            f"{name}/METADATA", "Metadata-Version: 2.1\nName: pip\nVersion: 99.0\n"
        )
        wheel.writestr(
            f"{name}/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{name}/RECORD", "")
    done = make(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    assert done.returncode != 0
    assert "the package index answers" in done.stderr
    assert "cannot be reached" not in done.stderr
    assert not (tmp_path / ".venv" / ".ready").exists()
