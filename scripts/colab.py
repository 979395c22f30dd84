"""Write copies of the notebooks that run where this repository is not installed.

    python scripts/colab.py DIR            for Colab and Kaggle
    python scripts/colab.py DIR ADDRESS    that clone from another address

A copy has no outputs, and one cell more: it brings the repository, the packages that
are missing, and the data. DIR also gets a README.md with a link to each copy on the
branch `colab`, to which .github/workflows/colab.yml pushes them.
"""

import argparse
import ast
import json
import re
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from address import address
from notebook_file import (
    NOTEBOOKS,
    ROOT,
    code_cells,
    data_sets,
    pinned_versions,
    read,
    registry,
)

HOST = "https://github.com/"  # what Colab and Kaggle open notebooks from
# The requirements whose modules have another name, and what download.py imports.
MODULES = {
    "Box2D": "box2d",
    "dotenv": "python-dotenv",
    "ot": "POT",
    "PIL": "pillow",
    "pygame": "pygame-ce",
    "sklearn": "scikit-learn",
}
DOWNLOADER = ("dotenv", "kaggle", "numpy", "requests", "tqdm")
FIRST = '''\
# For a machine without the repository, such as Colab's or Kaggle's: this cell brings
# it, the packages that are missing, and the data. Run it again whenever you like.
import importlib.util
import os
import subprocess
import sys
from pathlib import Path


def bring(address, folder, packages, data):
    """Go to a folder of the repository, with what its notebook needs.

    packages: what to install for a module that is not there. data: names of data sets.
    """

    def run(*command):
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            for line in process.stdout:
                print(line, end="", flush=True)
        if process.returncode:
            raise RuntimeError(
                "The lines above say what could not be had. On Kaggle, switch the "
                "internet on in the notebook's settings; then run this cell again."
            )

    if not Path("../../scripts/download.py").exists():
        # Kaggle publishes what is in its working folder, and data sets have licences.
        place = Path("/tmp" if Path("/kaggle/working").exists() else "").resolve()
        clone = place / "generative-deep-learning"
        if not clone.exists():
            print("Bringing the repository …", flush=True)
            run("git", "clone", "--quiet", "--depth=1", address, str(clone))
        os.chdir(clone / folder)
    missing = [packages[m] for m in packages if not importlib.util.find_spec(m)]
    if missing:
        print("Installing", *missing, "…", flush=True)
        run(sys.executable, "-m", "pip", "install", "--quiet", *missing)
        importlib.invalidate_caches()
    for name in data:
        run(sys.executable, "../../scripts/download.py", name, "--or-stand-in")


bring(
    {address},
    {folder},
    packages={packages},
    data={data},
)
'''


def packages(notebook):
    """What to install for each module that a notebook, or its download, imports.

    Modules that no requirement has under its name come with Python or with Jupyter.
    """
    modules = set(DOWNLOADER if data_sets(notebook) else ())
    for cell in code_cells(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                modules.add(node.module.partition(".")[0])
                if node.module.startswith("gymnasium.envs.box2d"):
                    modules.add("Box2D")  # which that part of Gymnasium imports
    pins = pinned_versions()
    named = {module: MODULES.get(module, module) for module in sorted(modules)}
    return {m: f"{name}=={pins[name]}" for m, name in named.items() if name in pins}


def absolute(text, folder, url):
    """Markdown whose relative links and pictures are found from anywhere."""

    def on_the_web(match):
        mark, label, target = match.groups()
        path = (folder / target).resolve().relative_to(ROOT).as_posix()
        return f"{mark}[{label}]({url}/{'raw' if mark else 'blob'}/main/{path})"

    return re.sub(r"(!?)\[([^\]]*)\]\((?!\w[\w+.-]*:|#)([^)]+)\)", on_the_web, text)


def copy(path, url):
    """The notebook of a path as it runs anywhere, cloning from url."""
    notebook, folder = read(path), path.resolve().parent
    notebook.metadata.pop("receipt", None)
    first = FIRST
    for name, value in {
        "address": url,
        "folder": folder.relative_to(ROOT).as_posix(),
        "packages": packages(notebook),
        "data": [name for name in data_sets(notebook) if name in registry()],
    }.items():
        text = json.dumps(value, indent=8 if name == "packages" else None)
        first = first.replace(f"={{{name}}}", f"={text.replace('}', '    }')}")
        first = first.replace(f"{{{name}}}", text)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        elif url.startswith(HOST):
            cell.source = absolute(cell.source, folder, url)
    notebook.cells.insert(1, new_code_cell(first, id="bring-the-repository"))
    return notebook


def links(path, url):
    """Links that open a copy on Colab and on Kaggle; none for another host."""
    if not url.startswith(HOST):
        return ""
    name = url.removeprefix(HOST)
    opener = f"https://colab.research.google.com/github/{name}/blob/colab/{path}"
    other = f"https://www.kaggle.com/kernels/welcome?src={url}/blob/colab/{path}"
    return f"[Colab]({opener}), [Kaggle]({other})"


def main(arguments=None):
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("address", nargs="?", default=address(), metavar="ADDRESS")
    options = parser.parse_args(arguments)
    if not options.address:
        parser.exit(
            1,
            "The copies have to clone this repository, and CITATION.cff names no "
            "address: publish it and type make address, or give one.\n",
        )
    url = options.address
    lines = ["| notebook | open in |", "|---|---|"]
    for path in sorted(NOTEBOOKS.glob("*/*.ipynb")):
        notebook, relative = copy(path, url), path.relative_to(ROOT).as_posix()
        target = options.folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
        title = notebook.cells[0].source.partition("\n")[0].lstrip("# ")
        lines.append(f"| [{title}]({relative}) | {links(relative, url)} |")
    table = "\n".join(lines)
    (options.folder / "README.md").write_text(
        "# Notebooks for Colab and Kaggle\n\n"
        f"These are copies of the notebooks of {url}, made from its main branch. "
        "They have no outputs, and one cell more than the originals: run it first. It "
        "brings the repository, the packages that are missing, and the data.\n\n"
        f"{table}\n",
        "utf-8",
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
