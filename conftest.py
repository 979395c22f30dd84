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
SHARE = 0.25  # of each stand-in: enough for the sizes in reduced.toml
# Of a few steps, tracing the graphs would be most of the work.
EAGER = """
import warnings
tf.config.run_functions_eagerly(True)
warnings.filterwarnings("ignore", "Even though the")  # tf.data stays compiled"""
# The same for `fit` alone: what the notebook compiles by itself stays compiled.
EAGER_FIT = """
keras.Model.run_eagerly = property(lambda model: True, lambda model, value: None)"""
# Their loops of many small steps are faster compiled; 8.1's layer that gets an array
# beside a tensor needs compiled functions.
COMPILED_LOOPS = (
    "05_autoregressive_models/01_lstm",
    "05_autoregressive_models/02_pixelcnn",
    "05_autoregressive_models/03_pixelcnn_mixture",
    "06_normalizing_flows/01_realnvp",
    "07_energy_based_models/01_ebm",
    "08_diffusion_models/01_ddpm",
)


def pytest_addoption(parser):
    parser.addoption(
        "--scale",
        choices=("laptop", "gpu"),
        default="laptop",
        help="which values of the parameters cells to start from (default: laptop)",
    )
    parser.addoption(
        "--graph",
        action="store_true",
        help="compile functions as in a full run (default: run them eagerly, faster)",
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


def notebooks_asked_for(config):
    """The notebooks that the arguments of this run name, or whose folders they name."""
    start = config.invocation_params.dir
    named = [
        (start / argument.partition("::")[0]).resolve() for argument in config.args
    ]
    paths = sorted(NOTEBOOKS.glob("*/*.ipynb"))
    return [path for path in paths if any(path.is_relative_to(n) for n in named)]


def make_small_sets(names, folder, scripts=ROOT / "scripts"):
    """Make a SHARE of some stand-ins in a folder; returns sentences on what failed."""
    code = f"import sys, download; sys.exit(download.main(sys.argv[1:], {SHARE}))"

    def make(name):
        command = [sys.executable, "-c", code, name, "--stand-in", "--data-dir", folder]
        return subprocess.run(command, cwd=scripts, stderr=subprocess.PIPE, text=True)

    with ThreadPoolExecutor(2) as pool:  # one reads or writes while the other draws
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
        # Notebooks run side by side, each on one core.
        for library in ("OMP_NUM", "OPENBLAS_NUM", "TF_NUM_INTRAOP", "TF_NUM_INTEROP"):
            os.environ.setdefault(f"{library}_THREADS", "1")
        names, problems = data_needed(notebooks_asked_for(config))
        if names and not os.environ.get("GDL_DATA"):
            config.gdl_data = tempfile.mkdtemp(prefix="gdl-data-")
            os.environ["GDL_DATA"] = config.gdl_data
            problems += make_small_sets(names, config.gdl_data)
        config.gdl_problems = problems


def pytest_unconfigure(config):
    for folder in ("gdl_runs", "gdl_data"):
        if hasattr(config, folder):
            shutil.rmtree(getattr(config, folder), ignore_errors=True)


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


def run_eagerly(name):
    """A line for the parameters cell of notebook NN_chapter/NN_name."""
    return EAGER_FIT if name in COMPILED_LOOPS else EAGER


def pytest_collection_modifyitems(config, items):
    for item in items:
        if not isinstance(item, IPyNbCell):
            continue
        if "parameters" in item.cell.metadata.get("tags", []):
            name = notebook_name(item.path)
            overrides = config.gdl_reduced.get(name, {})
            scale = config.getoption("--scale")
            source = item.cell.source
            try:
                item.cell.source = reduce_parameters(source, overrides, scale)
                if "tf." in source and not config.getoption("--graph"):
                    item.cell.source += run_eagerly(name)
            except SyntaxError:
                pass  # the cell fails when it is run, with its line
            except ValueError as error:
                item.cell.source = f"raise ValueError({str(error)!r})"
