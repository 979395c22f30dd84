"""Run the notebooks under nbval with the reduced parameters of reduced.toml."""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

from notebook_file import NOTEBOOKS, ROOT, data_sets, notebook_name, read, registry

REDUCED = Path(__file__).parent / "tests" / "reduced.toml"


def pytest_addoption(parser):
    parser.addoption(
        "--scale",
        choices=("laptop", "gpu"),
        default="laptop",
        help="which values of the parameters cells to start from (default: laptop)",
    )


def data_needed(paths):
    """What data sets the notebooks read, and a sentence for each that cannot be read.

    Such a notebook fails in its own tests; the others run.
    """
    names, problems = set(), []
    for path in paths:
        try:
            names.update(data_sets(read(path)))
        except SyntaxError as error:
            line = (error.text or "").strip()
            problems.append(f"{path}: {line!r} is no Python: {error.msg}")
        except Exception as error:
            problems.append(f"{path} cannot be read as a notebook: {error}")
    return sorted(names & set(registry())), problems


def make_missing_data(names, script=ROOT / "scripts" / "download.py"):
    """Make the stand-ins that data/ does not hold; returns sentences on what failed."""

    def make(name):
        command = [sys.executable, script, name, "--stand-in"]
        return subprocess.run(command, stderr=subprocess.PIPE, text=True)

    with ThreadPoolExecutor(2) as pool:  # as many as there are workers
        done = list(pool.map(make, names))
    failed = [run.stderr.strip() for run in done if run.returncode]
    return [f"Not all stand-ins could be made: {text}" for text in failed]


def pytest_configure(config):
    # A file that cannot be collected is an error of its own, not the end of the rest.
    config.option.continue_on_collection_errors = True
    try:
        config.gdl_reduced = tomllib.loads(REDUCED.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise pytest.UsageError(f"tests/reduced.toml is no TOML: {error}") from None
    # Weights and backups of shortened runs must never meet those of real ones.
    # The xdist workers inherit the folder from the process that starts them.
    if not hasattr(config, "workerinput"):
        config.gdl_runs = tempfile.mkdtemp(prefix="gdl-runs-")
        os.environ["GDL_RUNS"] = config.gdl_runs
        # Two notebooks run side by side, each on one core.
        for library in ("OMP_NUM", "OPENBLAS_NUM", "TF_NUM_INTRAOP", "TF_NUM_INTEROP"):
            os.environ.setdefault(f"{library}_THREADS", "1")
        names, problems = data_needed(sorted(NOTEBOOKS.glob("*/*.ipynb")))
        config.gdl_problems = problems + make_missing_data(names)


def pytest_unconfigure(config):
    if hasattr(config, "gdl_runs"):
        shutil.rmtree(config.gdl_runs, ignore_errors=True)


def pytest_terminal_summary(terminalreporter, config):
    if problems := getattr(config, "gdl_problems", None):
        terminalreporter.section("before the tests")
        for problem in problems:
            terminalreporter.write_line(problem)


def reduce_parameters(source, overrides, scale):
    """Append assignments to the source of a parameters cell.

    Raises ValueError for a name that the cell does not define.
    """
    names = {
        target.id
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    if unknown := sorted(set(overrides) - names):
        raise ValueError(
            f"reduced.toml sets {', '.join(unknown)}, not in the parameters cell"
        )
    if scale == "gpu":
        source = "\n".join(["ON_GPU = True", *source.splitlines()[1:]])
    lines = [f"{name} = {value!r}" for name, value in overrides.items()]
    return "\n".join([source, *lines])


def pytest_collection_modifyitems(config, items):
    for item in items:
        if not isinstance(item, IPyNbCell):
            continue
        if "parameters" in item.cell.metadata.get("tags", []):
            overrides = config.gdl_reduced.get(notebook_name(item.path), {})
            scale = config.getoption("--scale")
            source = item.cell.source
            try:
                item.cell.source = reduce_parameters(source, overrides, scale)
            except SyntaxError:
                pass  # the cell fails when it is run, with its line
            except ValueError as error:
                item.cell.source = f"raise ValueError({str(error)!r})"
