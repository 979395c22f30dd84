"""Run the notebooks under nbval with the reduced parameters of reduced.toml."""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

from notebook_file import NOTEBOOKS, ROOT, data_sets, notebook_name, read

REDUCED = Path(__file__).parent / "tests" / "reduced.toml"


def pytest_addoption(parser):
    parser.addoption(
        "--scale",
        choices=("laptop", "gpu"),
        default="laptop",
        help="which values of the parameters cells to start from (default: laptop)",
    )


def make_missing_data():
    """Make the stand-ins that the notebooks read and data/ does not hold."""
    names = {name for p in NOTEBOOKS.glob("*/*.ipynb") for name in data_sets(read(p))}
    download = [sys.executable, ROOT / "scripts" / "download.py"]
    if names:
        subprocess.run([*download, *sorted(names), "--stand-in"], check=True)


def pytest_configure(config):
    # Weights and backups of shortened runs must never meet those of real ones.
    # The xdist workers inherit the folder from the process that starts them.
    if not hasattr(config, "workerinput"):
        os.environ["GDL_RUNS"] = tempfile.mkdtemp(prefix="gdl-runs-")
        make_missing_data()


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["GDL_RUNS"], ignore_errors=True)


def reduce_parameters(source, overrides, scale):
    """Append assignments to the source of a parameters cell.

    Raises pytest.UsageError for a name that the cell does not define.
    """
    names = {
        target.id
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    if unknown := sorted(set(overrides) - names):
        raise pytest.UsageError(
            f"reduced.toml sets {', '.join(unknown)}, not in the parameters cell"
        )
    if scale == "gpu":
        source = "\n".join(["ON_GPU = True", *source.splitlines()[1:]])
    lines = [f"{name} = {value!r}" for name, value in overrides.items()]
    return "\n".join([source, *lines])


def pytest_collection_modifyitems(config, items):
    reduced = tomllib.loads(REDUCED.read_text("utf-8"))
    for item in items:
        if not isinstance(item, IPyNbCell):
            continue
        if "parameters" in item.cell.metadata.get("tags", []):
            overrides = reduced.get(notebook_name(item.path), {})
            scale = config.getoption("--scale")
            source = item.cell.source
            item.cell.source = reduce_parameters(source, overrides, scale)
