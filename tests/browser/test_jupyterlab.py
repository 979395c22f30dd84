"""A notebook in JupyterLab in a real browser, as its readers run it.

make test-browser runs these: they need Chromium or Chrome. They start JupyterLab
themselves, on a free port of this machine alone, and stop it again.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import tomllib
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import sync_playwright

import execute
from conftest import REDUCED, make_small_sets, reduce_parameters
from notebook_file import (
    NOTEBOOKS,
    ROOT,
    code_cells,
    data_sets,
    notebook_name,
    read,
    tagged_cells,
)

NOTEBOOK = NOTEBOOKS / "03_variational_autoencoders" / "02_vae_fashion.ipynb"
SCREENSHOTS = ROOT / "runs" / "browser"
PATIENCE = 1200  # seconds, for a machine that others use, too
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SETTINGS = {
    # Cells out of sight exist too, so that one look at the page sees them all.
    "notebook-extension/tracker": {"windowingMode": "none"},
    # Nobody is asked for news.
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
# JupyterLab shows errors as it does what is written to stderr. Notebooks do neither.
ERROR = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]'
ENDED = f"""count => document.querySelector('{ERROR}') ||
    [...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')]
        .at(-1)?.textContent === `[${{count}}]:`"""


def reduced_copy(path, folder):
    """Write a notebook without its outputs, at its reduced parameters, into a folder.

    Returns the number of its code cells.
    """
    notebook = read(path)
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    (cell,) = tagged_cells(notebook, "parameters")
    overrides = tomllib.loads(REDUCED.read_text("utf-8"))[notebook_name(path)]
    cell.source = reduce_parameters(cell.source, overrides, "laptop")
    execute.write(notebook, folder / path.name)
    return len(code_cells(notebook))


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A running JupyterLab: url, token, and cells, the number of NOTEBOOK's."""
    home = tmp_path_factory.mktemp("jupyter")
    for name, settings in SETTINGS.items():
        path = home / "lab" / "user-settings" / "@jupyterlab"
        path = path / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(settings))
    data = tmp_path_factory.mktemp("data")
    assert make_small_sets(data_sets(read(NOTEBOOK)), data) == []
    folder = tmp_path_factory.mktemp("notebooks")
    cells = reduced_copy(NOTEBOOK, folder)
    broken = new_notebook(metadata=read(NOTEBOOK).metadata)
    broken.cells = [new_code_cell("1 / 0"), new_code_cell("'reached'")]
    execute.write(broken, folder / "broken.ipynb")
    token = secrets.token_urlsafe()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--ip=127.0.0.1", "--port=0", f"--notebook-dir={folder}"),
        ],
        env=os.environ
        | {
            "JUPYTER_TOKEN": token,
            "JUPYTER_CONFIG_DIR": str(home),
            "JUPYTER_RUNTIME_DIR": str(home),
            "GDL_DATA": str(data),
        },
    )
    try:
        end = time.monotonic() + PATIENCE
        while not (servers := list(home.glob("jpserver-*.json"))):
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.1)
        port = json.loads(servers[0].read_text())["port"]
        yield SimpleNamespace(url=f"http://127.0.0.1:{port}", token=token, cells=cells)
    finally:
        process.terminate()  # and its kernels with it
        process.wait(60)


@pytest.fixture(scope="module")
def browser():
    """Chromium, without a window."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert executable, f"none of {', '.join(BROWSERS)} is installed"
    flags = ["--disable-gpu", "--disable-quic", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, request):
    """A page of a browser that has been nowhere yet; leaves a picture of its end."""
    with browser.new_context(viewport={"width": 1280, "height": 1600}) as context:
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        yield page
        page.screenshot(path=SCREENSHOTS / f"{request.function.__name__}.png")


def run_all_cells(page, lab, name, cells):
    """Open a notebook, run it, wait until it ends; returns the errors it shows."""
    page.goto(f"{lab.url}/lab/tree/{name}?token={lab.token}")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()  # else nothing runs
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(ENDED, arg=cells)
    return page.locator(ERROR).all_inner_texts()


def test_notebook_runs(lab, page):
    assert run_all_cells(page, lab, NOTEBOOK.name, lab.cells) == []
    pictures = page.locator(".jp-OutputArea-output img")
    assert pictures.count() > 0
    for picture in pictures.all():
        assert picture.is_visible() and picture.evaluate("image => image.naturalWidth")
    table = page.locator(".jp-OutputArea-output table", has_text="baseline")
    table.evaluate("table => table.scrollIntoView()")  # and the picture under it
    assert table.is_visible()


def test_error_is_seen(lab, page):
    (error,) = run_all_cells(page, lab, "broken.ipynb", 2)
    assert "ZeroDivisionError" in error
    assert page.get_by_text("reached", exact=True).count() == 0


@pytest.mark.parametrize("token", ["", "?token=wrong"])
def test_without_the_token_there_is_no_content(lab, page, token):
    page.goto(f"{lab.url}/lab/tree/{NOTEBOOK.name}{token}")
    assert "/login" in page.url
    for path in ("api/contents", f"files/{NOTEBOOK.name}", "api/kernels", "lab/api"):
        answer = page.request.get(f"{lab.url}/{path}{token}", max_redirects=0)
        assert answer.status in (302, 403), path
        assert NOTEBOOK.stem not in answer.text() and "broken" not in answer.text()
