"""Run notebooks from top to bottom, each in a fresh kernel, and store a receipt.

    python scripts/execute.py NOTEBOOK ...               outputs and receipt in place
    python scripts/execute.py --output DIR NOTEBOOK ...  a copy below DIR instead

The receipt says when, where, on which data and from which code the outputs were
made. A run that fails or is interrupted leaves every file on disk as it was.
"""

import argparse
import asyncio
import base64
import datetime
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from PIL import Image

from notebook_file import (
    ROOT,
    code_cells,
    code_hash,
    data_sets,
    notebook_name,
    read,
    results_table,
    tagged_cells,
)

PROBE = """
import json, os, platform, keras, tensorflow as tf
gpus = tf.config.list_physical_devices("GPU")
details = tf.config.experimental.get_device_details
print(json.dumps({
    "device": details(gpus[0]).get("device_name", "GPU") if gpus else "CPU",
    "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity")
    else os.cpu_count(),
    "python": platform.python_version(),
    "tensorflow": tf.__version__,
    "keras": keras.__version__,
}))
"""


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

    async def async_execute_cell(self, cell, cell_index, **kwargs):
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        # Ctrl-C and kill stop the cell, and with it the run, not the kernel under it.
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(
                number, lambda: asyncio.ensure_future(self.km.interrupt_kernel())
            )
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
    """The source.json of each data set that a notebook reads, by name."""
    folder = Path(os.environ.get("GDL_DATA", ROOT / "data"))
    sources = {}
    for name in data_sets(notebook):
        source = json.loads((folder / name / "source.json").read_text())
        keys = ("kind", "name", "version", "licence", "sha256")
        sources[name] = {key: source[key] for key in keys if key in source}
    return sources


def run(path, log):
    """Execute a notebook; return it with fresh outputs and its receipt.

    log: file for what the kernel's process itself writes (TensorFlow's start-up
    notes, a crash). Raises SystemExit, with what to look at, if a cell fails.
    """
    notebook = read(path)
    for cell in code_cells(notebook):
        cell.metadata.pop("execution", None)
    runner = Runner(notebook, path.parent)
    start = time.perf_counter()
    try:
        runner.execute(stdout=log, stderr=log)
    except CellExecutionError as error:
        if error.ename == "KeyboardInterrupt":
            sys.exit(f"\n{path}: interrupted, nothing was written.")
        source = code_cells(notebook)[runner.number - 1].source
        failure = describe_failure(error, runner.number, source)
        sys.exit(f"\n{path} failed, nothing was written: {failure}")
    except DeadKernelError:
        log.seek(0)
        tail = "".join(log.readlines()[-10:])
        sys.exit(f"\n{path}: the kernel died, nothing was written.\n{tail}")
    seconds = round(time.perf_counter() - start)
    probe = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True
    )
    notebook.metadata.receipt = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "seconds": seconds,
        **json.loads(probe.stdout.splitlines()[-1]),
        "data": data_sources(notebook),
        "code_sha256": code_hash(notebook),
    }
    return notebook


def compress_pictures(notebook):
    """Store each PNG with a palette of 128 colours, under a third of the size."""
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if png := output.get("data", {}).get("image/png"):
                picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
                smaller = io.BytesIO()
                picture.quantize(128).save(smaller, "PNG", optimize=True)
                output.data["image/png"] = base64.b64encode(smaller.getvalue()).decode()


def write(notebook, path):
    """Replace a notebook file in one step, so that no half-written one is left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    nbformat.write(notebook, part)
    part.replace(path)


def print_results(notebook):
    """Print the stored results table in aligned columns."""
    columns = ("metric", "value", "baseline", "reference", "better")
    rows = [columns]
    rows += [[row[name] for name in columns] for row in results_table(notebook)]
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    print()
    for metric, *numbers in rows:
        cells = (n.rjust(width) for n, width in zip(numbers, others, strict=True))
        print(metric.ljust(first), *cells, sep="  ")


def main():
    summary = __doc__.splitlines()[0]
    parser = argparse.ArgumentParser(description=summary)
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--output", type=Path, metavar="DIR", help="write copies here")
    arguments = parser.parse_args()
    for path in arguments.notebooks:
        if not path.is_file():
            sys.exit(f"{path}: no such notebook")
    for path in arguments.notebooks:
        name = notebook_name(path)
        print(f"\n{path}", flush=True)
        try:
            names = data_sets(read(path))
        except SyntaxError as error:
            sys.exit(f"{path}: SyntaxError: {error.msg}: {(error.text or '').strip()}")
        if names:
            download = [sys.executable, ROOT / "scripts" / "download.py"]
            if subprocess.run([*download, *names, "--or-stand-in"]).returncode:
                sys.exit(1)
        if not arguments.output:
            # A receipt is for one whole run: resume nothing.
            runs = Path(os.environ.get("GDL_RUNS", ROOT / "runs"))
            shutil.rmtree(runs / name / "backup", ignore_errors=True)
        with tempfile.TemporaryFile("w+") as log:
            notebook = run(path, log)
        target = arguments.output / f"{name}.ipynb" if arguments.output else path
        compress_pictures(notebook)
        write(notebook, target)
        if tagged_cells(notebook, "results"):
            print_results(notebook)
        seconds = notebook.metadata.receipt["seconds"]
        print(f"\n{seconds / 60:.1f} minutes. The executed notebook: {target}")


if __name__ == "__main__":
    main()
