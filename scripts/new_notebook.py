"""Start a notebook, or refresh the cells that all notebooks share.

    python scripts/new_notebook.py NN_chapter_title/NN_name     write a skeleton
    python scripts/new_notebook.py --furniture NOTEBOOK ...     copy furniture.py anew

The skeleton (skeleton.txt) runs as it stands and is replaced section by section. A
furniture cell is known by the function or class that it defines; to add one, tag a
cell `furniture`, write `def coverage(): ...` into it, and copy anew.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbformat.v4 import new_notebook as new_file

from notebook_file import ROOT, notebook_name, read, tagged_cells

FURNITURE = ROOT / "scripts" / "furniture.py"
SKELETON = ROOT / "scripts" / "skeleton.txt"
PLACE = "NN_chapter/NN_model"  # in the set-up block: the notebook's name
NAME = re.compile(r"\d\d_[a-z0-9_]+/\d\d_[a-z0-9_]+")
CELL = re.compile(r"^```python *([^\n]*)\n(.*?)^```\n", re.M | re.S)
QUIET = """\
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # keep start-up notes off the page
"""
REDUCED = """\
["{name}"]
TRAIN_SIZE = 64
EPOCHS = 1
REFERENCE_DRAWS = 2
"""


def defined_name(source):
    """By what a furniture cell is known: what it defines first, `setup` or None."""
    if source.startswith("keras.utils.set_random_seed"):
        return "setup"
    match = re.search(r"^(?:def|class) (\w+)", source, re.M)
    return match and match[1]


def furniture_blocks(name=PLACE):
    """The blocks of furniture.py, by name; `imports` are what the skeleton needs.

    name: the notebook's, chapter/stem, which `setup` holds.
    """
    text = FURNITURE.read_text("utf-8")
    _, head, *blocks = re.split(r"^# %%\n", text, flags=re.M)
    imports = head.split('"""')[2].partition("\nSEED =")[0]
    imports = re.sub(r"^(import os|.*  # music)\n", "", imports, flags=re.M)
    found = {"imports": QUIET + imports.rstrip()}
    for block in blocks:
        found[defined_name(block)] = block.strip().replace(PLACE, name)
    return found


def code_cell(source, tags):
    """A code cell; one tagged `furniture` is folded."""
    metadata = {"tags": tags} if tags else {}
    if "furniture" in tags:
        metadata["jupyter"] = {"source_hidden": True}
    return new_code_cell(source, metadata=metadata)


def skeleton(name):
    """The notebook of that name, chapter/stem, to begin with."""
    (chapter, *_), (number, *title) = (part.split("_") for part in name.split("/"))
    text = SKELETON.read_text("utf-8")
    title = f"{int(chapter)}.{int(number)} {' '.join(title).capitalize()}"
    text = text.replace("TITLE", title).replace("PICTURE", f"{chapter}_{number}")
    blocks, cells = furniture_blocks(name), []
    markdown, *parts = CELL.split(text)
    while True:
        texts = re.split(r"^(?=## )", markdown, flags=re.M)
        cells += [new_markdown_cell(t.strip()) for t in texts if t.strip()]
        if not parts:
            break
        head, source, markdown, *parts = parts
        tags = head.split()
        if source:
            cells.append(code_cell(source.strip(), tags))
        else:  # furniture NAME ...
            cells += [code_cell(blocks[block], tags[:1]) for block in tags[1:]]
    for index, cell in enumerate(cells):
        cell.id = f"cell-{index:02}"
    python = {"display_name": "Python 3 (ipykernel)", "language": "python"}
    metadata = {
        "kernelspec": python | {"name": "python3"},
        "language_info": {"name": "python"},
        "mould": 2,  # of the house's rules: the second version
    }
    return new_file(cells=cells, metadata=metadata)


def start(name, root=ROOT):
    """Write the skeleton of a notebook and its section of tests/reduced.toml.

    Returns its path. Raises ValueError for a malformed name and FileExistsError for
    one that is taken.
    """
    if not NAME.fullmatch(name):
        raise ValueError(
            f"{name}: expected NN_chapter_title/NN_name, two digits and small letters, "
            "like 03_variational_autoencoders/02_vae_fashion"
        )
    path = root / "notebooks" / f"{name}.ipynb"
    if path.exists():
        raise FileExistsError(f"{path} is there already and was left as it is.")
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(skeleton(name), path)
    reduced = root / "tests" / "reduced.toml"
    head, *sections = re.split(r"^(?=\[)", reduced.read_text("utf-8"), flags=re.M)
    sections = [s.strip() for s in sections if not s.startswith(f'["{name}"]')]
    sections = sorted([*sections, REDUCED.format(name=name).strip()])
    reduced.write_text("\n\n".join([head.strip(), *sections]) + "\n", "utf-8")
    return path


def refresh(path):
    """Copy furniture.py into the furniture cells of a notebook file.

    Returns the names of the blocks that were changed.
    """
    notebook = read(path)
    blocks, changed = furniture_blocks(notebook_name(path)), []
    for cell in tagged_cells(notebook, "furniture"):
        block = defined_name(cell.source)
        if block in blocks and cell.source != blocks[block]:
            cell.source = blocks[block]
            changed.append(block)
        cell.metadata.setdefault("jupyter", {})["source_hidden"] = True
    nbformat.write(notebook, path)
    return changed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", metavar="NN_chapter_title/NN_name")
    parser.add_argument("--furniture", nargs="+", type=Path, metavar="NOTEBOOK")
    arguments = parser.parse_args()
    if bool(arguments.name) == bool(arguments.furniture):
        parser.error("give a name, or --furniture and notebooks")
    try:
        if arguments.name:
            path = start(arguments.name)
            print(f"{path}\nIt runs as it is: make execute NB={path.relative_to(ROOT)}")
        for path in arguments.furniture or []:
            print(f"{path}: {', '.join(refresh(path)) or 'nothing to change'}")
    except (OSError, ValueError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
