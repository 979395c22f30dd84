"""execute.py: failures first; then receipts, copies and clean outputs."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from base64 import b64decode, b64encode

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image, ImageChops

import execute
from notebook_file import ROOT, code_hash, read


def write_notebook(folder, *sources):
    path = folder / "01_chapter" / "01_small.ipynb"
    path.parent.mkdir()
    execute.write(new_notebook(cells=[new_code_cell(s) for s in sources]), path)
    return path


def run_script(*arguments, **environment):
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "execute.py", *arguments],
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )


def test_missing_notebook_is_named(tmp_path):
    done = run_script(tmp_path / "none.ipynb")
    assert done.returncode != 0
    assert done.stderr.strip().endswith("none.ipynb: no such notebook")


def test_failing_cell_is_shown_and_nothing_is_written(tmp_path):
    path = write_notebook(tmp_path, "x = 1", "y = 2\nassert x == y, 'they differ'")
    before = path.read_bytes()
    done = run_script(path)
    assert done.returncode != 0
    assert "cell 2, line 2: assert x == y, 'they differ'" in done.stderr
    assert "AssertionError: they differ" in done.stderr
    assert "Traceback" not in done.stderr
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_syntax_error_is_shown(tmp_path):
    path = write_notebook(tmp_path, "x = 1", "y = (")
    done = run_script(path)
    assert done.returncode != 0
    assert "SyntaxError" in done.stderr and "Traceback" not in done.stderr


def test_dead_kernel_is_reported(tmp_path):
    path = write_notebook(tmp_path, "import os\nos.abort()")
    before = path.read_bytes()
    done = run_script(path)
    assert done.returncode != 0
    assert "the kernel died" in done.stderr and "Traceback" not in done.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_leaves_the_notebook(tmp_path, number):
    path = write_notebook(tmp_path, "print('go')\nimport time\ntime.sleep(60)")
    before = path.read_bytes()
    process = subprocess.Popen(
        [sys.executable, ROOT / "scripts" / "execute.py", path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while "go" not in process.stdout.readline().split():
        assert process.poll() is None
    time.sleep(0.5)
    os.killpg(process.pid, number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "interrupted" in errors and "Traceback" not in errors
    assert path.read_bytes() == before


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A notebook with two streams, executed into a copy: (original, copy, printed)."""
    folder = tmp_path_factory.mktemp("executed")
    path = write_notebook(
        folder,
        "import sys\nprint('one')\nprint('two')",
        "import os\nos.write(2, b'from a library in C')\n1 + 1",
    )
    before = path.read_bytes()
    done = run_script("--output", folder / "copies", path)
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == before
    return path, folder / "copies" / "01_chapter" / "01_small.ipynb", done.stdout


def test_copy_holds_outputs_and_receipt(executed):
    path, copy, printed = executed
    notebook = read(copy)
    receipt = notebook.metadata.receipt
    assert receipt.code_sha256 == code_hash(read(path))
    assert receipt.data == {}
    assert receipt.device and receipt.cores >= 1 and receipt.seconds >= 0
    assert receipt.python == sys.version.split()[0]
    assert {"date", "tensorflow", "keras"} <= set(receipt)
    assert str(copy) in printed


def test_streams_are_joined_and_cells_not_timed(executed):
    first, second = read(executed[1]).cells
    assert [output.text for output in first.outputs] == ["one\ntwo\n"]
    assert "execution" not in first.metadata
    assert [cell.execution_count for cell in (first, second)] == [1, 2]


def test_pictures_are_compressed():
    picture = Image.linear_gradient("L").convert("RGBA")
    png = io.BytesIO()
    picture.save(png, "PNG", compress_level=0)
    output = new_output(
        "display_data", {"image/png": b64encode(png.getvalue()).decode()}
    )
    notebook = new_notebook(cells=[new_code_cell("plot()", outputs=[output])])
    execute.compress_pictures(notebook)
    data = b64decode(notebook.cells[0].outputs[0].data["image/png"])
    assert len(data) < len(png.getvalue()) / 3
    stored = Image.open(io.BytesIO(data)).convert("L")
    difference = ImageChops.difference(stored, picture.convert("L"))
    assert difference.getextrema()[1] <= 3


def test_progress_is_printed(executed):
    assert "[ 1/2] import sys" in executed[2]
    assert "two" in executed[2]


def test_in_place_starts_without_an_old_backup(tmp_path):
    path = write_notebook(tmp_path, "1 + 1")
    backup = tmp_path / "runs" / "01_chapter" / "01_small" / "backup"
    backup.mkdir(parents=True)
    done = run_script(path, GDL_RUNS=str(tmp_path / "runs"))
    assert done.returncode == 0, done.stderr
    assert not backup.exists()
    assert json.loads(path.read_text())["cells"][0]["outputs"]
