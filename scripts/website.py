"""What becomes of the README, the pages and the notebooks on the website.

docs/site/conf.py calls this while Sphinx reads them; the files stay as they are.
"""

import os
import re
from pathlib import Path

from notebook_file import NOTEBOOKS, ROOT

# What links and boxes are not put into: code, formulas, links and HTML.
VERBATIM = re.compile(
    r"(^ *```.*?^ *```|`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$|!?\[[^\]]*\]\([^)]*\)|<[^<>]+>"
    r"|^#.*?$)",
    re.M | re.S,
)
# notebook 3.2; notebooks 5.2, 5.3 and 6.2
NAMED = re.compile(r"\b[Nn]otebooks? \d+\.\d+(?:(?:,? and |, )\d+\.\d+)*")
BOX = re.compile(r"^> \*\*(Tip|Warning|Note)\*\* *(.*(?:\n>.*)*)", re.M)
PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*(docs/gallery/[\w.]+)\)")


def notebooks():
    """The notebook files by their numbers, in order: {"3.2": Path, …}."""
    paths = sorted(NOTEBOOKS.glob("*/*.ipynb"))
    return {f"{int(p.parent.name[:2])}.{int(p.name[:2])}": p for p in paths}


def chapter(folder):
    """The name of a chapter's folder as a heading, such as "4. Diffusion models"."""
    return f"{int(folder[:2])}. {folder[3:].replace('_', ' ').capitalize()}"


def link_notebooks(text, page, paths):
    """Make links of a page's words "notebook 3.2", outside code, formulas and links.

    page: its path. paths: the notebooks by number; a number without one stays text.
    """

    def link(match):
        target = paths.get(match[2])
        if target is None or target == page:
            return match[0]
        return f"[{match[0]}]({Path(os.path.relpath(target, page.parent)).as_posix()})"

    def links(match):
        return re.sub(r"([Nn]otebook )?(\d+\.\d+)", link, match[0])

    parts = VERBATIM.split(text)
    parts[::2] = [NAMED.sub(links, part) for part in parts[::2]]
    return "".join(parts)


def boxes(text):
    """Make the theme's boxes of quotations that begin with **Tip**, **Warning** …"""

    def box(match):
        body = re.sub(r"^> ?", "", match[2], flags=re.M).strip()
        return f":::{{{match[1].lower()}}}\n{body}\n:::"

    return BOX.sub(box, text)


def receipt_line(receipt):
    """A sentence that says when and where a stored run was made, and on which data."""
    data = [
        f"{source['name']} ({source['kind']})" for source in receipt["data"].values()
    ]
    return (
        f"Outputs of the run of {receipt['date']}: "
        f"{max(1, receipt['seconds'] / 60):.0f} minutes on {receipt['device']} with "
        f"{receipt['cores']} cores, TensorFlow {receipt['tensorflow']}, "
        f"Keras {receipt['keras']}. Data: {'; '.join(data) or 'none needed'}."
    )


def alternative(texts):
    """What a picture shows, in words: its *Figure: …* line, or a first sentence.

    texts: the Markdown that stands around it, the likelier first.
    """
    found = [re.search(r"^\*Figure: (.*)\*$", text, re.M) for text in texts]
    words = next((match[1] for match in found if match), None)
    if words is None:
        plain = [re.sub(r"[#*`$\\]|\s+", " ", text) for text in texts]
        found = [re.match(r"\s*(.*?[.:])(?:\s|$)", text) for text in plain]
        words = next((match[1] for match in found if match), "Output of the code above")
    return re.sub(r"[*`$]", "", words).strip()


def prepare(notebook, path, paths, openers=""):
    """Change a notebook (its JSON) into what its page shows; returns it.

    Folds what JupyterLab folds, gives pictures their words, makes links and boxes, and
    puts the receipt under the title, with openers (Markdown) behind it.
    """
    cells = notebook["cells"]
    text_of = {n: "".join(c["source"]) for n, c in enumerate(cells)}
    texts = {n: text_of[n] for n, c in enumerate(cells) if c["cell_type"] == "markdown"}
    for number, cell in enumerate(cells):
        metadata = cell["metadata"]
        if number in texts:
            cell["source"] = boxes(link_notebooks(texts[number], path, paths))
            continue
        tags = metadata.setdefault("tags", [])
        if "furniture" in tags or metadata.get("jupyter", {}).get("source_hidden"):
            tags.append("hide-input")
        near = [texts[n] for n in (number + 1, number - 1) if n in texts]
        metadata["mystnb"] = {"image": {"alt": alternative(near)}}
    receipt = notebook["metadata"].get("receipt")
    lines = [receipt_line(receipt)] if receipt else []
    lines += [f"Open it in {openers}."] if openers else []
    if lines:
        title, _, rest = cells[0]["source"].partition("\n")
        below = f":::{{container}} receipt\n{' '.join(lines)}\n:::\n"
        cells[0]["source"] = f"{title}\n\n{below}{rest}"
    return notebook


def gallery(titles):
    """Pictures with links, as Markdown. titles: {path below ROOT: title cell}."""
    cards = []
    for path, text in titles.items():
        title = text.partition("\n")[0].removeprefix("# ")
        picture = PICTURE.search(text)
        image = f"[![{picture[1]}]({picture[2]})]({path}) " if picture else ""
        sight = re.split("[:;]", picture[1])[0].rstrip(".") if picture else ""
        cards.append(f"- {image}[{title}]({path})\n\n  {sight}")
    return ":::{container} gallery\n" + "\n".join(cards) + "\n:::"


def front_page(readme, titles):
    """The README with the gallery in the place of its mosaic, and the site's contents.

    titles: {path below ROOT: title cell's text}. Raises ValueError without a mosaic.
    """
    page, found = re.subn(
        r"!\[[^\]]*\]\(docs/gallery/mosaic\.png\)", lambda _: gallery(titles), readme
    )
    if found != 1:
        raise ValueError(
            "README.md shows docs/gallery/mosaic.png once, for the gallery"
        )
    contents = {}
    for path in titles:
        contents.setdefault(chapter(Path(path).parent.name), []).append(path)
    contents["About"] = ["docs/*", "CONTRIBUTING.md"]
    for caption, paths in contents.items():
        entries = "\n".join(path.rpartition(".")[0] or path for path in paths)
        page += (
            f"\n:::{{toctree}}\n:hidden:\n:glob:\n:caption: {caption}\n{entries}\n:::\n"
        )
    return page


def file_links(text, page, url):
    """Lead a page's links to folders to the repository's address, or drop them.

    Links to files stay: Sphinx offers those for download.
    """

    def link(match):
        path = Path(os.path.normpath(page.parent / match[2]))
        if not path.is_dir():
            return match[0]
        target = f"{url}/tree/main/{path.relative_to(ROOT).as_posix()}"
        return f"[{match[1]}]({target})" if url else match[1]

    return re.sub(r"(?<!!)\[([^\]]+)\]\(([\w./-]+)\)", link, text)
