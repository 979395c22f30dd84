"""The website that make site builds, from its files and in a real browser.

make test-browser runs these. They open the pages as files, without any server, and
leave pictures of them in runs/browser/.
"""

import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import test_jupyterlab

from notebook_file import ROOT
from website import notebooks

SITE = ROOT / "runs" / "site"
SCREENSHOTS = test_jupyterlab.SCREENSHOTS
NOTEBOOKS = {
    number: SITE / path.relative_to(ROOT).with_suffix(".html")
    for number, path in notebooks().items()
}
FRONT, VAE, TUNES = SITE / "index.html", NOTEBOOKS["3.2"], NOTEBOOKS["11.1"]
PATIENCE = 600  # seconds, for a machine that others use, too
browser = test_jupyterlab.browser


class Page(HTMLParser):
    """The ids of a page, the addresses it links, and those of what it loads."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.loads, self.tags = set(), set(), set(), []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        self.ids.add(attributes.get("id"))
        if tag == "a":
            self.links.add(attributes.get("href") or "")
        elif tag == "link" or "src" in attributes:
            self.loads.add(attributes.get("href") or attributes.get("src"))


@pytest.fixture(scope="module")
def site():
    """The pages of the website, built anew: {path: Page}."""
    # A warning ends the build.
    done = subprocess.run(["make", "site"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = sorted(path for path in SITE.rglob("*.html") if "_static" not in path.parts)
    return {path: Page(path) for path in pages}


@pytest.fixture
def visit(site, browser):
    """Open a page of the site at a width, light or dark; see that it asks nobody."""
    contexts, asked = [], []

    def visit(path, width=1300, scheme="light", query=""):
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, color_scheme=scheme)
        contexts.append(context)
        context.set_default_timeout(PATIENCE * 1000)
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.goto(path.as_uri() + query)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def hidden_width(page):
    """The points by which a page is wider than its window."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def test_every_notebook_and_page_is_there(site):
    pages = [SITE / "docs" / f"{p.stem}.html" for p in (ROOT / "docs").glob("*.md")]
    assert set(site) >= {FRONT, *NOTEBOOKS.values(), *pages}


def test_links_and_anchors_lead_somewhere(site):
    dead = []
    for path, page in site.items():
        for link in page.links | page.loads:
            target = urlsplit(link)
            if target.scheme or target.netloc:
                continue
            there = path
            if target.path:
                there = Path(path.parent, unquote(target.path)).resolve()
            anchor = unquote(target.fragment)
            if not there.is_file() or (
                anchor and there in site and anchor not in site[there].ids
            ):
                dead.append((path.relative_to(SITE).as_posix(), link))
    assert dead == []


def test_pages_load_nothing_from_elsewhere(site):
    for path, page in site.items():
        away = [a for a in page.loads if re.match(r"(?!data:)\w+:|//", a)]
        assert away == [], path
    for path in SITE.rglob("*.css"):
        style = path.read_text("utf-8")
        assert not re.search(r"(\burl\(|@import )[\"']?(https?:)?//", style), path


def test_style_is_that_of_the_katex_that_renders():
    (script,) = (ROOT / ".venv" / "site").glob("lib/*/site-packages/*/katex.min.js")
    package = json.loads((ROOT / "docs/site/package.json").read_text("utf-8"))
    version = package["dependencies"]["katex"]
    assert f'version:"{version}"' in script.read_text("utf-8")


def test_pictures_have_words(site):
    for path in NOTEBOOKS.values():
        for tag, attributes in site[path].tags:
            if tag == "img" and "cell_output" not in attributes.get("class", ""):
                words = attributes.get("alt", "")
                assert words and not words.endswith(".png"), (path, attributes)


@pytest.mark.parametrize("path", [FRONT, VAE, TUNES], ids=lambda path: path.stem)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1300])
def test_page_is_shown(visit, path, width, scheme):
    page = visit(path, width, scheme)
    page.screenshot(path=SCREENSHOTS / f"site-{path.stem}-{width}-{scheme}.png")
    assert hidden_width(page) <= 0
    assert page.locator("html").get_attribute("data-theme") == scheme
    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    is_dark = sum(map(int, re.findall(r"\d+", color)[:3])) < 3 * 128
    assert is_dark == (scheme == "dark")
    pictures = page.locator("article img")
    assert pictures.count() > 0
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("i => i.decode().then(() => i.naturalWidth)") > 0
        assert picture.is_visible() and picture.bounding_box()["width"] > 20
    if path != FRONT:
        formulas = page.locator("article .katex-html:visible")
        assert formulas.count() > 10
        assert formulas.first.bounding_box()["height"] > 5
        fonts = (
            "document.fonts.ready.then(f => [...f].filter(f => f.status == 'loaded'))"
        )
        loaded = page.evaluate(f"{fonts}.then(fs => fs.map(f => f.family))")
        assert any("KaTeX" in family for family in loaded)
        assert page.locator(".katex-error").count() == 0


def test_no_page_is_wider_than_a_phone(visit, site):
    page, wide = visit(FRONT, 390), {}
    for path in site:
        page.goto(path.as_uri())
        if (points := hidden_width(page)) > 0:
            wide[path.relative_to(SITE).as_posix()] = points
    assert wide == {}


def test_search_finds(visit):
    page = visit(SITE / "search.html", query="?q=reparameterisation")
    found = page.locator("#search-results a", has_text="3.2 Variational autoencoder")
    found.first.click()
    assert Path(urlsplit(page.url).path).name == VAE.name


def test_search_is_found(visit):
    page = visit(FRONT)
    page.keyboard.press("Control+K")
    page.keyboard.type("reparameterisation")
    page.keyboard.press("Enter")
    page.locator("#search-results a").first.wait_for()


def test_an_answer_unfolds(visit):
    answer = visit(VAE).locator("article details:not(.hide)").first
    text = answer.locator("p").first
    assert not text.is_visible()
    answer.locator("summary").click()
    assert text.is_visible() and len(text.inner_text().split()) > 3


def test_furniture_is_folded(visit):
    page = visit(VAE)
    setup = page.locator("article .cell", has_text="import os")
    code = setup.locator(".cell_input pre").first
    assert not code.is_visible()
    setup.locator("summary").first.click()
    assert code.is_visible()


def test_notebooks_have_receipts_boxes_and_links(visit):
    page = visit(VAE)
    assert re.search(r"run of 20\d\d-", page.locator(".receipt").inner_text())
    assert page.locator(".admonition.tip").count() > 0
    page.locator("article p a", has_text=re.compile("^[Nn]otebook 1.2$")).first.click()
    page.wait_for_url(NOTEBOOKS["1.2"].as_uri())


def test_music_is_heard_and_read(visit):
    page = visit(TUNES)
    assert page.locator("article img[src$='.svg']").count() > 0
    for sound in page.locator("audio").all():
        seconds = sound.evaluate(
            "a => a.readyState ? a.duration : new Promise(done => {"
            "a.onloadedmetadata = () => done(a.duration); a.load(); })"
        )
        assert 0.5 < seconds < 600
    assert page.locator("audio").count() > 0


def test_diagrams_are_drawn(visit):
    pages = [p for p in NOTEBOOKS.values() if 'class="mermaid"' in p.read_text("utf-8")]
    for path in pages[:1]:
        diagram = visit(path).locator("pre.mermaid svg").first
        diagram.wait_for()
        assert diagram.bounding_box()["width"] > 100
