"""Stand-in for MNIST: the real handwritten digits that scikit-learn ships, enlarged.

Source: the 1,797 digits of 8x8 pixels of ``sklearn.datasets.load_digits``, which are
the test part of "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak,
1998, UCI Machine Learning Repository, CC BY 4.0). Every image here is one of those
digits, smoothly enlarged to MNIST's 20-pixel box, turned, sheared and stretched a
little, and placed in 28x28 by its centre of mass, as in MNIST.
"""

from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

SEED = 8
TRAIN_SIZE = 6000
TEST_SIZE = 1000
# Stored writer after writer, so most of the last ones are by other hands.
TRAIN_DIGITS = 1500
SIDE = 28
BOX = 20  # height of a digit in it
FINE = 4  # subpixels along a pixel's side while a digit is drawn
PAD = 3  # empty source pixels around a digit, room for the jitter


def draw(digit: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Enlarge one digit with a random small affine change.

    digit: (8, 8), ink from 0 to 16. Returns (28, 28) uint8, white ink on black.
    """
    source = np.pad(digit / 16, PAD)
    around = sum(np.roll(source, step, axis) for step in (1, -1) for axis in (0, 1))
    # Strokes are wider than a pen's here: keep what stands out from its neighbours.
    source = (source + 0.6 * (source - around / 4)).astype("float32")
    side = SIDE * FINE
    # From a point of the fine canvas back to a point of the source.
    angle, shear = rng.normal(0, 0.08), rng.normal(0.1, 0.12)
    enlarge = FINE * BOX / 8 * np.exp(rng.normal([0.1, 0], [0.1, 0.05]))
    turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    matrix = np.array(turn) @ [[1, shear], [0, 1]] / enlarge
    offset = len(source) / 2 - matrix @ [side / 2, side / 2]
    fine = Image.fromarray(source).transform(
        (side, side),
        Image.Transform.AFFINE,
        np.column_stack([matrix, offset]).ravel().tolist(),
        Image.Resampling.BICUBIC,
    )
    # The source counts ink per block: a soft threshold gives strokes back their edge,
    # and its level decides how thick the pen is.
    level, softness = rng.uniform(0.45, 0.62), 0.08
    ink = 1 / (1 + np.exp((level - np.asarray(fine, "float64")) / softness))
    image = ink.reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3))
    centre = np.array(
        [np.average(index, weights=image) for index in np.indices((SIDE, SIDE))]
    )
    shift = np.round((SIDE - 1) / 2 - centre).astype(int)
    image = np.roll(image, shift, axis=(0, 1))
    return np.round(255 * np.clip((image - 0.04) / 0.94, 0, 1)).astype("uint8")


def make(folder: Path, share: float = 1.0) -> None:
    """Write mnist.npz: x_train (6000, 28, 28), y_train (6000,), x_test, y_test, uint8.

    No source digit is in both splits. A share makes both smaller.
    """
    digits, labels = load_digits(return_X_y=True)
    digits = digits.reshape(-1, 8, 8)
    rng = np.random.default_rng(SEED)
    arrays = {}
    for split, members, size in (
        ("train", np.arange(TRAIN_DIGITS), int(TRAIN_SIZE * share)),
        ("test", np.arange(TRAIN_DIGITS, len(digits)), int(TEST_SIZE * share)),
    ):
        order = rng.permutation(np.resize(members, size))
        arrays[f"x_{split}"] = np.stack([draw(digits[index], rng) for index in order])
        arrays[f"y_{split}"] = labels[order].astype("uint8")
    np.savez_compressed(folder / "mnist.npz", **arrays)
