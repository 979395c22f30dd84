"""Copies for Colab and Kaggle, the dev container, and the repository's address."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import address
import colab
from notebook_file import NOTEBOOKS, ROOT, data_sets, notebook_name, read
from test_containers import instructions

URL = "https://github.com/someone/generative"
PATHS = sorted(NOTEBOOKS.glob("*/*.ipynb"))


# The copies


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    """The folder of all copies; the notebooks are as they were."""
    folder = tmp_path_factory.mktemp("copies")
    before = [path.read_bytes() for path in PATHS]
    assert colab.main([str(folder), URL]) == 0
    assert [path.read_bytes() for path in PATHS] == before
    return folder


def links_of(cell):
    return re.findall(r"\]\(([^)]+)\)", cell.source)


@pytest.mark.parametrize("path", PATHS, ids=notebook_name)
def test_copy_is_the_notebook_and_a_first_cell(copies, path):
    notebook = read(path)
    copy = read(copies / path.relative_to(ROOT))
    nbformat.validate(copy)
    first = copy.cells.pop(1)
    assert [c.cell_type for c in copy.cells[:1]] == ["markdown"]
    assert not re.search(r"^\s*[%!]", first.source, re.M)
    call = ast.parse(first.source).body[-1].value
    where, folder = map(ast.literal_eval, call.args)
    given = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    assert (where, ROOT / folder) == (URL, path.parent)
    assert given["data"] == data_sets(notebook)
    # Each import comes with Python or with Jupyter, or can be installed.
    modules = set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            modules |= set(re.findall(r"^(?:import|from) (\w+)", cell.source, re.M))
    theirs = {"IPython", "matplotlib_inline"} | sys.stdlib_module_names
    assert modules - theirs <= set(given["packages"])
    # All else is the notebook's, but for its outputs and the targets of its links.
    assert "receipt" not in copy.metadata
    assert [c.id for c in copy.cells] == [c.id for c in notebook.cells]
    for old, new in zip(notebook.cells, copy.cells, strict=True):
        assert new.metadata == old.metadata and not new.get("outputs")
        if old.cell_type == "code":
            assert new.source == old.source
            continue
        for link in links_of(new):
            assert re.match(r"\w+:|#", link)
        blank = re.compile(r"\]\([^)]+\)")
        assert blank.sub("", new.source) == blank.sub("", old.source)


def test_links_lead_to_the_files_of_the_main_branch():
    folder = NOTEBOOKS / "02_deep_learning"
    text = "![two words](../../docs/gallery/02_02.png) [a](#b) [c](https://a.org/)"
    text += " [d](../03_variational_autoencoders/01_autoencoder.ipynb)"
    assert colab.absolute(text, folder, URL) == (
        f"![two words]({URL}/raw/main/docs/gallery/02_02.png) [a](#b) "
        f"[c](https://a.org/) [d]({URL}/blob/main/notebooks/"
        "03_variational_autoencoders/01_autoencoder.ipynb)"
    )


def test_physics_that_gymnasium_imports_is_brought():
    notebook = read(NOTEBOOKS / "12_world_models" / "02_race_track.ipynb")
    assert colab.packages(notebook)["Box2D"].startswith("box2d==")


def test_what_the_downloader_imports_is_brought():
    modules = set()
    for script in ("download.py", "originals.py", "notebook_file.py"):
        for node in ast.parse((ROOT / "scripts" / script).read_text("utf-8")).body:
            if isinstance(node, ast.Import):
                modules |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                modules.add(node.module.partition(".")[0])
    ours = {path.stem for path in (ROOT / "scripts").glob("*.py")}
    assert modules - sys.stdlib_module_names - ours <= set(colab.DOWNLOADER)


def test_index_links_to_every_copy(copies):
    lines = (copies / "README.md").read_text("utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| [")]
    assert len(rows) == len(PATHS)
    path = "notebooks/02_deep_learning/02_convolutions.ipynb"
    assert (
        f"| [2.2 Convolutions]({path}) | [Colab](https://colab.research.google.com/"
        f"github/someone/generative/blob/colab/{path}), [Kaggle](https://www.kaggle.com/"
        f"kernels/welcome?src={URL}/blob/colab/{path}) |"
    ) in rows


def test_there_are_no_links_that_nothing_would_open():
    path = NOTEBOOKS / "02_deep_learning" / "02_convolutions.ipynb"
    assert colab.links("notebooks/a.ipynb", "https://example.org/a") == ""
    copy = colab.copy(path, "https://example.org/a")
    assert copy.cells[0].source == read(path).cells[0].source


def test_copies_need_an_address(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(colab, "address", lambda: None)
    with pytest.raises(SystemExit):
        colab.main([str(tmp_path)])
    assert "publish it and type make address" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


# A copy, where there is nothing else


def git(folder, *command):
    name = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    return subprocess.run(["git", *name, *command], cwd=folder, check=True)


@pytest.fixture
def published(tmp_path):
    """The address of a small repository with scripts/ and one notebook's folder."""
    folder = tmp_path / "published"
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=unwanted)
    (folder / "notebooks" / "02_deep_learning").mkdir(parents=True)
    (folder / "notebooks" / "02_deep_learning" / "a.txt").touch()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=All")
    return folder.as_uri()


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """An empty folder, which is the working folder."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def first_cell(url, packages=(), data=()):
    """The code of a first cell that is called with these arguments."""
    definition = colab.FIRST.rpartition("\nbring(")[0]
    arguments = f"packages={dict(packages)}, data={list(data)}"
    return f"{definition}\nbring({url!r}, 'notebooks/02_deep_learning', {arguments})"


@pytest.fixture
def digits(tmp_path, monkeypatch):
    """Three digits stand where downloads would land; returns what is said of them."""
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    source = {"kind": "stand-in", "name": "three digits"}
    (folder / "source.json").write_text(json.dumps(source))
    monkeypatch.setenv("GDL_DATA", str(folder.parent))
    return "mnist: three digits (stand-in)\n"


NOTEBOOK = """
import os
from pathlib import Path

def data_folder(name):
    print(name, Path("../../scripts/download.py").exists(), Path.cwd().name)

data_folder("mnist")
"""


def test_copy_runs_from_an_empty_folder(
    published, empty, digits, tmp_path, monkeypatch
):
    """A small notebook, in a kernel; the weekly canary runs real ones."""
    monkeypatch.setattr(colab, "ROOT", tmp_path)
    path = tmp_path / "notebooks" / "02_deep_learning" / "01_a.ipynb"
    path.parent.mkdir(parents=True)
    cells = [new_markdown_cell("# 2.1 A"), new_code_cell(NOTEBOOK)]
    nbformat.write(new_notebook(cells=cells), path)
    copy = colab.copy(path, published)
    place = {"metadata": {"path": str(empty)}}
    NotebookClient(copy, timeout=600, kernel_name="python3", resources=place).execute()
    first, second = (
        "".join(output.get("text", "") for output in cell.outputs)
        for cell in copy.cells[1:]
    )
    assert first == f"Bringing the repository …\n{digits}"
    assert second == "mnist True 02_deep_learning\n"
    assert [path.name for path in empty.iterdir()] == ["generative-deep-learning"]


def test_first_cell_brings_what_is_missing(
    published, empty, digits, monkeypatch, capsys
):
    calls = []

    class Recorded(subprocess.Popen):
        def __init__(self, command, **options):
            calls.append(list(command[1:]))
            if "-m" in command:
                command = ["true"]
            super().__init__(command, **options)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    packages = {"json": "nothing==1", "no_such_module": "pin==2"}
    code = first_cell(published, packages, ["mnist"])
    for _ in range(2):  # the second time from the folder to which the first one led
        exec(code, {})
        assert os.getcwd() == str(
            empty / "generative-deep-learning" / "notebooks" / "02_deep_learning"
        )
    pip = ["-m", "pip", "install", "--quiet", "pin==2"]
    brought = ["../../scripts/download.py", "mnist", "--or-stand-in"]
    assert [call for call in calls if call[0] != "clone"] == [pip, brought] * 2
    assert [call[0] for call in calls].count("clone") == 1
    printed = capsys.readouterr().out
    assert printed.count("Bringing the repository …") == 1
    assert printed.count(digits) == 2


def test_first_cell_says_what_went_wrong(tmp_path, empty, capsys):
    with pytest.raises(RuntimeError, match="The lines above say what could not be had"):
        exec(first_cell((tmp_path / "nothing").as_uri()), {})
    assert "nothing" in capsys.readouterr().out
    assert not list(empty.iterdir())


# The address


PAGE = (
    "a\n```\nmake run     # a\nmake test\n```\nbranch `colab` and `make run` in words\n"
)


def test_pages_show_the_address_that_citation_states():
    for page in address.pages():
        text = page.read_text("utf-8")
        assert address.with_address(text, address.published()) == text, page.name


def test_no_other_address_to_clone_from():
    known = {address.published(), "REPOSITORY_URL", None}
    for page in [*address.pages(), ROOT / "cloud" / "cloud-init.yaml"]:
        for found in re.findall(r"git clone (?:-\S+ )*(\S+)", page.read_text("utf-8")):
            assert found.removesuffix(".git") in known, page.name


def test_address_goes_in_and_out():
    other = "https://example.org/b/c"
    page = address.with_address(PAGE, URL)
    assert f"```\ngit clone {URL}\ncd generative\nmake run     # a\n" in page
    assert f"[branch `colab`]({URL}/tree/colab) and `make run` in words" in page
    assert address.with_address(page, URL) == page
    assert URL not in address.with_address(page, other)
    assert address.with_address(page, None) == PAGE


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("https://github.com/a/b.git", "https://github.com/a/b"),
        ("git@github.com:a/b.git", "https://github.com/a/b"),
        ("ssh://git@example.org/a/b-c", "https://example.org/a/b-c"),
        ("https://me:pw@example.org/a/b", None),
        ("/srv/git/b", None),
        ("file:///srv/git/b", None),
        ("", None),
    ],
)
def test_web_address(remote, expected):
    assert address.web_address(remote) == expected


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A repository with a README and a CITATION.cff."""
    shutil.copy(ROOT / "CITATION.cff", tmp_path)
    (tmp_path / "README.md").write_text(PAGE, "utf-8")
    git(tmp_path, "init", "--quiet")
    monkeypatch.setattr(address, "ROOT", tmp_path)
    monkeypatch.setattr(address, "CITATION", tmp_path / "CITATION.cff")
    for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_make_address_takes_that_of_the_clone(house, monkeypatch, capsys):
    before = address.published()
    assert address.main() == 1
    assert address.published() == address.address() == before
    assert "publish it, clone it from there" in capsys.readouterr().err
    git(house, "remote", "add", "origin", "git@github.com:someone/generative.git")
    for _ in range(2):
        assert address.main() == 0
        assert address.published() == address.address() == URL
    assert address.with_address(PAGE, URL) == (house / "README.md").read_text("utf-8")
    check = [sys.executable, "-m", "check_jsonschema", house / "CITATION.cff"]
    check += ["--builtin-schema", "vendor.citation-file-format"]
    assert subprocess.run(check, capture_output=True).returncode == 0
    # A workflow makes copies of its own repository, a fork's too.
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "fork/generative")
    assert address.address() == "https://github.com/fork/generative"


# The dev container

DEVCONTAINER = ROOT / ".devcontainer" / "devcontainer.json"


def check_devcontainer(text):
    """Raise AssertionError if it does not build the `cpu` target, or may do more.

    By the published schema: the parts of it that this file uses.
    """
    settings = json.loads(text)
    types = {
        **dict.fromkeys(("name", "remoteUser"), str),
        **dict.fromkeys(("build", "customizations"), dict),
        **{"init": bool, "securityOpt": list},
    }
    # Not among them: privileged, capAdd, mounts, runArgs, features, commands.
    assert set(settings) <= set(types), "settings"
    for name, value in settings.items():
        assert isinstance(value, types[name]), "settings"
    build = settings["build"]
    assert set(build) == {"dockerfile", "context", "target"}, "build"
    folder = DEVCONTAINER.parent
    assert (folder / build["dockerfile"]).resolve() == ROOT / "Dockerfile", "build"
    assert (folder / build["context"]).resolve() == ROOT, "build"
    assert build["target"] == "cpu", "build"
    stage = instructions()[build["target"]]
    assert ("USER", settings["remoteUser"]) in stage, "user"
    assert settings["securityOpt"] == ["no-new-privileges:true"], "powers"
    # The editor's Python is the one with the packages.
    path = dict(a.split("=", 1) for k, a in stage if k == "ENV" and "PATH=" in a)
    python = settings["customizations"]["vscode"]["settings"]
    interpreter = python["python.defaultInterpreterPath"]
    assert interpreter == f"{path['PATH'].split(':')[0]}/python", "Python"


def test_devcontainer_builds_the_image():
    check_devcontainer(DEVCONTAINER.read_text("utf-8"))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('"init": true', '"privileged": true', "settings"),
        ('"init": true', '"init": "yes"', "settings"),
        ('"target": "cpu"', '"target": "gpu"', "build"),
        ('"context": ".."', '"context": "."', "build"),
        ('"dockerfile"', '"dockerFile"', "build"),
        ("reader", "root", "user"),
        ("no-new-privileges:true", "seccomp=none", "powers"),
        ("/opt/venv/bin", "/usr/bin", "Python"),
    ],
)
def test_devcontainer_check_notices(old, new, rule):
    text = DEVCONTAINER.read_text("utf-8")
    assert old in text
    with pytest.raises(AssertionError, match=rule):
        check_devcontainer(text.replace(old, new))
