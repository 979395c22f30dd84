"""prose_numbers.py: which numbers a notebook shows, and which its prose makes up."""

import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from notebook_file import ROOT
from prose_numbers import unshown_numbers


def notebook_with(prose):
    """A small executed notebook with that prose."""
    code = new_code_cell("EPOCHS = 30\nx = 28 * 28\nrate = 2e-4 if x else -17")
    code.outputs = [
        new_output(
            "stream", text="loss 0.4567, 12,345 weights, 81 %, 99s, 28.6\nk-means"
        ),
        new_output("execute_result", {"text/plain": "\x1b[34m0  650,305\x1b[0m"}),
        new_output("display_data", {"text/plain": "<Figure size 720x216>"}),
    ]
    notebook = new_notebook(cells=[new_markdown_cell(prose), code])
    row = {"metric": "coverage", "value": 0.926, "baseline": 0.19, "reference": None}
    time = {"metric": "training time (s)", "value": 754.0, "baseline": None}
    notebook.metadata.receipt = {"seconds": 1450, "cores": 12, "results": [row, time]}
    return notebook


def unshown(prose):
    """The numbers of that prose that the small notebook does not show."""
    found = unshown_numbers(notebook_with(prose))
    return [number for numbers, _ in found for number in numbers]


@pytest.mark.parametrize(
    "prose",
    [
        "The loss is 0.457, or .46, or about 0.5.",  # an output, rounded as written
        "The sharpness is 28.6.",  # and no thousands: that line begins with a k
        "It has 12,345 weights, some 12,000, 12.3k, 12 thousand, 0.012 M.",
        "Some 650,000 weights, or 650 k.",  # zeros at the end are rounding
        "It covers 93 %, 93% or 92.6 percent of them, and **.93**.",  # from 0.926
        "It is right 81 % of the time: .81.",
        "The rest is −17.",  # signs are not compared
        "Thirty is 30, a rate is 2e-4 or 0.0002, and 784 pixels is 28×28 or 28x28.",
        "All of it took 24 minutes on 12 cores, the training 12.6 minutes (754 s).",
    ],
)
def test_what_the_run_shows_is_found(prose):
    assert unshown(prose) == []


@pytest.mark.parametrize(
    ("prose", "numbers"),
    [
        ("The loss is 0.458, or .45.", ["0.458", ".45"]),
        ("It has 12,346 weights, some 13,000.", ["12,346", "13,000"]),
        ("It covers 92 %, leaves 7% and gains 5 percent.", ["92 %", "7%", "5 percent"]),
        ("The figure is 720x216 pixels.", ["720", "216"]),
        ("All of it took 25 minutes.", ["25 minutes"]),
        ("> **Tip** Use 0.3.", ["0.3"]),
        ("| a | 0.31 |\n| b | 0.32 |", ["0.31", "0.32"]),
        ("## Exercises\n<details>\n\nWe saw 41.5.\n\n</details>", ["41.5"]),
        ("Between 55–66 and 55-66.", ["55", "66", "55", "66"]),
        ("# 3.2 Title\n\nIt took 55 s.\n\n### 4.4 More\n66", ["55 s", "66"]),
        ("See ![a plot of 77 points](a_99.png).", ["77"]),
    ],
)
def test_what_no_run_shows_is_found(prose, numbers):
    assert unshown(prose) == numbers


@pytest.mark.parametrize(
    "prose",
    [
        "Three of 3, 7 or 10 things.",  # small whole numbers
        "## 55.5 A heading\n\n11. The eleventh item.",
        "The story of CIFAR-100, GPT-44, float32, conv2d, 64D, 33rd and the 1990s.",
        "As in 1986.",
        "Call `f(55.5)`, see [it](https://example.org/99.9), <img width='55.5'>.",
        "```python\nx = 55.5\n```",
        "With $x = 55.5$ and $$y = 66.6$$ we are done.",
        "See notebook 3.2, [11.1](../11_music/01.ipynb), chapters 11, 12 and 13.",
        "Section 55.5 and equation (13), and Keras 3.15.",
        "## The story\nA king had 55.5 sons.",
        "## Sources\n- Volume 55, pages 66 to 77.",
        "They reached 55.5 (Kingma and Welling 2013).",
        "They reached 55.5, says arXiv.",
        "The paper trains for 55.5 hours. The best in the book is 66.6.",
        "In another run with more epochs we got 55.5. Another run gave 66.6.",
        "The best that was published is 55.5.",
    ],
)
def test_what_needs_no_proof_is_passed_over(prose):
    assert unshown(prose) == []


def test_an_exemption_ends_with_its_sentence():
    assert unshown("In the paper it is 55.5. *Here* it is 66.6.") == ["66.6"]
    assert unshown("- in the paper it is 55.5\n- here it is 66.6") == ["66.6"]


def test_command_lists_numbers_and_sentences(tmp_path):
    def run(prose):
        path = tmp_path / "a notebook.ipynb"
        nbformat.write(notebook_with(prose), path)
        script = ROOT / "scripts" / "prose_numbers.py"
        done = subprocess.run(
            [sys.executable, script, path], capture_output=True, text=True
        )
        return done.returncode, done.stdout, done.stderr

    assert run("All is 30.") == (0, "Every number of the prose is shown.\n", "")
    code, output, message = run("First 30.\nThen 31 and\n32 weeks.")
    assert (code, output) == (1, "31, 32: Then 31 and 32 weeks.\n")
    assert message == "2 numbers that no output, receipt or constant shows\n"
