"""new_notebook.py: the skeleton runs and keeps the rules; furniture is copied anew."""

import shutil
import subprocess
import sys
import tempfile
import tomllib

import nbformat
import pytest

import execute
import new_notebook
import test_notebooks as rules
from notebook_file import ROOT, code_cells, read, tagged_cells

NAME = "03_variational_autoencoders/99_hierarchical_model"  # a long one


@pytest.fixture
def root(tmp_path):
    """A house without notebooks."""
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "reduced.toml", tmp_path / "tests")
    return tmp_path


def broken_rules(notebook):
    return {check.__name__ for check in rules.RULES if list(check(notebook))}


def test_skeleton_lacks_only_outputs_and_prose(root):
    notebook = read(new_notebook.start(NAME, root))
    assert broken_rules(notebook) == {
        "explains_its_code",  # too few words
        "opens_with_goals_and_time",  # minutes unknown
        "is_finished",  # sentences to replace
        "has_three_exercises",  # answers too short
        "shows_its_picture",  # nothing drawn yet
        "draws_the_idea_first",
        "was_run_in_order_without_errors",
        "has_a_valid_receipt",
        "beats_its_baselines",
    }


def test_skeleton_runs_and_then_lacks_only_prose(root):
    with tempfile.TemporaryFile("w+") as log:
        notebook = execute.run(new_notebook.start(NAME, root), log)
    assert broken_rules(notebook) == {
        "explains_its_code",
        "opens_with_goals_and_time",
        "is_finished",
        "has_three_exercises",
    }


def test_skeleton_is_in_the_projects_style(root):
    path = new_notebook.start(NAME, root)
    for command in (("check",), ("format", "--check")):
        ruff = [sys.executable, "-m", "ruff", *command]
        done = subprocess.run(
            [*ruff, "--config", ROOT / "pyproject.toml", path],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout


def test_skeleton_is_named(root):
    path = new_notebook.start(NAME, root)
    assert path == root / "notebooks" / f"{NAME}.ipynb"
    notebook = read(path)
    assert notebook.cells[0].source.startswith("# 3.99 Hierarchical model\n")
    assert "docs/gallery/03_99.png" in notebook.cells[0].source
    assert any(f'RUNS / "{NAME}"' in c.source for c in code_cells(notebook))


def test_reduced_parameters_are_added_in_order(root):
    path = root / "tests" / "reduced.toml"
    before = tomllib.loads(path.read_text("utf-8"))
    new_notebook.start(NAME, root)
    after = tomllib.loads(path.read_text("utf-8"))
    assert after.pop(NAME)["EPOCHS"] == 1
    assert after == before
    assert list(tomllib.loads(path.read_text("utf-8"))) == sorted([*before, NAME])


def run_script(*arguments):
    script = ROOT / "scripts" / "new_notebook.py"
    return subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True
    )


@pytest.mark.parametrize("name", ["vae", "3_vae/1_a", "03_vae/01_A b", "../03_a/01_b"])
def test_malformed_name_is_refused(name):
    done = run_script(name)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name}: expected NN_chapter_title/NN_name")
    assert len(done.stderr.splitlines()) == 1


def test_existing_notebook_is_left_as_it_is(root):
    path = new_notebook.start(NAME, root)
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="is there already"):
        new_notebook.start(NAME, root)
    assert path.read_text() == "mine"


def test_furniture_is_copied_anew(root):
    path = new_notebook.start(NAME, root)
    expected = [c.source for c in read(path).cells]
    notebook = read(path)
    for cell in tagged_cells(notebook, "furniture"):
        if cell.source.startswith("def coverage"):
            cell.source = "def coverage(): ..."
            del cell.metadata["jupyter"]
        cell.source = cell.source.replace(NAME, "01_other/01_other")
    nbformat.write(notebook, path)
    assert new_notebook.refresh(path) == ["setup", "coverage"]
    assert [c.source for c in read(path).cells] == expected
    assert broken_rules(read(path)).isdisjoint({"shares_its_furniture"})
    assert new_notebook.refresh(path) == []


def test_every_general_block_of_furniture_is_in_the_skeleton():
    cells = code_cells(new_notebook.skeleton(NAME))
    blocks = new_notebook.furniture_blocks(NAME)
    for name in ("split_faces", "train_face_judge", "fit_gaussian"):
        del blocks[name]  # these are for faces, and the skeleton has none
    for name in (
        "engrave",
        "audio_player",
        "families",
        "fit_backoff",
        "word_positions",
    ):
        del blocks[name]  # nor has it music or texts
    for name in (
        "as_tokens",
        "truth",
        "show_captioned",
        "what_is_kept",
        "drawn",
        "WordsAndPositions",
        "build_text_encoder",
        "CLIP",
        "waves",
    ):
        del blocks[name]  # nor captions, as chapter 13 has
    assert set(blocks.values()) <= {cell.source for cell in cells}
