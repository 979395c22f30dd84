"""The three walks of docs/your-data.md: own files, through a whole notebook."""

import subprocess
import sys

import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image

import own_data
from conftest import reduce_parameters, run_eagerly
from notebook_file import NOTEBOOKS, ROOT, notebook_name, read, tagged_cells

WORDS = (
    "stir heat pour slice cut boil serve soup bread salt pepper onion apple pan oven"
)
WORDS = WORDS.split()


@pytest.fixture(name="walk")
def walk_fixture(tmp_path, monkeypatch):
    """A reader's folder `files`; `bring` imports it, `run` runs a notebook on it."""
    monkeypatch.setenv("GDL_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("GDL_RUNS", str(tmp_path / "runs"))
    # The walks share the processor with other tests: one thread each is fastest.
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        monkeypatch.setenv(name, "1")

    class Walk:
        files = tmp_path / "my files"

        def bring(self, name):
            command = [sys.executable, ROOT / "scripts" / "download.py"]
            command += [name, "--from", self.files]
            done = subprocess.run(command, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr
            return done.stdout

        def run(self, name, last="results = ", **parameters):
            """Run a notebook up to the cell that holds `last`; returns what it printed.

            What follows the results breaks the model, whatever the data.
            """
            path = next(NOTEBOOKS.glob(f"*/{name}.ipynb"))
            notebook = read(path)
            (cell,) = tagged_cells(notebook, "parameters")
            cell.source = reduce_parameters(cell.source, parameters, "laptop")
            cell.source += run_eagerly(notebook_name(path))
            cells = notebook.cells
            (end,) = (
                n
                for n, cell in enumerate(cells)
                if cell.cell_type == "code" and last in cell.source
            )
            notebook.cells = cells[: end + 1]
            place = {"metadata": {"path": path.parent}}
            NotebookClient(notebook, timeout=300, resources=place).execute()
            outputs = [o for c in notebook.cells for o in c.get("outputs", [])]
            assert notebook.cells[-1].outputs, name
            return "".join(o.text for o in outputs if o.output_type == "stream")

    walk = Walk()
    walk.files.mkdir()
    return walk


def photos(folder, count):
    """Scenes of a horizon and a sun, in many sizes, modes and formats."""
    rng = np.random.default_rng(0)
    for number in range(count):
        width, height = rng.integers(40, 90, 2)
        image = np.zeros((height, width, 3), "uint8")
        image[:] = rng.integers(90, 250, 3)
        image[height // 2 + rng.integers(-9, 9) :] = rng.integers(0, 150, 3)
        y, x = np.mgrid[:height, :width]
        sun = (y - rng.integers(8, 20)) ** 2 + (
            x - rng.integers(9, width - 9)
        ) ** 2 < 40
        image[sun] = 255, 240, rng.integers(90, 200)
        picture = Image.fromarray(image)
        mode = ("RGB", "L", "CMYK", "P")[number % 4]
        suffix = ("jpg", "JPG", "jpeg", "png")[number % 4]
        picture.convert(mode).save(folder / f"photo {number}.{suffix}")
    (folder / "cut.jpg").write_bytes((folder / "photo 0.jpg").read_bytes()[:500])


def test_photographs_through_4_1_and_8_1(walk):
    photos(walk.files, 90)
    assert "90 pictures taken" in walk.bring("bricks")
    printed = walk.run(
        "01_dcgan",
        CHANNELS=8,
        LATENT_DIM=8,
        BATCH_SIZE=16,
        EPOCHS=1,
        VALIDATION_SIZE=25,
        TEST_SIZE=25,
        EVAL_SIZE=25,
        REFERENCE_DRAWS=2,
        TWO_SAMPLE_EPOCHS=1,
        TWO_SAMPLE_SEEDS=1,
    )
    assert "40 training images, 25 to watch" in printed and "no judge" in printed
    assert "90 images taken" in walk.bring("fashion_mnist")
    walk.run(
        "01_ddpm",
        last="show_images(samples[:50])",
        WIDTHS=(8, 16),
        BLOCKS=(1, 1),
        EMBEDDING_SIZE=8,
        BATCH_SIZE=16,
        EPOCHS=1,
        VALIDATION_SIZE=16,
        WATCH_SIZE=16,
        EVAL_SIZE=15,
        BOUND_SIZE=15,
        SAMPLING_STEPS=2,
    )


def test_texts_through_5_1(walk):
    rng = np.random.default_rng(0)
    for number in range(90):
        lines = [" ".join(rng.choice(WORDS, 6)).capitalize() + "." for _ in range(4)]
        (walk.files / f"{' '.join(rng.choice(WORDS, 2))} {number}.txt").write_text(
            "\n".join(lines)
        )
    assert "90 texts taken" in walk.bring("recipes")
    printed = walk.run(
        "01_lstm",
        VOCABULARY=800,
        LENGTH=40,
        UNITS=16,
        EMBEDDING_DIM=8,
        EPOCHS=1,
        VALIDATION_SIZE=20,
        TEST_SIZE=20,
        BATCH_SIZE=8,
        COMPARE_SIZE=8,
        COMPARE_SEEDS=[1],
        EVAL_SIZE=8,
    )
    assert "90 different recipes" in printed and "50 recipes to train on" in printed


def test_tunes_through_11_1(walk):
    rng = np.random.default_rng(0)
    for number in range(20):
        pitches = 60 + np.abs(np.cumsum(rng.integers(-3, 4, 60))) % 20
        ends = np.cumsum(rng.choice([0.25, 0.5, 1.0], len(pitches)))
        starts = np.concatenate([[0], ends[:-1]])
        notes = list(zip(starts, ends, pitches.tolist(), strict=True))
        own_data.write_midi([notes], walk.files / f"tune {number}.MID")
    assert "20 pieces taken" in walk.bring("cellosuites")
    printed = walk.run(
        "01_music_transformer",
        WINDOW=32,
        EMBEDDING_DIM=16,
        HEADS=2,
        BLOCKS=1,
        BATCH_SIZE=8,
        EPOCHS=1,
        PASSES=1,
        CLIP_SECONDS=2,
        VALIDATION_SHARE=0.1,
        TEST_SHARE=0.15,
        REFERENCE_DRAWS=2,
    )
    assert "20 melodies, 1,200 events" in printed
