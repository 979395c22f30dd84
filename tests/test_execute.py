"""execute.py: failures first; then receipts, copies and clean outputs."""

import copy
import datetime
import errno
import importlib.metadata
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
from notebook_file import ROOT, code_hash, outputs_hash, read, receipt_hash


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
        cwd=ROOT / "tests",
    )


def call(monkeypatch, *arguments):
    """Run main() in this process; returns what it says on leaving."""
    monkeypatch.setattr(sys, "argv", ["execute.py", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        execute.main()
    return str(left.value.code)


def test_missing_notebook_is_named(tmp_path, monkeypatch):
    said = call(monkeypatch, tmp_path / "none.ipynb")
    assert said.endswith("none.ipynb: no such notebook")


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


def test_syntax_error_is_shown(tmp_path, monkeypatch, capsys):
    path = write_notebook(tmp_path, "x = 1", "y = (")
    assert "1 of 1 failed" in call(monkeypatch, path)
    assert "SyntaxError" in capsys.readouterr().err


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


CATS = {
    "kind": "own",
    "name": "my cats",
    "version": None,
    "licence": None,
    "sha256": "0123456789abcdef" * 4,
}
DATA_FOLDER = """def data_folder(name):
    print(open(f"{os.environ['GDL_DATA']}/{name}/source.json").read())"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A notebook executed into a copy in over 2 s: (original, copy, printed)."""
    folder = tmp_path_factory.mktemp("executed")
    path = write_notebook(
        folder,
        "import sys\nprint('one')\nprint('two')",
        "import os, time\nos.write(2, b'from a library in C')\ntime.sleep(2)\n1 + 1",
        DATA_FOLDER,
        "data_folder('cats')",
    )
    source = folder / "data" / "cats" / "source.json"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(CATS | {"files": 9}))
    before = path.read_bytes()
    # Relative: counted from the repository, wherever this runs.
    data = os.path.relpath(folder / "data", ROOT)
    done = run_script("--output", folder / "copies", path, GDL_DATA=data)
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == before
    return path, folder / "copies" / "01_chapter" / "01_small.ipynb", done.stdout


def today(days=0):
    day = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days)
    return day.date().isoformat()


def test_copy_holds_outputs_and_receipt(executed):
    path, copy, printed = executed
    notebook = read(copy)
    receipt = notebook.metadata.receipt
    assert receipt.code_sha256 == code_hash(read(path))
    assert receipt.data == {"cats": CATS}
    assert receipt.device and receipt.cores >= 1 and 2 <= receipt.seconds < 120
    assert receipt.date in (today(), today(-1))
    assert receipt.sha256 == receipt_hash(receipt)
    assert receipt.python == sys.version.split()[0]
    assert {"date", "tensorflow", "keras"} <= set(receipt)
    assert str(copy) in printed


def test_streams_are_joined_and_cells_not_timed(executed):
    first, second, *_ = read(executed[1]).cells
    assert [output.text for output in first.outputs] == ["one\ntwo\n"]
    assert "execution" not in first.metadata
    assert [cell.execution_count for cell in (first, second)] == [1, 2]


def stored(picture):
    """The picture that a notebook stores of one that a cell drew."""
    png = io.BytesIO()
    picture.save(png, "PNG", compress_level=0)
    output = new_output(
        "display_data", {"image/png": b64encode(png.getvalue()).decode()}
    )
    notebook = new_notebook(cells=[new_code_cell("plot()", outputs=[output])])
    execute.compress_pictures(notebook)
    data = b64decode(notebook.cells[0].outputs[0].data["image/png"])
    assert len(data) < len(png.getvalue())
    return Image.open(io.BytesIO(data))


def test_grey_pictures_and_plots_are_stored_small_without_loss():
    grey = Image.linear_gradient("L")
    assert stored(grey.convert("RGBA")).mode == "L"
    plot = Image.new("RGBA", (200, 200), "white")
    plot.paste("#0072b2", (20, 20, 180, 60))
    small = stored(plot)
    assert small.mode == "P"
    assert not ImageChops.difference(
        small.convert("RGB"), plot.convert("RGB")
    ).getbbox()


def test_photographs_keep_their_colours():
    channels = [Image.linear_gradient("L").rotate(90 * turn) for turn in range(3)]
    photograph = Image.merge("RGB", channels)
    full = stored(photograph)
    assert full.mode == "RGB"
    assert not ImageChops.difference(full, photograph).getbbox()


def test_progress_is_printed(executed):
    assert "[ 1/4] import sys" in executed[2]
    assert "two" in executed[2]


EDITED = """import os
from pathlib import Path
runs = Path(os.environ["GDL_RUNS"])
assert runs.is_absolute() and not list(runs.iterdir())
(runs / "weights").touch()
with open("01_small.ipynb", "a") as file:
    file.write(" ")
print("done")"""


def test_run_in_place_has_its_own_run_folder_and_keeps_edits(tmp_path):
    """Backups of other runs stay, and the notebook, saved meanwhile, stays as saved."""
    path = write_notebook(tmp_path, EDITED)
    before = path.read_bytes()
    backup = tmp_path / "runs" / "01_chapter" / "01_small" / "backup"
    backup.mkdir(parents=True)
    done = run_script(path, GDL_RUNS=str(tmp_path / "runs"))
    assert done.returncode == 1
    assert "edited while it ran" in done.stderr and "Traceback" not in done.stderr
    assert path.read_bytes() == before + b" "
    beside = path.parent / "01_small.executed.ipynb"
    assert str(beside) in done.stderr
    assert read(beside).cells[0].outputs[0].text == "done\n"
    assert sorted(path.parent.iterdir()) == [beside, path]
    assert [p.name for p in (tmp_path / "runs").iterdir()] == ["01_chapter"]
    assert backup.exists()


@pytest.mark.parametrize("place", ["a file", "a folder", "read-only"])
def test_target_is_probed_before_the_run(tmp_path, monkeypatch, capsys, place):
    path = write_notebook(tmp_path, "1 + 1")
    output = tmp_path / "copies"
    copy = output / "01_chapter" / "01_small.ipynb"
    if place == "a file":
        output.write_text("")
    elif place == "a folder":
        copy.mkdir(parents=True)
    else:
        copy.parent.mkdir(parents=True)
        copy.touch(mode=0o400)
        if os.access(copy, os.W_OK):
            pytest.skip("root may write everywhere")
    monkeypatch.setattr(execute, "run", None)
    assert "1 of 1 failed" in call(monkeypatch, "--output", output, path)
    assert "copies" in capsys.readouterr().err


def test_disk_that_fills_up_leaves_nothing_half_written(tmp_path, monkeypatch, capsys):
    path = write_notebook(tmp_path, "1 + 1")
    before = path.read_bytes()

    def fill(notebook, part):
        part.write_text("{")
        raise OSError(errno.ENOSPC, "No space left on device", str(part))

    executed = read(path)
    executed.metadata.receipt = {"results": [], "seconds": 60}
    monkeypatch.setenv("GDL_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(execute, "run", lambda *_: executed)
    monkeypatch.setattr(execute.nbformat, "write", fill)
    assert "1 of 1 failed" in call(monkeypatch, path)
    assert "No space left" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    assert not list((tmp_path / "runs").iterdir())


RESULTS = """import pandas as pd
columns = ["metric", "value", "baseline", "reference", "sd", "better"]
rows = [
    ("error", 0.123456, 2.0, None, None, "lower"),
    ("parameters", 7, None, None, None, "lower"),
]
results = pd.DataFrame(rows, columns=columns).astype(object).fillna("")
results"""


def test_one_failure_does_not_stop_the_others(tmp_path):
    """Two in one call, the first fails: the second is stored, and both are told."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    bad = write_notebook(tmp_path / "a", "1 / 0")
    good = write_notebook(tmp_path / "b", RESULTS)
    done = run_script(bad, good)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr and "1 of 2 failed" in done.stderr
    receipt = read(good).metadata.receipt
    error, parameters = receipt.results
    assert error == {
        "metric": "error",
        "value": 0.123456,
        "baseline": 2.0,
        "reference": None,
        "sd": None,
        "better": "lower",
    }
    assert parameters["baseline"] is None
    assert receipt.outputs_sha256 == outputs_hash(read(good))
    assert "0.123" in done.stdout.split("before")[1]


def test_before_and_after(tmp_path):
    path = write_notebook(tmp_path, RESULTS)
    before, after = read(path), read(path)
    before.metadata.receipt = {"results": [{"metric": "error", "value": 0.5}]}
    new = [{"metric": "error", "value": 0.25}, {"metric": "parameters", "value": 7}]
    after.metadata.receipt = {"results": new}
    assert list(execute.compare("x", before, after)) == [
        ("x: error", "0.5", "0.25"),
        ("x: parameters", "", "7"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "far"),
    [
        ({}, {"value": 0.54}, None),
        ({}, {"value": 0.56}, "accuracy is 0.56, 0.5 in the receipt"),
        ({}, {"value": 0.44}, "accuracy is 0.44, 0.5 in the receipt"),
        ({"sd": 0.02}, {"value": 0.57}, None),
        ({"sd": 0.02}, {"value": 0.59}, "0.59"),
        ({}, {"metric": "score"}, "accuracy is , 0.5"),
        ({"metric": "layer (ms)"}, {"metric": "layer (ms)", "value": 9}, None),
    ],
)
def test_headline_far_from_the_recorded_one(old, new, far):
    before, after = new_notebook(), new_notebook()
    row = {"metric": "accuracy", "value": 0.5, "sd": None}
    before.metadata.receipt = {"data": {}, "results": [row | old]}
    after.metadata.receipt = {"data": {}, "results": [row | new]}
    found = execute.drift(before, after)
    assert found is None if far is None else far in found


def test_headline_on_other_data_is_not_compared(capsys):
    before, after = new_notebook(), new_notebook()
    rows = [{"metric": "accuracy", "value": 0.5, "sd": None}]
    before.metadata.receipt = {"data": {}, "results": rows}
    after.metadata.receipt = {"data": {"cats": CATS}, "results": []}
    assert execute.drift(before, after) is None
    assert "other data" in capsys.readouterr().out
    assert "no receipt" in execute.drift(new_notebook(), after)


def test_far_headline_fails_the_call(tmp_path, monkeypatch, capsys):
    path = write_notebook(tmp_path, "1 + 1")
    monkeypatch.setattr(execute, "execute", lambda path, output: read(path))
    monkeypatch.setattr(execute, "compare", lambda *_: [])
    monkeypatch.setattr(execute, "drift", lambda *_: "accuracy is 0.1")
    assert "1 of 1 failed" in call(monkeypatch, "--compare", path)
    assert "accuracy is 0.1" in capsys.readouterr().err


def test_stale_runs_what_needs_it(tmp_path, monkeypatch, capsys):
    current = new_notebook(cells=[new_code_cell("x = 1")])
    versions = {name: importlib.metadata.version(name) for name in execute.LIBRARIES}
    hashes = {
        "code_sha256": code_hash(current),
        "outputs_sha256": outputs_hash(current),
    }
    current.metadata.receipt = versions | hashes
    folder = tmp_path / "01_chapter"
    for name, change in {
        "01_current": {},
        "02_code": {"code_sha256": "0"},
        "03_outputs": {"outputs_sha256": "0"},
        "04_library": {"keras": "2.0"},
    }.items():
        notebook = copy.deepcopy(current)
        notebook.metadata.receipt.update(change)
        execute.write(notebook, folder / f"{name}.ipynb")
    execute.write(new_notebook(), folder / "05_never_run.ipynb")
    execute.write(new_notebook(cells=[new_code_cell("x = (")]), folder / "06_bad.ipynb")
    ran = []

    def run(path, output):
        ran.append(path.stem)
        return read(path)

    monkeypatch.setattr(execute, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(execute, "execute", run)
    monkeypatch.setattr(execute, "compare", lambda *_: [])
    monkeypatch.setattr(sys, "argv", ["execute.py", "--stale"])
    execute.main()
    expected = ["02_code", "03_outputs", "04_library", "05_never_run", "06_bad"]
    assert ran == expected
    assert "5 to run" in capsys.readouterr().out


def test_data_replaced_during_the_run_is_noticed(tmp_path):
    source = tmp_path / "data" / "mnist" / "source.json"
    source.parent.mkdir(parents=True)
    source.write_text('{"kind": "stand-in", "name": "Digits"}')
    path = write_notebook(
        tmp_path,
        "def data_folder(name):\n    pass",
        "data_folder('mnist')",
        f"open({str(source)!r}, 'w').write('{{}}')",
    )
    with (
        pytest.MonkeyPatch.context() as patch,
        open(tmp_path / "log", "w+") as log,
        pytest.raises(execute.Failure, match="replaced while it ran"),
    ):
        patch.setenv("GDL_DATA", str(tmp_path / "data"))
        execute.run(path, log)


def test_data_that_is_missing_or_says_nothing_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("GDL_DATA", str(tmp_path))
    notebook = new_notebook(cells=[new_code_cell("data_folder('cats')")])
    with pytest.raises(execute.Failure, match=r"no data set 'cats'.*your-data\.md"):
        execute.fetch_data(notebook)
    (tmp_path / "cats").mkdir()
    for text in ("", "[1]", "null"):
        (tmp_path / "cats" / "source.json").write_text(text)
        execute.fetch_data(notebook)
        with pytest.raises(execute.Failure, match=r"cats/source\.json is missing or"):
            execute.data_sources(notebook)


def test_docstrings_and_comments_are_no_code():
    def notebook(source):
        return new_notebook(cells=[new_code_cell(source)])

    plain = code_hash(notebook("def f(x):\n    return x"))
    assert code_hash(notebook('def f(x):  # f\n    """Say."""\n    return x')) == plain
    assert code_hash(notebook("def f(x):\n    return -x")) != plain
