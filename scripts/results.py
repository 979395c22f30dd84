"""Gather the notebooks' stored results into the README.

python scripts/results.py           rewrite the table and the picture
python scripts/results.py --check   exit 1 if they are out of date
"""

import argparse
import base64
import sys

from notebook_file import NOTEBOOKS, ROOT, code_cells, read, results_table

README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "samples.png"
MARKERS = "<!-- results -->", "<!-- /results -->"
CHAPTERS = (
    "Generative modeling",
    "Deep learning",
    "Variational autoencoders",
    "Generative adversarial networks",
    "Autoregressive models",
    "Normalizing flows",
    "Energy-based models",
    "Diffusion models",
    "Transformers",
    "Advanced GANs",
    "Music generation",
    "World models",
    "Multimodal models",
    "Conclusion",
)
COLUMNS = (
    "notebook",
    "data it ran on",
    "metric",
    "value",
    "baseline",
    "reference",
    "minutes",
)
EVERYWHERE = ("training time (s)", "parameters")  # rows of every notebook: left out


def notebook_rows(path):
    """The table rows of one notebook: lists of strings, one per metric."""
    notebook = read(path)
    title = notebook.cells[0].source.splitlines()[0].removeprefix("# ")
    receipt = notebook.metadata.get("receipt")
    if not receipt:
        sys.exit(f"{path} was not executed: make execute NB={path}")
    link = f"[{title}]({path.relative_to(ROOT).as_posix()})"
    data = "; ".join(f"{s['name']} ({s['kind']})" for s in receipt["data"].values())
    rows = []
    for result in results_table(notebook):
        if result["metric"] in EVERYWHERE:
            continue
        arrow = "↑" if result["better"] == "higher" else "↓"
        numbers = [result["value"], result["baseline"], result["reference"]]
        rows.append(["", "", f"{result['metric']} {arrow}", *numbers, ""])
    rows[0][:2] = link, data or "none needed"
    rows[0][-1] = f"{receipt['seconds'] / 60:.0f}"
    return rows


def build_table():
    """The Markdown table of all chapters, with the notebooks that exist."""
    lines = [
        "| " + " | ".join(COLUMNS) + " |",
        "|---|---|---|--:|--:|--:|--:|",
    ]
    for number, title in enumerate(CHAPTERS, start=1):
        paths = sorted(NOTEBOOKS.glob(f"{number:02}_*/*.ipynb"))
        note = "" if paths else "no notebook yet"
        lines.append(f"| **{number}. {title}** | {note} | | | | | |")
        for path in paths:
            lines += ["| " + " | ".join(row) + " |" for row in notebook_rows(path)]
    return "\n".join(lines)


def build_readme(readme):
    """The README's text with its table made anew. Raises ValueError if unmarked."""
    before, _, rest = readme.partition(MARKERS[0])
    _, end, after = rest.partition(MARKERS[1])
    if not end:
        raise ValueError(f"README.md needs the markers {' and '.join(MARKERS)}")
    return f"{before}{MARKERS[0]}\n{build_table()}\n{MARKERS[1]}{after}"


def find_picture():
    """PNG bytes of the figure that the cell tagged `readme-picture` stores."""
    for path in sorted(NOTEBOOKS.glob("*/*.ipynb")):
        for cell in code_cells(read(path)):
            if "readme-picture" in cell.metadata.get("tags", []):
                for output in cell.outputs:
                    if "image/png" in output.get("data", {}):
                        return base64.b64decode(output.data["image/png"])
    raise ValueError("no cell tagged readme-picture stores a picture")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    readme, picture = build_readme(README.read_text("utf-8")), find_picture()
    stale = []
    if README.read_text("utf-8") != readme:
        stale.append("README.md")
    if not PICTURE.exists() or PICTURE.read_bytes() != picture:
        stale.append("docs/samples.png")
    if check and stale:
        sys.exit(f"Out of date: {', '.join(stale)}. Run: make results")
    if not check:
        README.write_text(readme, "utf-8")
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_bytes(picture)


if __name__ == "__main__":
    main()
