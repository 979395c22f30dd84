"""Write docs/datasets.md from the registry and the notebooks.

python scripts/datasets_page.py           rewrite the page
python scripts/datasets_page.py --check   exit 1 if it is out of date
"""

import argparse
import os
import sys

from download import registry
from notebook_file import NOTEBOOKS, ROOT, data_sets, read

PAGE = ROOT / "docs" / "datasets.md"
HEAD = """\
# Data sets

<!-- Made by scripts/datasets_page.py from scripts/datasets.toml: change that. -->

`python scripts/download.py NAME` brings the original into `data/NAME/`;
`--stand-in` makes something to learn on in its place, offline and in the same
layout; `--or-stand-in` takes the original where it can be had. `--list` shows what is
there, `--preview out.png` draws some of it. `data/NAME/source.json` says what a folder
holds, and every notebook prints it.

No account is needed to start. `scenes` is made here and has no other original, so that
it needs no stand-in. Five sets are on Kaggle, which gives public sets to
anybody, so `download.py` asks for them without a key. Should Kaggle want one all the
same, it says so: `cp sample.env .env && chmod 600 .env`, and put the key of a free
account into it. An interrupted download goes on where it stopped, a second one of the
same set waits for the first, and nothing in `data/NAME/` is replaced before its
successor is complete and checked.

Of the originals, Fashion-MNIST was read from Debian's package `dataset-fashion-mnist`.
The other downloads were not run here: their addresses, versions and lists of files are
those that the sources state, and what `download.py` makes of them was tested against a
local server. The sizes of the sets from Kaggle are approximate.
"""


def size(number):
    """A number of bytes for people."""
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.3g} MB"


def uses():
    """The notebooks that read each data set: {name: Markdown links}."""
    links = {}
    for path in sorted(NOTEBOOKS.glob("*/*.ipynb")):
        notebook = read(path)
        title = notebook.cells[0].source.splitlines()[0].removeprefix("# ")
        target = os.path.relpath(path, PAGE.parent)
        for name in data_sets(notebook):
            links.setdefault(name, []).append(f"[{title}]({target})")
    return links


def origin(name, entry):
    """Where the original comes from, with a link."""
    if "generator" in entry:
        return f"[{entry['title']}](../scripts/standins/{name}.py), made here"
    account = "on Kaggle, asked for without an account"
    account = account if "kaggle" in entry else "needs no account"
    return f"[{entry['title']}]({entry['page']}), {account}"


def difference(entry):
    """The rows on the stand-in, or on what a generator makes."""
    if "generator" in entry:
        return {"what it is": entry["generator"]}
    stand_in = entry["stand_in"]
    return {
        "stand-in": f"{stand_in['title']} ({stand_in['licence']})",
        "how it differs": stand_in["differs"],
    }


def build():
    """The text of the page."""
    links = uses()
    parts = [HEAD]
    for name, entry in registry().items():
        rows = {
            "original": origin(name, entry),
            "version": entry["version"],
            "download, on disk": f"{size(entry['size'])}, {size(entry['disk'])}",
            "files": ", ".join(f"`{pattern}`" for pattern in entry["files"]),
            "licence": entry["licence"],
            "may be published": entry["publish"],
            "cite": entry["citation"],
            **difference(entry),
            "used by": ", ".join(links.get(name, ["no notebook yet"])),
        }
        table = [f"| {key} | {value} |" for key, value in rows.items()]
        parts.append("\n".join([f"## {name}\n", "| | |", "|---|---|", *table]) + "\n")
    return "\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    if not parser.parse_args().check:
        PAGE.write_text(build(), "utf-8")
    elif not PAGE.exists() or PAGE.read_text("utf-8") != build():
        sys.exit("docs/datasets.md is out of date. Run: make results")


if __name__ == "__main__":
    main()
