"""Show the notebooks' stored results in README.md, docs/results.md, docs/gallery/.

python scripts/results.py           write what is out of date
python scripts/results.py --check   write nothing, but name it and exit 1
"""

import argparse
import base64
import io
import re
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from notebook_file import (
    NOTEBOOKS,
    ROOT,
    read,
    receipt_problems,
    results_rows,
    shown,
    tagged_cells,
)

README = ROOT / "README.md"
TABLE = ROOT / "docs" / "results.md"
GALLERY = ROOT / "docs" / "gallery"
MARKERS = "<!-- results -->", "<!-- /results -->"
CHAPTERS = range(1, 15)
ARROWS = {"higher": "↑", "lower": "↓", "nearer": "→"}
KINDS = {"original": "●", "subset": "◐", "stand-in": "○", "own": "◇"}


class Entry(NamedTuple):
    """What one executed notebook has to show."""

    key: str  # "03_02": chapter and number
    path: str  # below the repository's root
    title: str
    sight: str  # what its picture shows: the alternative text up to ; or :
    picture: bytes  # PNG, from the cell tagged gallery
    text: str  # printed by the cells tagged gallery-text
    receipt: dict
    results: list  # of dicts: see results_rows


class Cells(NamedTuple):
    """Where the mosaic finds cells in a notebook's picture. Lengths are in pixels."""

    key: str
    caption: str
    start: tuple  # left and top edge of the first cell
    step: tuple  # to the next column, to the next row
    size: tuple  # width and height of a cell
    shape: tuple  # number of columns and of rows
    shrink: int = 1  # so many pixels to a side become one


class Quote(NamedTuple):
    """The first sentence of the last text that a notebook's gallery-text prints."""

    key: str
    caption: str
    characters: int  # in a line


MOSAIC = (  # rows of blocks
    (
        Cells("03_03", "faces by a VAE", (12, 12), (68, 68), (64, 64), (6, 3)),
        Cells("03_02", "garments by a VAE", (70, 12), (68, 68), (64, 64), (5, 3)),
        Cells("04_01", "toy bricks by a GAN", (8, 8), (71.6, 71.2), (68, 68), (5, 3)),
    ),
    (
        Cells("08_02", "flowers by diffusion", (145, 80), (68, 68), (64, 64), (6, 2)),
        Cells("07_01", "low-energy digits", (12, 296), (264, 88), (84, 84), (4, 2)),
        Cells("11_02", "a melody harmonised", (34, 45), (0, 0), (560, 285), (1, 1), 2),
    ),
    (
        Cells(
            "01_01", "three pinwheels", (44, 34), (326.5, 325), (272, 272), (3, 1), 2
        ),
        Quote("09_01", "a wine review by a Transformer", 33),
        Cells("06_01", "two moons by a flow", (549, 82), (0, 0), (284, 170), (1, 1)),
    ),
)
WIDTH, GAP, MARGIN, CAPTION = 1200, 4, 14, 24


def load(path):
    """The entry of a notebook. Raises ValueError, with its name, for what lacks."""
    name = path.relative_to(ROOT).as_posix()
    key = f"{path.parent.name[:2]}_{path.name[:2]}"
    notebook = read(path)
    try:
        rows = results_rows(notebook)
    except ValueError as error:
        raise ValueError(f"{name}: {error} NB={name}") from None
    title, *opening = notebook.cells[0].source.splitlines()
    link = re.search(rf"!\[(.+)\]\(../../docs/gallery/{key}.png\)", "\n".join(opening))
    if not link:
        raise ValueError(
            f"{name}: its title cell has no picture docs/gallery/{key}.png"
        )
    cells = tagged_cells(notebook, "gallery")
    outputs = [o.get("data", {}) for c in cells for o in c.outputs]
    pictures = [data["image/png"] for data in outputs if "image/png" in data]
    if len(cells) != 1 or not pictures:
        raise ValueError(f"{name}: not one cell tagged gallery that stores a PNG")
    for problem in receipt_problems(notebook):
        raise ValueError(f"{name}: {problem}")
    printed = (
        output.get("text", "")
        for cell in tagged_cells(notebook, "gallery-text")
        for output in cell.outputs
    )
    return Entry(
        key=key,
        path=name,
        title=title.removeprefix("# "),
        sight=re.split("[:;]", link[1])[0].rstrip("."),
        picture=base64.b64decode(pictures[0]),
        text="".join(printed),
        receipt=notebook.metadata.receipt,
        results=rows,
    )


def readme_table(entries):
    """One line a notebook: title, picture in words, headline, data, minutes."""
    lines = [
        "| notebook | what you see | headline result | data | minutes |",
        "|---|---|---|:-:|--:|",
    ]
    for entry in entries:
        headline = entry.results[0]
        rivals = [
            f"{name} {shown(headline[name])}"
            for name in ("baseline", "reference")
            if headline[name] is not None
        ]
        kinds = (KINDS[source["kind"]] for source in entry.receipt["data"].values())
        cells = (
            f"[{entry.title}]({entry.path})",
            entry.sight,
            f"{headline['metric']} {ARROWS[headline['better']]} "
            f"**{shown(headline['value'])}**"
            + (f" ({', '.join(rivals)})" if rivals else ""),
            "".join(dict.fromkeys(kinds)) or "–",
            minutes(entry.receipt),
        )
        lines.append(f"| {' | '.join(cells)} |")
    written = {int(entry.key[:2]) for entry in entries}
    if missing := [str(n) for n in CHAPTERS if n not in written]:
        chapters = "chapters" if len(missing) > 1 else "chapter"
        lines += ["", f"To come: {chapters} {', '.join(missing)}."]
    return "\n".join(lines)


def minutes(receipt):
    """The minutes of a run as text, at least 1."""
    return f"{max(1, receipt['seconds'] / 60):.0f}"


def build_readme(entries):
    """README.md with its table made anew. Raises ValueError if it has no markers."""
    before, _, rest = README.read_text("utf-8").partition(MARKERS[0])
    _, end, after = rest.partition(MARKERS[1])
    if not end:
        raise ValueError(f"README.md needs the markers {' and '.join(MARKERS)}")
    return f"{before}{MARKERS[0]}\n{readme_table(entries)}\n{MARKERS[1]}{after}"


def build_page(entries):
    """docs/results.md: every row of every notebook's results."""
    lines = [
        "<!-- Made by `make results` from the notebooks' receipts. Do not edit. -->",
        "# All results",
        "",
        "Each notebook measures its model on held-out data. *baseline* is a simple"
        " rival, measured in the same notebook; *reference* is what a perfect model"
        " would score, or a published figure; *sd* is the standard deviation of the"
        " reference over several draws, or of the value. Each notebook says which."
        " ↑ more is better, ↓ less is better, → nearer to the reference is better.",
    ]
    chapter = None
    for entry in entries:
        folder = Path(entry.path).parent.name
        if folder != chapter:
            chapter = folder
            name = folder[3:].replace("_", " ").capitalize()
            lines += ["", f"## {int(folder[:2])}. {name}"]
        receipt = entry.receipt
        sources = (f"{s['name']} ({s['kind']})" for s in receipt["data"].values())
        lines += [
            "",
            f"### [{entry.title}](../{entry.path})",
            "",
            f"Data: {'; '.join(sources) or 'none needed'}. Run on {receipt['date']} in "
            f"{minutes(receipt)} min, {receipt['device']}, {receipt['cores']} cores.",
            "",
            "| metric | better | value | baseline | reference | sd |",
            "|---|:-:|--:|--:|--:|--:|",
        ]
        for row in entry.results:
            numbers = (shown(row[n]) for n in ("value", "baseline", "reference", "sd"))
            cells = (row["metric"], ARROWS[row["better"]], *numbers)
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def font(name, size):
    """A font that Matplotlib brings along, so that all machines have the same."""
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def draw_cells(block, entry):
    """A block of the mosaic: cells cut from a picture and laid closer together."""
    picture = Image.open(io.BytesIO(entry.picture)).convert("RGB")
    (width, height), (columns, rows) = block.size, block.shape
    wide, high = width // block.shrink, height // block.shrink
    canvas = Image.new(
        "RGB",
        (columns * (wide + GAP) - GAP, rows * (high + GAP) - GAP),
        "white",
    )
    for row in range(rows):
        for column in range(columns):
            left = round(block.start[0] + column * block.step[0])
            top = round(block.start[1] + row * block.step[1])
            if left + width > picture.width or top + height > picture.height:
                raise ValueError(
                    f"{entry.path}: its picture has another size than MOSAIC in "
                    "scripts/results.py expects"
                )
            cell = picture.crop((left, top, left + width, top + height))
            place = column * (wide + GAP), row * (high + GAP)
            canvas.paste(cell.reduce(block.shrink), place)
    return canvas


def quote(text):
    """The first sentence of the last text, after the line with its prompt."""
    _, *lines = text.strip().split("\n\n")[-1].splitlines()
    sentence, *_ = " ".join(" ".join(lines).split()).split(". ")
    return f"“{sentence.removesuffix('.')}.”"


def draw_quote(block, entry):
    """A block of the mosaic: a sentence in large italics."""
    text = textwrap.fill(quote(entry.text), block.characters)
    face = font("DejaVuSerif-Italic", 26)
    drawing = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    *_, right, bottom = drawing.multiline_textbbox((0, 0), text, face, spacing=10)
    canvas = Image.new("RGB", (round(right), round(bottom)), "white")
    ImageDraw.Draw(canvas).multiline_text((0, 0), text, "#222", face, spacing=10)
    return canvas


def build_mosaic(entries):
    """The banner of the README: blocks of what the notebooks made, in rows.

    A block whose notebook does not exist is left out. Returns an RGB image.
    """
    entries = {entry.key: entry for entry in entries}
    small = font("DejaVuSans", 15)
    strips = []
    for row in MOSAIC:
        blocks = [block for block in row if block.key in entries]
        if not blocks:
            continue
        drawn = [
            (draw_cells if isinstance(block, Cells) else draw_quote)(
                block, entries[block.key]
            )
            for block in blocks
        ]
        height = max(image.height for image in drawn)
        strip = Image.new("RGB", (WIDTH, height + CAPTION + MARGIN), "white")
        space = WIDTH - sum(image.width for image in drawn)
        left = 0
        for block, image in zip(blocks, drawn, strict=True):
            strip.paste(image, (left, (height - image.height) // 2))
            chapter, number = map(int, block.key.split("_"))
            caption = f"{chapter}.{number} {block.caption}"
            ImageDraw.Draw(strip).text((left, height + 4), caption, "#666", small)
            left += image.width + space // max(1, len(blocks) - 1)
        strips.append(np.asarray(strip))
    return Image.fromarray(np.concatenate(strips))


def is_near(path, image):
    """Whether a stored picture shows an image, but for another drawing of letters."""
    if not path.exists():
        return False
    stored = np.asarray(Image.open(path).convert("RGB")).astype(int)
    pixels = np.asarray(image)
    return stored.shape == pixels.shape and np.abs(stored - pixels).mean() < 0.1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    try:
        entries = [load(path) for path in sorted(NOTEBOOKS.glob("*/*.ipynb"))]
        files = {
            README: build_readme(entries).encode(),
            TABLE: build_page(entries).encode(),
            **{GALLERY / f"{entry.key}.png": entry.picture for entry in entries},
        }
        mosaic = build_mosaic(entries)
    except ValueError as error:
        sys.exit(str(error))
    stale = [p for p, new in files.items() if not p.exists() or p.read_bytes() != new]
    banner = GALLERY / "mosaic.png"
    if not is_near(banner, mosaic):
        stale.append(banner)
        png = io.BytesIO()
        mosaic.save(png, "PNG", optimize=True)
        files[banner] = png.getvalue()
    orphans = sorted(set(GALLERY.glob("*.png")) - {banner, *files})
    if check and (stale or orphans):
        names = (p.relative_to(ROOT).as_posix() for p in (*stale, *orphans))
        sys.exit(f"Out of date: {', '.join(names)}. Run: make results")
    if not check:
        GALLERY.mkdir(parents=True, exist_ok=True)
        for path in stale:
            path.write_bytes(files[path])
        for path in orphans:
            path.unlink()


if __name__ == "__main__":
    main()
