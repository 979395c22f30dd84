"""The captioned scenes: 32×32 pictures of one or two shapes, and sentences about them.

No original stands behind them, so this is no stand-in: the generator is the set. Each
picture has three sentences: a whole one, one with words left out, a vague one. Eight of
the 32 pairs of colour and shape are held out of training and validation, so that a
model must put together what it has only met apart. The labels are true. A network that
judges what a model draws learns from a split of its own, `judge`, with all the pairs:
one that never met a red triangle reads something else where it sees one.
"""

import json
from pathlib import Path

import numpy as np

SEED = 131
SIZES = {"train": 40_000, "validation": 1_000, "test": 1_000, "held_out": 1_000}
SIZES["judge"] = 20_000
SIDE = 32
PAINTS = {
    "red": (219, 36, 41),
    "purple": (150, 66, 222),
    "yellow": (242, 227, 51),
    "green": (46, 173, 66),
    "cyan": (51, 204, 219),
    "blue": (51, 84, 235),
    "pink": (242, 115, 191),
    "white": (245, 245, 245),
}
WORDS = {
    "colours": list(PAINTS),
    "shapes": ["square", "triangle", "cross", "ring"],
    "sizes": ["small", "large"],
    "places": ["top left", "top right", "bottom left", "bottom right", "middle"],
    "relations": ["left of", "right of", "above", "below"],
}
HELD_OUT = [(colour, (3 * colour + 1) % 4) for colour in range(8)]
COLUMNS = ["count", "colour", "shape", "size"]
COLUMNS += ["colour_2", "shape_2", "size_2", "where"]
CENTRES = np.array([(9, 9), (23, 9), (9, 23), (23, 23), (16, 16)], "float32")
RADII = np.array([(4.5, 5.3), (7.2, 8.0)], "float32")  # small, large
CHUNK = 2_000  # pictures drawn at once
SINGLE = 0.5, 0.2  # share of single shapes, in training and elsewhere


def is_held_out(colour, shape):
    """Whether pairs of colour and shape, arrays of indices, stay out of training."""
    return np.asarray(shape) == (3 * np.asarray(colour) + 1) % 4


def _draw_labels(count, single, held_out, rng):
    """Labels (count, 8), int8, with the columns COLUMNS; -1 where there is no second.

    held_out: whether the first shape is of a pair held out, or neither is; None: any.
    """
    first, second = rng.integers(0, (8, 4, 2), (2, 4 * count + 200, 3))
    if held_out:
        first[:, 1] = (3 * first[:, 0] + 1) % 4
    good = np.full(len(first), True)
    if held_out is not None:
        good = is_held_out(*first[:, :2].T) == held_out
        good &= ~is_held_out(*second[:, :2].T)
    good &= (first[:, :2] != second[:, :2]).all(axis=1)
    first, second = first[good][:count], second[good][:count]
    alone = rng.random(count) < single
    where = np.where(alone, rng.integers(0, 5, count), rng.integers(0, 4, count))
    second[alone] = -1
    labels = np.column_stack([np.where(alone, 1, 2), first, second, where])
    return labels.astype("int8")


def scene_keys(labels):
    """What is to be seen, as tuples: `a left of b` and `b right of a` are one."""
    keys = []
    for count, *things, where in labels.tolist():
        first, second = tuple(things[:3]), tuple(things[3:])
        if count == 2 and where % 2:
            first, second, where = second, first, where - 1
        keys.append((count, first, second, where))
    return keys


def _different(count, held_out, rng):
    """Labels (count, 8) of scenes that all differ, in random order."""
    labels = _draw_labels(3 * count, SINGLE[1], held_out, rng)
    found = {key: row for row, key in reversed(list(enumerate(scene_keys(labels))))}
    return labels[rng.permutation(sorted(found.values())[:count])]


def _outside(shape, x, y, r):
    """How many pixels points lie outside a shape of radius r; below 0 inside."""
    right, down = np.abs(x), np.abs(y)
    square = np.maximum(right, down) - 0.86 * r
    triangle = np.maximum(y - 0.62 * r, 0.88 * right - 0.47 * y - 0.47 * r)
    arms = np.maximum(right, down) - r, np.minimum(right, down) - 0.32 * r
    ring = np.abs(np.hypot(x, y) - 0.74 * r) - 0.26 * r
    return np.choose(shape, [square, triangle, np.maximum(*arms), ring])


def draw(labels, rng):
    """Pictures (n, SIDE, SIDE, 3), uint8, of labels (n, 8)."""
    count = len(labels)

    def u(low, high, *shape):
        return rng.uniform(low, high, (count, *shape)).astype("float32")

    y, x = np.mgrid[:SIDE, :SIDE].astype("float32") + 0.5
    two, where = labels[:, 0] == 2, labels[:, 7]
    # Two shapes lie at the ends of an axis, `across` it about anywhere.
    ends = np.stack([u(8.2, 9, 1), u(23, 23.8, 1)], axis=1)[..., 0]
    across = np.clip(u(10, 22, 1) + u(-2, 2, 2), 9, 23)
    ends = np.where((where % 2 == 1)[:, None], ends[:, ::-1], ends)
    beside = (where < 2)[:, None, None]
    pair = np.stack([ends, across], axis=-1)
    pair = np.where(beside, pair, pair[..., ::-1])
    alone = CENTRES[where][:, None] + u(-1.2, 1.2, 2, 2)
    centres = np.where(two[:, None, None], pair, alone)
    slope = u(-0.08, 0.08, 1, 1) * (x / SIDE - 0.5)
    slope = slope + u(-0.08, 0.08, 1, 1) * (y / SIDE - 0.5)
    picture = u(0.06, 0.26, 1, 1, 1) + u(-0.04, 0.04, 1, 1, 3) + slope[..., None]
    paints = np.array(list(PAINTS.values()), "float32") / 255
    for k in range(2):
        colour, shape, size = labels[:, 1 + 3 * k : 4 + 3 * k].T
        low, high = RADII[size].T
        radius = (low + (high - low) * u(0, 1))[:, None, None]
        turn = u(-0.12, 0.12, 1, 1)
        right, down = x - centres[:, k, 0, None, None], y - centres[:, k, 1, None, None]
        along = np.cos(turn) * right + np.sin(turn) * down
        below = np.cos(turn) * down - np.sin(turn) * right
        outside = _outside(np.maximum(shape, 0)[:, None, None], along, below, radius)
        alpha = np.clip(0.5 - outside, 0, 1) * ((k == 0) | two)[:, None, None]
        paint = paints[colour][:, None, None] * u(0.9, 1.04, 1, 1, 1)
        paint = paint + u(-0.03, 0.03, 1, 1, 3)
        picture += alpha[..., None] * (paint - picture)
    return np.round(255 * np.clip(picture, 0, 1)).astype("uint8")


def _name(thing, said):
    """`a large red ring`, with those of its three words that are to be said."""
    colour, shape, size = thing
    words = [WORDS["sizes"][size], WORDS["colours"][colour], WORDS["shapes"][shape]]
    if not said[2]:
        words[2] = "shape"
    kept = [w for w, keep in zip(words, (*said[:2], True), strict=True) if keep]
    return " ".join(["a", *kept])


def sentences(label, rng):
    """Three sentences on a row of labels: the whole one, a shorter and a vague one."""
    count, *things, where = (int(number) for number in label)
    things = [things[:3], things[3:]][:count]

    def say(said, place=True, turned=False):
        names = [_name(thing, words) for thing, words in zip(things, said, strict=True)]
        if count == 2:
            return f"{names[0]} {WORDS['relations'][where]} {names[1]}"
        if not place:
            return names[0]
        place = f"at the {WORDS['places'][where]}" if where < 4 else "in the middle"
        return f"{place} there is {names[0]}" if turned else f"{names[0]} {place}"

    whole = say([(1, 1, 1)] * count)
    shorter = say(
        [(rng.random() < 0.6, 1, 1) for _ in things],
        rng.random() < 0.7,
        rng.random() < 0.5,
    )
    only = int(rng.integers(3))  # size, colour or shape
    vague = [(only == 0, only == 1, only == 2)] * count
    if count == 2 and rng.random() < 0.5:  # the second is not spoken of
        vague = f"there is {_name(things[0], vague[0])}"
    else:
        vague = say(vague, rng.random() < 0.5)
    return whole, shorter, vague


def make(folder: Path, share: float = 1.0) -> None:
    """Write scenes.npz and words.json.

    scenes.npz: for each split x_… (n, SIDE, SIDE, 3), uint8, y_… (n, 8), int8, and
    captions_… (n, 3), str. words.json: what the numbers of the labels mean, and the
    pairs held out. share: of the numbers in SIZES; above 1 for more.
    """
    arrays = {}
    for number, (split, size) in enumerate(SIZES.items()):
        rng = np.random.default_rng([SEED, number])
        count = int(size * share)
        if split in ("train", "judge"):
            held_out = None if split == "judge" else False
            labels = _draw_labels(count, SINGLE[0], held_out, rng)
        else:
            labels = _different(count, split == "held_out", rng)
        parts = range(0, count, CHUNK)
        pictures = [draw(labels[start : start + CHUNK], rng) for start in parts]
        arrays[f"x_{split}"], arrays[f"y_{split}"] = np.concatenate(pictures), labels
        arrays[f"captions_{split}"] = np.array([sentences(y, rng) for y in labels])
    np.savez_compressed(folder / "scenes.npz", **arrays)
    table = {"columns": COLUMNS, **WORDS, "held_out": HELD_OUT}
    (folder / "words.json").write_text(json.dumps(table, indent=1) + "\n", "utf-8")
