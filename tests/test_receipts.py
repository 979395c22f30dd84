"""Every notebook's receipt can be so, and says what its outputs say."""

import copy
import datetime
import math

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from notebook_file import (
    NOTEBOOKS,
    code_hash,
    notebook_name,
    outputs_hash,
    pinned_versions,
    read,
    receipt_hash,
    receipt_problems,
    registry,
    shown,
)

PATHS = sorted(NOTEBOOKS.glob("*/*.ipynb"))


@pytest.mark.parametrize("path", PATHS, ids=notebook_name)
def test_receipt_can_be_so(path):
    assert list(receipt_problems(read(path))) == []


def row(metric, value, baseline=None, reference=None, sd=None, better="lower"):
    """A line of the results."""
    return {
        "metric": metric,
        "value": value,
        "baseline": baseline,
        "reference": reference,
        "sd": sd,
        "better": better,
    }


def source(name, kind="stand-in"):
    """What a receipt says of a data set of the registry."""
    entry = registry()[name]
    title = entry["title"] if kind == "original" else entry["stand_in"]["title"]
    digest = (kind == "original" and entry.get("content")) or "0123456789abcdef" * 4
    return {"kind": kind, "name": title, "version": None, "sha256": digest}


def show(rows):
    """The output that pandas makes of results in a kernel."""
    table = pd.DataFrame(rows)
    numbers = table.columns[1:-1]
    table[numbers] = table[numbers].astype(object).where(table[numbers].notna(), None)
    table[numbers] = table[numbers].map(shown)
    with pd.option_context("display.max_columns", 20, "display.width", 80):
        data = {"text/html": table._repr_html_(), "text/plain": repr(table)}
    return new_output("execute_result", data)


def run_notebook(opening, cells, rows, data):
    """A notebook as it is after a run of 125 s that read `data` and gave `rows`.

    opening: source of the title cell, without the line on the run.
    """
    opening += "\n\n*Executed on 2 CPU cores in 2 minutes, on drawings.*"
    reading = [new_code_cell(f"data_folder({name!r})") for name in data]
    for cell, (name, s) in zip(reading, data.items(), strict=True):
        line = f"{name}: {s['name']} ({s['kind']})\n3 images\n"
        cell.outputs = [new_output("stream", text=line)]
    table = new_code_cell("results", metadata={"tags": ["results"]})
    table.outputs = [show(rows)]
    cells = [new_markdown_cell(opening), *reading, *cells, table]
    notebook = new_notebook(cells=cells)
    pins = pinned_versions()
    notebook.metadata.receipt = {
        "date": "2025-11-22",
        "seconds": 125,
        "device": "CPU",
        "cores": 2,
        "python": "3.13.1",
        "tensorflow": pins.get("tensorflow", "2.21.0"),
        "keras": pins.get("keras", "3.15.1"),
        "data": data,
        "results": rows,
    }
    return sign(notebook)


def sign(notebook):
    """Compute the hashes of a receipt anew, as anyone can; returns the notebook."""
    receipt = notebook.metadata.receipt
    receipt["code_sha256"] = code_hash(notebook)
    receipt["outputs_sha256"] = outputs_hash(notebook)
    receipt["sha256"] = receipt_hash(receipt)
    return notebook


def good_notebook():
    rows = [
        row(
            "nats, with 2 < 3 & many more words than a column has",
            0.51237,
            0.9,
            0.4,
            0.0149,
        ),
        row("share near training", 0.507, 1.0, 0.5, better="nearer"),
        row("longest shared run (notes)", 11, None, 12.5),
        row("training time (s)", 100),
        row("parameters", 1_234_567),
    ]
    data = {
        "fashion_mnist": source("fashion_mnist", "original"),
        "faces": source("faces"),
        "wines": {"kind": "subset", "name": "Reviews", "sha256": "a" * 64},
        "cats": {"kind": "own", "name": "my cats", "licence": None, "sha256": "b" * 64},
    }
    return run_notebook("# 1.1 Good", [new_code_cell("x = 1")], rows, data)


def field(name, value):
    return lambda notebook: notebook.metadata.receipt.update({name: value})


def without(name):
    return lambda notebook: notebook.metadata.receipt.pop(name)


def data(name, **changes):
    """A change of a data set's source, where the outputs tell it as well."""

    def change(notebook):
        old = notebook.metadata.receipt.data[name]
        new = old | changes
        notebook.metadata.receipt.data[name] = new
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                if "text" in output:
                    output.text = output.text.replace(
                        f"{name}: {old['name']} ({old['kind']})",
                        f"{name}: {new['name']} ({new['kind']})",
                    )

    return change


def result(number, **changes):
    """A change of a line of the results, in the table as well."""

    def change(notebook):
        rows = notebook.metadata.receipt.results
        rows[number].update(changes)
        notebook.cells[-1].outputs = [show(rows)]

    return change


def output(kind, text, new):
    """A change of what the results cell shows."""

    def change(notebook):
        stored = notebook.cells[-1].outputs[0].data
        assert text in stored[kind]
        stored[kind] = stored[kind].replace(text, new, 1)

    return change


def printed(text, new):
    def change(notebook):
        cell = notebook.cells[1]
        cell.outputs[0].text = cell.outputs[0].text.replace(text, new)

    return change


def opening(text, new):
    def change(notebook):
        notebook.cells[0].source = notebook.cells[0].source.replace(text, new)

    return change


def take_outputs(notebook):
    notebook.cells[-1].outputs = []


def on_a_gpu(notebook):
    notebook.metadata.receipt.update(device="Tesla T4")


TOMORROW = datetime.datetime.now(datetime.UTC) + datetime.timedelta(1)
UNSIGNED = [  # edits after which nobody computed the hashes anew
    (field("seconds", 124), "the receipt was changed"),
    (field("outputs_hash_added", "2025-11-23"), "the receipt was changed"),
    (field("sha256", "0" * 64), "the receipt was changed"),
    (printed("3 images", "9 images"), "the outputs were changed"),
    (lambda n: n.cells[-2].update(source="x = 2"), "not from this code"),
    (lambda n: n.cells[-2].update(source="x = ("), "not Python"),
]
SIGNED = [
    (lambda n: n.metadata.pop("receipt"), "there is no receipt"),
    *((without(key), f"no '{key}'") for key in ("date", "seconds", "device", "data")),
    (field("note", "fast"), "'note', which none has"),
    (field("seconds", 125.0), "125.0 as 'seconds'"),
    (field("cores", True), "True as 'cores'"),
    (field("data", []), "as 'data'"),
    (field("date", TOMORROW.date().isoformat()), "no date of a run"),
    (field("date", "2024-12-31"), "no date of a run"),
    (field("date", "2025-02-30"), "no date of a run"),
    (field("date", "20251122"), "no date of a run"),
    (field("outputs_hash_added", "soon"), "no date of a run"),
    (field("seconds", 200), "says '*Executed on 2 CPU cores in 2 minutes'"),
    (field("cores", 12), "the receipt 12 CPU core"),
    (on_a_gpu, "the receipt Tesla T4"),
    (field("python", "3.10.4"), "Python 3.10.4"),
    (field("keras", "3.0.0"), "keras 3.0.0, requirements.txt has"),
    (opening("in 2 minutes", "in under a minute"), "the receipt 125 s"),
    (opening("*Executed", "Executed"), "no line"),
    (lambda n: n.metadata.receipt.data.pop("faces"), "not name the data sets"),
    (lambda n: n.metadata.receipt.data.update(faces=1), "no JSON object"),
    (lambda n: n.metadata.receipt.data.faces.pop("sha256"), "no 'sha256'"),
    (data("faces", kind="original"), "as original"),
    (data("faces", kind="own"), "as own"),
    (data("wines", kind="real"), "kind 'real'"),
    (data("wines", kind="stand-in"), "as stand-in"),
    (data("fashion_mnist", kind="subset"), "as subset"),
    (data("fashion_mnist", sha256="c" * 64), "not the SHA-256 of the original"),
    (data("cats", kind="subset"), "does not know it"),
    (data("cats", sha256="B" * 64), "no SHA-256"),
    (printed("(original)", "(stand-in)"), "the outputs ['fashion_mnist: "),
    (printed("fashion_mnist: ", "read "), "the outputs []"),
    (field("results", []), "records no results"),
    (lambda n: n.metadata.receipt.results[1].pop("sd"), "no 'sd'"),
    (result(1, value=math.inf), "not finite"),
    (result(1, sd=math.nan), "not finite"),
    (result(1, value=None), "no value"),
    (result(1, better="closer"), "better is 'closer'"),
    (result(1, reference=None), "nearer to no reference"),
    (result(1, metric="coverage", baseline=None), "no baseline"),
    (result(0, metric="parameters", baseline=None), "no baseline"),
    (result(3, value=126), "126 in a run of 125 s"),
    (result(3, value=-1), "-1 in a run of 125 s"),
    (take_outputs, "0 tables"),
    (output("text/html", "0.512", "0.412"), "the table shows"),
    (output("text/html", "<td>lower</td>", "<td>higher</td>"), "the table shows"),
    (output("text/html", "<td>nearer</td>", "<td></td>"), "the table shows"),
    (output("text/html", "</table>", "</table>accuracy 1"), "outside of its cells"),
    (output("text/plain", "0.512", "0.412"), "the table as text"),
    (output("text/plain", "nearer", "lower"), "the table as text"),
    (lambda n: n.metadata.receipt.results[0].update(value=0.41), "the table shows"),
    (lambda n: n.metadata.receipt.results[1].update(sd=0.1), "the table shows"),
    (lambda n: n.metadata.receipt.results.pop(), "the table shows"),
]


def test_good_receipt_can_be_so():
    notebook = good_notebook()
    text = notebook.cells[-1].outputs[0].data["text/plain"]
    assert text.count("\\\n") and "..." in text  # wide and long enough to be cut
    assert list(receipt_problems(notebook)) == []


@pytest.mark.parametrize(("change", "problem"), UNSIGNED)
def test_edit_after_the_run_shows(change, problem):
    notebook = good_notebook()
    change(notebook)
    found = list(receipt_problems(notebook))
    assert any(problem in sentence for sentence in found)


@pytest.mark.parametrize(("change", "problem"), SIGNED)
def test_edit_that_was_signed_anew_shows(change, problem):
    notebook = good_notebook()
    change(notebook)
    if "receipt" in notebook.metadata:
        sign(notebook)
    found = list(receipt_problems(notebook))
    assert any(problem in sentence for sentence in found), found


@pytest.mark.parametrize("seconds", [0, 1801])
def test_run_takes_some_time_and_not_too_long(seconds):
    notebook = good_notebook()
    notebook.metadata.receipt.seconds = seconds
    assert any("it ran for" in sentence for sentence in receipt_problems(notebook))


@pytest.mark.parametrize(
    ("seconds", "minutes", "device", "where"),
    [
        (59, "under a minute", "CPU", "2 CPU cores"),
        (89, "1 minute", "CPU", "2 CPU cores"),
        (572, "9.5 minutes", "CPU", "2 CPU cores (with other work beside it)"),
        (1800, "30 minutes", "NVIDIA A100", "an NVIDIA A100"),
    ],
)
def test_minutes_are_rounded_as_people_do(seconds, minutes, device, where):
    notebook = good_notebook()
    notebook.metadata.receipt.update(seconds=seconds, device=device)
    notebook.metadata.receipt.results[3].value = 1
    opening("2 minutes", minutes)(notebook)
    opening("2 CPU cores", where)(notebook)
    notebook.cells[-1].outputs = [show(notebook.metadata.receipt.results)]
    assert list(receipt_problems(sign(notebook))) == []


def test_signature_minds_every_field_but_itself():
    receipt = good_notebook().metadata.receipt
    for key in receipt:
        other = copy.deepcopy(receipt) | {key: "x"}
        assert (receipt_hash(other) == receipt_hash(receipt)) == (key == "sha256")
