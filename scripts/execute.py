"""Run notebooks from top to bottom, each in a fresh kernel, and store a receipt.

    python scripts/execute.py NOTEBOOK ...               outputs and receipt in place
    python scripts/execute.py --stale                    those with an old receipt
    python scripts/execute.py --output DIR NOTEBOOK ...  a copy below DIR instead
    python scripts/execute.py --compare ...              fail if headlines differ

The receipt says when, where, on which data and from which code the outputs were
made, holds the results, and is signed, so that a later change shows. In place, a run
has a folder of its own for weights and logs, which goes with it: it starts from
nothing and disturbs no other run. A run that fails leaves its notebook as it was, and
the next one follows; at the end a table shows the results before and after.
"""

import argparse
import asyncio
import base64
import contextlib
import datetime
import importlib.metadata
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import numpy as np
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat.v4 import new_code_cell
from PIL import Image

from notebook_file import (
    LIBRARIES,
    NOTEBOOKS,
    NUMBERS,
    ROOT,
    code_cells,
    code_hash,
    data_dir,
    data_sets,
    notebook_name,
    outputs_hash,
    read,
    receipt_hash,
    registry,
    results_rows,
    runs_dir,
    shown,
)

# Run after the last cell, in the notebook's own kernel.
PROBE = f"""
import importlib.metadata, json, os, platform, sys
from IPython.display import display
tf = sys.modules.get("tensorflow")
gpus = tf.config.list_physical_devices("GPU") if tf else []
facts = {{
    "device": tf.config.experimental.get_device_details(gpus[0]).get(
        "device_name", "GPU"
    ) if gpus else "CPU",
    "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity")
    else os.cpu_count(),
    "python": platform.python_version(),
    **{{name: importlib.metadata.version(name) for name in {LIBRARIES}}},
    "results": json.loads(
        globals()["results"].replace({{"": None}}).to_json(orient="records")
    ) if "results" in globals() else [],
}}
display({{"application/json": facts}}, raw=True)
"""


class Failure(Exception):
    """A run that came to no end; its text says why."""


class Runner(NotebookClient):
    """A notebook client that reports each cell, and what it prints, as it runs."""

    def __init__(self, notebook, folder):
        super().__init__(
            notebook,
            timeout=None,
            kernel_name="python3",
            coalesce_streams=True,
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
        )
        self.total = len(code_cells(notebook))
        self.number = 0
        self.probe = new_code_cell(PROBE)
        notebook.cells.append(self.probe)

    async def async_execute_cell(self, cell, cell_index, **kwargs):
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        # Ctrl-C and kill stop the cell, and with it the run, not the kernel under it.
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(
                number, lambda: asyncio.ensure_future(self.km.interrupt_kernel())
            )
        if cell is self.probe:
            return await super().async_execute_cell(cell, cell_index, **kwargs)
        self.number += 1
        first_line = cell.source.strip().splitlines()[0]
        print(f"[{self.number:2}/{self.total}] {first_line[:70]}", flush=True)
        start = time.perf_counter()
        result = await super().async_execute_cell(cell, cell_index, **kwargs)
        seconds = time.perf_counter() - start
        if seconds >= 1:
            print(f"        {seconds:.0f} s", flush=True)
        return result

    def process_message(self, msg, cell, cell_index):
        if msg["msg_type"] == "stream":
            for line in msg["content"]["text"].splitlines():
                print(f"        {line}", flush=True)
        return super().process_message(msg, cell, cell_index)


def describe_failure(error, number, source):
    """One paragraph: which cell failed, at which line, with which error."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", error.traceback)
    lines = re.findall(r"Cell In\[\d+\], line (\d+)", text)
    where = f"cell {number}"
    if lines:
        line = int(lines[0])
        where += f", line {line}: {source.splitlines()[line - 1].strip()}"
    return f"{where}\n{error.ename}: {error.evalue}"


def data_sources(notebook):
    """The source.json of each data set that a notebook reads, by name.

    Raises Failure for one that is missing or says nothing.
    """
    sources = {}
    for name in data_sets(notebook):
        path = data_dir() / name / "source.json"
        try:
            source = dict(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            raise Failure(
                f"{path} is missing or damaged: bring {name} again (docs/datasets.md; "
                "files of your own: docs/your-data.md)"
            ) from None
        keys = ("kind", "name", "version", "licence", "sha256")
        sources[name] = {key: source[key] for key in keys if key in source}
    return sources


def run(path, log, runs=None):
    """Execute a notebook; return it with fresh outputs and its receipt.

    log: file for what the kernel's process itself writes (TensorFlow's start-up
    notes, a crash). runs: folder for the run's files, if not the usual one. Raises
    Failure, with what to look at, if a cell fails, and KeyboardInterrupt.
    """
    notebook = read(path)
    for cell in code_cells(notebook):
        cell.metadata.pop("execution", None)
    sources = data_sources(notebook)
    # Absolute, so that they mean the same in the notebook's folder as here.
    environment = os.environ | {"GDL_RUNS": str(runs or runs_dir())}
    if environment.get("GDL_DATA"):
        environment["GDL_DATA"] = str(data_dir())
    else:
        environment.pop("GDL_DATA", None)
    runner = Runner(notebook, path.parent)
    start = time.perf_counter()
    try:
        runner.execute(stdout=log, stderr=log, env=environment)
    except CellExecutionError as error:
        if error.ename == "KeyboardInterrupt":
            raise KeyboardInterrupt from None
        source = code_cells(notebook)[runner.number - 1].source
        raise Failure(describe_failure(error, runner.number, source)) from None
    except DeadKernelError:
        log.seek(0)
        tail = "".join(log.readlines()[-10:])
        raise Failure(f"the kernel died\n{tail}") from None
    seconds = max(1, round(time.perf_counter() - start))
    facts = notebook.cells.pop().outputs[0].data["application/json"]
    results = facts.pop("results")
    if data_sources(notebook) != sources:
        raise Failure("its data was replaced while it ran")
    compress_pictures(notebook)
    receipt = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "seconds": seconds,
        **facts,
        "data": sources,
        "code_sha256": code_hash(notebook),
        "outputs_sha256": outputs_hash(notebook),
        "results": results,
    }
    notebook.metadata.receipt = receipt | {"sha256": receipt_hash(receipt)}
    return notebook


def smallest_png(picture):
    """PNG bytes of an RGB picture: grey or in 256 colours where that shows no loss.

    Plots keep to a palette so. Photographs do not: more than one in a hundred of
    their pixels would be off by over 6 of 255, and they are stored in full colour.
    """
    pixels = np.asarray(picture).astype(int)
    for smaller in (picture.convert("L"), picture.quantize(256)):
        loss = np.abs(np.asarray(smaller.convert("RGB")) - pixels).max(axis=-1)
        if np.quantile(loss, 0.99) <= 6 and loss.max() <= 64:
            picture = smaller
            break
    png = io.BytesIO()
    picture.save(png, "PNG", optimize=True)
    return png.getvalue()


def compress_pictures(notebook):
    """Store each PNG output in its smallest form."""
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if png := output.get("data", {}).get("image/png"):
                picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
                output.data["image/png"] = base64.b64encode(
                    smallest_png(picture)
                ).decode()


def write(notebook, path):
    """Replace a notebook file in one step, so that no half-written one is left."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        part = Path(folder) / path.name
        nbformat.write(notebook, part)
        part.replace(path)


def probe(path):
    """Raise OSError, now and not after the run, if a file could not be replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=path.resolve().parent):
        if path.exists():
            path.open("r+b").close()


def is_stale(notebook):
    """Whether code, outputs or libraries differ from what the receipt records."""
    try:
        present = {
            "code_sha256": code_hash(notebook),
            "outputs_sha256": outputs_hash(notebook),
            **{name: importlib.metadata.version(name) for name in LIBRARIES},
        }
    except SyntaxError:  # running it will say where
        return True
    return not present.items() <= notebook.metadata.get("receipt", {}).items()


def print_table(rows):
    """Print rows of strings in aligned columns, the first one to the left."""
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    print()
    for name, *cells in rows:
        aligned = (c.rjust(width) for c, width in zip(cells, others, strict=True))
        print(name.ljust(first), *aligned, sep="  ")


def print_results(notebook):
    """Print the results that a notebook's receipt records."""
    rows = [("metric", *NUMBERS, "better")]
    for row in results_rows(notebook):
        cells = (shown(row.get(name)) for name in NUMBERS)
        rows.append((row["metric"], *cells, row["better"]))
    print_table(rows)


def compare(name, before, after):
    """Rows of a table: a notebook's results before a run and after it."""
    old = {
        row["metric"]: row["value"]
        for row in before.metadata.get("receipt", {}).get("results", [])
    }
    for row in after.metadata.receipt.results:
        value = shown(row["value"])
        yield f"{name}: {row['metric']}", shown(old.get(row["metric"])), value


def drift(before, after):
    """A sentence if the headline is far from the recorded one; else None.

    Far is more than four of its standard deviations, and more than a tenth of it.
    Times, and runs on other data than the recorded one, are not compared.
    """
    old, new = before.metadata.get("receipt"), after.metadata.receipt
    if not old or not old["results"]:
        return "there is no receipt to compare with"
    read_then, read_now = (
        {name: source["sha256"] for name, source in receipt["data"].items()}
        for receipt in (old, new)
    )
    if read_then != read_now:
        print("Not compared: the receipt is of a run on other data.")
        return None
    row = old["results"][0]
    metric, value = row["metric"], row["value"]
    if re.search(r"\bm?s\)$|second", metric):
        return None
    found = {r["metric"]: r["value"] for r in new["results"]}.get(metric)
    far = max(4 * (row["sd"] or 0), abs(value) / 10)
    if found is None or abs(found - value) > far:
        return f"{metric} is {shown(found)}, {shown(value)} in the receipt"
    return None


def fetch_data(notebook):
    """Bring the data sets that a notebook reads, or their stand-ins.

    Raises Failure if that fails, or if a set that no registry knows is not there.
    """
    names = data_sets(notebook)
    for name in names:
        if name not in registry() and not (data_dir() / name / "source.json").exists():
            raise Failure(
                f"There is no data set {name!r}. To bring files of your own into "
                f"{data_dir() / name}, see docs/your-data.md"
            )
    if known := [name for name in names if name in registry()]:
        download = [sys.executable, ROOT / "scripts" / "download.py"]
        if subprocess.run([*download, *known, "--or-stand-in"]).returncode:
            raise Failure(f"data sets are missing: {', '.join(known)}")


def execute(path, output):
    """Run one notebook and write it, or its copy; returns the executed notebook.

    Raises Failure or OSError if nothing was written; also Failure if the notebook was
    edited during the run: then what was run is beside it.
    """
    name = notebook_name(path)
    target = output / f"{name}.ipynb" if output else path
    print(f"\n{path}", flush=True)
    probe(target)
    try:
        fetch_data(read(path))
    except SyntaxError as error:
        text = (error.text or "").strip()
        raise Failure(f"SyntaxError: {error.msg}: {text}") from None
    source = path.read_bytes()
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(tempfile.TemporaryFile("w+"))
        runs = None
        if not output:
            # A receipt is for one whole run: resume nothing, and meet no other run.
            runs_dir().mkdir(parents=True, exist_ok=True)
            folder = tempfile.TemporaryDirectory(dir=runs_dir(), prefix=".execute-")
            runs = stack.enter_context(folder)
        notebook = run(path, log, runs)
    edited = not output and not (path.exists() and path.read_bytes() == source)
    if edited:
        target = path.with_suffix(".executed.ipynb")
    write(notebook, target)
    if notebook.metadata.receipt["results"]:
        print_results(notebook)
    minutes = notebook.metadata.receipt["seconds"] / 60
    print(f"\n{minutes:.1f} minutes. The executed notebook: {target}")
    if edited:
        raise Failure(f"it was edited while it ran. What was run is in {target}")
    return notebook


def main():
    summary = __doc__.splitlines()[0]
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--output", type=Path, metavar="DIR", help="write copies here")
    parser.add_argument(
        "--stale",
        action="store_true",
        help="run those whose code, outputs or libraries differ from their receipt",
    )
    parser.add_argument(
        "--compare",
        action="store_true",
        help="fail if a headline is far from the one that its receipt records",
    )
    arguments = parser.parse_args()
    paths = arguments.notebooks
    if arguments.stale:
        paths = paths or sorted(NOTEBOOKS.glob("*/*.ipynb"))
    elif not paths:
        parser.error("name a notebook, or ask for --stale")
    for path in paths:
        if not path.is_file():
            sys.exit(f"{path}: no such notebook")
    if arguments.stale:
        paths = [path for path in paths if is_stale(read(path))]
        print(f"{len(paths)} to run", *paths, sep="\n")
    changes, failed = [("results", "before", "after")], []
    for path in paths:
        before = read(path)
        try:
            after = execute(path, arguments.output)
            changes += compare(notebook_name(path), before, after)
            if arguments.compare and (far := drift(before, after)):
                raise Failure(far)
        except (Failure, OSError) as failure:
            print(f"\n{path} failed: {failure}", file=sys.stderr)
            failed.append(path)
        except KeyboardInterrupt:
            sys.exit(f"\n{path}: interrupted, nothing was written.")
    if not arguments.output and len(changes) > 1:
        print_table(changes)
    if failed:
        sys.exit(
            f"\n{len(failed)} of {len(paths)} failed: {', '.join(map(str, failed))}"
        )


if __name__ == "__main__":
    main()
