"""What the website makes of the pages; tests/browser looks at the website itself."""

import json
import re

import pytest

import website
from notebook_file import NOTEBOOKS, ROOT

PATHS = website.notebooks()
HERE = PATHS["3.2"]
MODELS = "../03_variational_autoencoders"


def test_notebooks_are_known_by_the_numbers_of_their_titles():
    assert list(PATHS.values()) == sorted(NOTEBOOKS.glob("*/*.ipynb"))
    for number, path in PATHS.items():
        title = json.loads(path.read_text("utf-8"))["cells"][0]["source"][0]
        assert title.startswith(f"# {number} ")


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("see notebook 3.1.", f"see [notebook 3.1]({MODELS}/01_autoencoder.ipynb)."),
        (
            "Notebook 3.1's plane",
            f"[Notebook 3.1]({MODELS}/01_autoencoder.ipynb)'s plane",
        ),
        (
            "notebooks 3.1 and 3.3 have 3.1 nats",
            f"notebooks [3.1]({MODELS}/01_autoencoder.ipynb) and "
            f"[3.3]({MODELS}/03_vae_faces.ipynb) have 3.1 nats",
        ),
        *(
            (text, text)
            for text in (
                "this is notebook 3.2",
                "notebook 99.1 is to come",
                "Python 3.1 and 3.1 nats",
                "`notebook 3.1` in $notebook 3.1$, $$notebook\n3.1$$",
                "```\nnotebook 3.1\n```",
                "[notebook 3.1](a.md) and ![notebook 3.1 drawn](a.png)",
                "## As in notebook 3.1",
                "<details><summary>notebook",
            )
        ),
    ],
)
def test_notebooks_are_linked(text, linked):
    linked = linked.replace(f"{MODELS}/", "")
    assert website.link_notebooks(text, HERE, PATHS) == linked


def test_a_page_links_into_the_folder_of_notebooks():
    text = website.link_notebooks("notebook 3.2", ROOT / "docs" / "a.md", PATHS)
    assert text.endswith(
        "](../notebooks/03_variational_autoencoders/02_vae_fashion.ipynb)"
    )


def test_boxes():
    text = "Before.\n\n> **Tip** Look:\n>\n> $$x$$\n\n> a quotation\n"
    boxed = "Before.\n\n:::{tip}\nLook:\n\n$$x$$\n:::\n\n> a quotation\n"
    assert website.boxes(text) == boxed


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["Now we train.", "Text.\n\n*Figure: rows of `x`.*"], "rows of x."),
        (["*Figure: a.* And more.", "*Figure: b*\n\nText."], "b"),
        (
            ["### Look\n\nThe *first* rows, sharp. And more."],
            "Look The first rows, sharp.",
        ),
        ([], "Output of the code above"),
    ],
)
def test_pictures_get_words(texts, words):
    assert " ".join(website.alternative(texts).split()) == words


@pytest.fixture
def notebook():
    """The JSON of a small notebook with a receipt."""
    return {
        "metadata": {
            "receipt": {
                "date": "2026-11-26",
                "seconds": 1450,
                "device": "CPU",
                "cores": 2,
                "tensorflow": "2.21.0",
                "keras": "3.15.1",
                "data": {"faces": {"kind": "stand-in", "name": "drawn faces"}},
            }
        },
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# 3.2 VAE\n", "\nA"]},
            {"cell_type": "code", "metadata": {"tags": ["furniture"]}, "source": "a"},
            {"cell_type": "markdown", "metadata": {}, "source": "*Figure: a cloud.*"},
            {
                "cell_type": "code",
                "metadata": {"jupyter": {"source_hidden": True}},
                "source": "b",
            },
            {"cell_type": "code", "metadata": {"tags": ["results"]}, "source": "c"},
        ],
    }


def test_receipt_stands_under_the_title(notebook):
    first = website.prepare(notebook, HERE, PATHS, "[Colab](c)")["cells"][0]["source"]
    title, receipt, rest = first.split("\n\n")[0], first.split(":::")[1], first[-1]
    assert (title, rest) == ("# 3.2 VAE", "A")
    for words in (
        "the run of 2026-11-26: 24 minutes on CPU with 2 cores",
        "TensorFlow 2.21.0, Keras 3.15.1. Data: drawn faces (stand-in).",
        "Open it in [Colab](c).",
    ):
        assert words in receipt


def test_a_notebook_without_a_receipt_is_shown(notebook):
    del notebook["metadata"]["receipt"]
    assert (
        website.prepare(notebook, HERE, PATHS)["cells"][0]["source"] == "# 3.2 VAE\n\nA"
    )


def test_furniture_is_folded_and_nothing_else(notebook):
    cells = website.prepare(notebook, HERE, PATHS)["cells"]
    folded = [
        c["source"] for c in cells if "hide-input" in c["metadata"].get("tags", [])
    ]
    assert folded == ["a", "b"]
    assert cells[1]["metadata"]["mystnb"] == {"image": {"alt": "a cloud."}}


def test_front_page_has_a_picture_and_an_entry_for_each_notebook():
    titles = {
        "notebooks/01_a_b/01_c.ipynb": "# 1.1 C\n\n"
        "![Points; in rows](../../docs/gallery/01_01.png)",
        "notebooks/02_d/01_e.ipynb": "# 2.1 E, not drawn yet",
    }
    page = website.front_page("# T\n\n![a](docs/gallery/mosaic.png)\n\nB", titles)
    assert "mosaic" not in page
    (picture,) = re.findall(r"\[!\[(.*?)\]\((.*?)\)\]\((.*?)\)", page)
    assert picture == ("Points; in rows", "docs/gallery/01_01.png", next(iter(titles)))
    assert "[2.1 E, not drawn yet](notebooks/02_d/01_e.ipynb)" in page
    assert ":caption: 1. A b\nnotebooks/01_a_b/01_c\n" in page
    assert ":caption: About\ndocs/*\nCONTRIBUTING\n" in page
    with pytest.raises(ValueError, match="mosaic"):
        website.front_page("# T", titles)


def test_readme_has_the_place_of_the_gallery():
    website.front_page((ROOT / "README.md").read_text("utf-8"), {})


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (None, "the tests, [a](a.md), ![b c d](../docs)"),
        (
            "https://example.org/a",
            "[the tests](https://example.org/a/tree/main/tests), [a](a.md), "
            "![b c d](../docs)",
        ),
    ],
)
def test_folders_are_linked_where_they_can_be_seen(url, shown):
    text = "[the tests](../tests), [a](a.md), ![b c d](../docs)"
    assert website.file_links(text, ROOT / "docs" / "x.md", url) == shown
