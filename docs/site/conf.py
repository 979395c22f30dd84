"""The website: the README, the pages and the notebooks with the outputs they store."""

import html
import json
import shutil
import sys
from pathlib import Path

import sphinxcontrib.katex
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import website  # noqa: E402
from address import address  # noqa: E402
from colab import links  # noqa: E402

URL = address()
NOTEBOOKS = website.notebooks()

project = "Generative Deep Learning"
html_title = project
author = "the contributors"
html_show_copyright = False
root_doc = "README"
include_patterns = ["README.md", "CONTRIBUTING.md", "docs/*.md", "notebooks/*/*.ipynb"]
exclude_patterns = [".*", "data", "runs"]  # many files, in which Sphinx would search
extensions = ["myst_nb", "sphinxcontrib.katex", "sphinx_copybutton"]

nb_execution_mode = "off"
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = ["amsmath", "colon_fence", "dollarmath"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3
katex_prerender = True
katex_css_path = "katex.min.css"
# Seconds to wait for KaTeX, on a machine that does other things, too.
sphinxcontrib.katex.STARTUP_TIMEOUT = sphinxcontrib.katex.RENDER_TIMEOUT = 300.0

html_theme = "sphinx_book_theme"
# The second folder holds what npm has brought: see the Makefile.
html_static_path = ["static", "../../.venv/site/static"]
html_css_files = ["site.css"]
html_theme_options = {
    "show_toc_level": 2,
    "use_download_button": True,
    "use_fullscreen_button": False,
} | ({"repository_url": URL, "use_repository_button": True} if URL else {})


def title_cell(path):
    """The text of a notebook's first cell."""
    return "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])


def read_source(app, docname, source):
    """Give Sphinx a page's text as the website shows it."""
    path = Path(app.env.doc2path(docname))
    name = path.relative_to(ROOT).as_posix()
    if path.suffix == ".ipynb":
        notebook = json.loads(source[0])
        openers = links(name, URL) if URL else ""
        source[0] = json.dumps(website.prepare(notebook, path, NOTEBOOKS, openers))
        return
    text = website.link_notebooks(source[0], path, NOTEBOOKS)
    text = website.file_links(text, path, URL)
    if docname == root_doc:
        titles = {
            notebook.relative_to(ROOT).as_posix(): title_cell(notebook)
            for notebook in NOTEBOOKS.values()
        }
        text = website.front_page(text, titles)
    source[0] = text


class Mermaid(SphinxDirective):
    """A diagram, which the reader's browser draws."""

    has_content = True

    def run(self):
        self.env.metadata[self.env.docname]["diagrams"] = True
        text = html.escape("\n".join(self.content))
        return [nodes.raw("", f'<pre class="mermaid">{text}</pre>', format="html")]


def load_mermaid(app, pagename, templatename, context, doctree):
    """Let the pages that have diagrams load what draws them."""
    if "diagrams" in app.env.metadata.get(pagename, {}):
        app.add_js_file("mermaid.tiny.js", loading_method="defer")
        app.add_js_file("diagrams.js", loading_method="defer")


def finish(app, exception):
    """Put the front page where browsers look for it."""
    if not exception:
        shutil.copyfile(app.outdir / "README.html", app.outdir / "index.html")


def setup(app):
    app.add_directive("mermaid", Mermaid)
    app.connect("source-read", read_source)
    app.connect("html-page-context", load_mermaid)
    app.connect("build-finished", finish)
