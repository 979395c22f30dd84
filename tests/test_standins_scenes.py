"""The captioned scenes: layout, determinism, and sentences that say what is drawn."""

import hashlib
import json

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier

import download
from standins import scenes

SHARE = 0.05
# Of the labels and sentences of that share; the same on each machine.
CONTENT = "bec2fbb86959afb615e45d7f5bfdfd7c0233ab7062970021ec9dd62f2f25fa71"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a small part of the set."""
    folder = tmp_path_factory.mktemp("scenes")
    scenes.make(folder, SHARE)
    return folder


@pytest.fixture(scope="module")
def arrays(folder):
    with np.load(folder / "scenes.npz") as file:
        return {name: file[name] for name in file.files}


def pairs(labels):
    """The (colour, shape) of each thing, as a set."""
    things = np.concatenate([labels[:, 1:3], labels[labels[:, 0] == 2, 4:6]])
    return {tuple(pair) for pair in things.tolist()}


def test_layout(arrays, folder):
    for split, size in scenes.SIZES.items():
        pictures, labels = arrays[f"x_{split}"], arrays[f"y_{split}"]
        assert pictures.shape == (int(size * SHARE), 32, 32, 3)
        assert pictures.dtype == np.uint8 and labels.dtype == np.int8
        assert labels.shape == (len(pictures), len(scenes.COLUMNS))
        assert arrays[f"captions_{split}"].shape == (len(pictures), 3)
        assert ((labels[:, 0] == 1) == (labels[:, 4] == -1)).all()
    words = json.loads((folder / "words.json").read_text())
    assert words["columns"] == scenes.COLUMNS and len(words["held_out"]) == 8


def test_content_never_changes(arrays):
    total = hashlib.sha256()
    for name in sorted(arrays):
        if not name.startswith("x_"):
            total.update(json.dumps(arrays[name].tolist()).encode())
    assert total.hexdigest() == CONTENT


def test_seed_decides(tmp_path, monkeypatch):
    """The hash above would not notice pictures that ignore the seed."""
    made = []
    for seed in (1, 1, 2):
        monkeypatch.setattr(scenes, "SEED", seed)
        scenes.make(tmp_path, 0.01)
        with np.load(tmp_path / "scenes.npz") as file:
            made.append({name: file[name] for name in file.files})
    for name in made[0]:
        assert np.array_equal(made[0][name], made[1][name])
        assert not np.array_equal(made[0][name], made[2][name])


def test_pairs_held_out_are_met_there_alone(arrays):
    held_out = set(scenes.HELD_OUT)
    assert len({colour for colour, _ in held_out}) == 8
    for split in ("train", "validation", "test"):
        assert not pairs(arrays[f"y_{split}"]) & held_out
    assert pairs(arrays["y_train"]) | held_out == {
        (colour, shape) for colour in range(8) for shape in range(4)
    }
    assert pairs(arrays["y_judge"]) > held_out
    first = arrays["y_held_out"][:, 1:3].tolist()
    assert {tuple(pair) for pair in first} == held_out


def test_scenes_to_measure_on_all_differ(arrays):
    for split in ("validation", "test", "held_out"):
        keys = scenes.scene_keys(arrays[f"y_{split}"])
        assert len(set(keys)) == len(keys)
    turned = np.array([[2, 0, 0, 1, 3, 1, 0, 0], [2, 3, 1, 0, 0, 0, 1, 1]])
    assert len(set(scenes.scene_keys(turned))) == 1  # a left of b, b right of a


def test_sentences_say_what_the_labels_say(arrays):
    words, seen = scenes.WORDS, set()
    for label, said in zip(arrays["y_test"], arrays["captions_test"], strict=True):
        whole, shorter, vague = (set(text.split()) for text in said)
        count, colour, shape, size, *_, where = label
        assert {words["colours"][colour], words["shapes"][shape]} <= whole & shorter
        assert words["sizes"][size] in whole
        place = words["places" if count == 1 else "relations"][where]
        assert place in said[0]
        assert len(vague) < len(whole) and len(shorter - whole) <= 2  # there is
        seen.update(whole | vague)
    assert {"shape", "there", *words["colours"], *words["shapes"]} <= seen


def test_first_named_lies_where_it_is_said(arrays):
    """The colour of a two-shape scene's first thing weighs on the side named."""
    pictures, labels = arrays["x_train"] / 255, arrays["y_train"]
    paints = np.array(list(scenes.PAINTS.values())) / 255
    for relation, (axis, sign) in enumerate([(2, -1), (2, 1), (1, -1), (1, 1)]):
        chosen = (labels[:, 0] == 2) & (labels[:, 7] == relation)
        one, other = (paints[labels[chosen][:, k]][:, None, None] for k in (1, 4))
        near, far = (
            ((pictures[chosen] - paint) ** 2).sum(axis=-1) for paint in (one, other)
        )
        mask = (near < 0.06) & (near < far)
        middle = np.arange(32).reshape((1, -1, 1) if axis == 1 else (1, 1, -1)) - 15.5
        centre = (mask * middle).sum(axis=(1, 2)) / np.maximum(mask.sum((1, 2)), 1)
        assert (np.sign(centre) == sign).mean() > 0.95


def test_shapes_can_be_told_apart(arrays):
    """Of single ones in the middle of the picture, even by trees over their pixels."""
    rng = np.random.default_rng(0)
    labels = np.tile(np.array([1, 0, 0, 1, -1, -1, -1, 4], "int8"), (800, 1))
    labels[:, 1], labels[:, 2] = np.arange(800) % 8, np.arange(800) // 8 % 4
    pictures = scenes.draw(labels, rng).max(axis=-1).reshape(800, -1)
    model = ExtraTreesClassifier(100, random_state=0)
    model.fit(pictures[:400], labels[:400, 2])
    assert model.score(pictures[400:], labels[400:, 2]) > 0.97


@pytest.mark.parametrize(
    ("way", "share", "kind"),
    [(["--stand-in"], 0.01, "subset"), ([], 1.0, "original"), (["--all"], 1.0, None)],
)
def test_what_is_made_here_is_the_original(tmp_path, monkeypatch, way, share, kind):
    monkeypatch.setattr(scenes, "SIZES", dict.fromkeys(scenes.SIZES, 100))
    entry = {"scenes": download.registry()["scenes"]}
    monkeypatch.setattr(download, "registry", lambda: entry)
    names = [] if way == ["--all"] else ["scenes"]
    assert download.main([*names, *way, "--data-dir", str(tmp_path)], share) == 0
    source = json.loads((tmp_path / "scenes" / "source.json").read_text())
    assert source["kind"] == (kind or "original")
    assert source["name"].startswith("Captioned" if share == 1 else "Part of: ")
    assert download.complaint(tmp_path / "scenes", entry["scenes"]) is None
