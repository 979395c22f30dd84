"""download.py --from: a reader's own files, as odd as they come."""

import json
import os
import struct
import subprocess
import tarfile

import numpy as np
import pytest
from PIL import Image

import download
import notebook_file
import own_data
from loopback import data_fixture, make_zip, snapshot  # noqa: F401

ENTRIES = download.registry()


@pytest.fixture(name="own")
def own_fixture(data, tmp_path, monkeypatch):
    """The command line with the real registry, and a folder `own.files` of files."""
    monkeypatch.setattr(download, "REGISTRY", download.ROOT / "scripts/datasets.toml")
    data.files = tmp_path / "My files"
    data.files.mkdir()

    def bring(name, *arguments, code=0):
        result = data.run(name, "--from", str(data.files), *arguments)
        assert result.code == code, result.text
        if code == 0:
            folder = data.folder / name
            assert download.read_source(folder)["kind"] == "own"
            assert download.complaint(folder, ENTRIES.get(name)) is None
        beside = {p.name for p in data.folder.glob(".*")}
        assert all(hidden.endswith(".lock") for hidden in beside)
        return result.text

    data.bring = bring
    return data


def photo(seed, size=(24, 20), mode="RGB"):
    shape = (size[1], size[0], 3) if mode == "RGB" else size[::-1]
    return Image.fromarray(
        np.random.default_rng(seed).integers(256, size=shape).astype("uint8"), mode
    )


def photos(folder, count, first=0):
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(first, first + count):
        photo(seed).save(folder / f"{seed}.jpg")


# Pictures.


def test_pictures_of_every_kind(own):
    def halves(width):  # left half red, right half blue
        image = Image.new("RGB", (width, 20), "red")
        image.paste("blue", (width // 2, 0, width, 20))
        return image

    exif = Image.Exif()
    exif[274] = 6  # to be turned by 90 degrees to the right
    turned = halves(40).transpose(Image.Transpose.ROTATE_90)
    turned.save(own.files / "turned.JPG", exif=exif, quality=100)
    halves(42).save(own.files / "plain.jpeg", quality=100)
    halves(44).save(own.files / "webp named.jpg", "WEBP", lossless=True)
    halves(46).convert("CMYK").save(own.files / "cmyk.jpg", quality=100)
    halves(48).quantize(4).save(own.files / "palette.png")
    halves(50).save(own.files / "bitmap.bmp")
    frames = [halves(52).quantize(4), Image.new("P", (52, 20))]
    frames[0].save(own.files / "moving.gif", save_all=True, append_images=frames[1:])
    own.bring("flowers")
    found = sorted((own.folder / "flowers").rglob("*.jpg"))
    assert len(found) == 7
    for path in found:
        pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
        assert len(pixels) == 20 and pixels.shape[1] >= 40, path
        left, right = pixels[:, :18].mean((0, 1)), pixels[:, -18:].mean((0, 1))
        assert left[0] > 200 > 60 > left[2], path
        assert right[2] > 200 > 60 > right[0], path


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_laid_on_white(own, mode):
    image = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 8, 4))
    image.convert(mode).save(own.files / "a.png")
    own.bring("bricks")
    (path,) = (own.folder / "bricks" / "dataset").iterdir()
    pixels = np.asarray(Image.open(path).convert("RGB"))
    assert (pixels[6] == 255).all() and (pixels[1] != 255).any()


def test_sixteen_bits_become_eight(own):
    levels = np.linspace(0, 65_535, 64).reshape(8, 8).astype("uint16")
    Image.fromarray(levels).save(own.files / "deep.png")
    own.bring("bricks")
    image = Image.open(own.folder / "bricks" / "dataset" / "deep.png")
    assert image.mode == "L"
    np.testing.assert_array_equal(np.asarray(image), np.rint(levels / 257))


def test_large_pictures_are_reduced_and_bricks_cut_square(own):
    Image.linear_gradient("L").resize((1600, 1200)).save(own.files / "photo.jpg")
    own.bring("bricks")
    path = own.folder / "bricks" / "dataset" / "photo.png"
    assert Image.open(path).size == (own_data.SIDE, own_data.SIDE)
    own.bring("faces")
    (path,) = (own.folder / "faces").rglob("*.jpg")
    assert min(Image.open(path).size) == own_data.SIDE


def test_what_is_whole_is_copied_byte_for_byte(own):
    photos(own.files, 2)
    before = snapshot(own.files)
    own.bring("faces")
    found = sorted((own.folder / "faces").rglob("*.jpg"))
    assert [p.read_bytes() for p in found] == [before["0.jpg"], before["1.jpg"]]
    assert snapshot(own.files) == before


def test_bad_files_are_named_and_left_out(own):
    photos(own.files, 3)
    whole = (own.files / "0.jpg").read_bytes()
    (own.files / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (own.files / "empty.png").touch()
    (own.files / "page.jpg").write_text("<html>")
    (own.files / "._0.jpg").write_bytes(whole)
    (own.files / "notes.pdf").write_text("x")
    (own.files / "phone.HEIC").write_text("x")
    (own.files / "copy.jpg").write_bytes(whole)
    os.mkfifo(own.files / "pipe.jpg")
    (own.files / "nowhere.jpg").symlink_to("gone")
    text = own.bring("bricks")
    assert "3 pictures taken" in text and "9 left out" in text
    for reason, names in {
        "damaged or no picture": "cut.jpg, empty.png, page.jpg",
        "hidden, made by the system": "._0.jpg",
        "no picture by its name": "notes.pdf",
        "exported as JPEG first": "phone.HEIC",
        "there twice, taken once": "copy.jpg",
        "no ordinary file": "nowhere.jpg, pipe.jpg",
    }.items():
        assert f"{reason}: {names}" in text
    assert "TEST_SIZE + VALIDATION_SIZE = 2,000: with 3, lower" in text


def test_only_ten_are_named(own):
    photos(own.files, 1)
    for number in range(14):
        (own.files / f"bad{number:02}.png").touch()
    text = own.bring("bricks")
    assert "bad09.png and 4 more" in text and "bad10" not in text


def test_names_that_meet_or_are_odd(own):
    for number, name in enumerate(["a/x", "b/x", "c/X", "d/ü ß\n", "e/" + "n" * 200]):
        path = own.files / f"{name}.png"
        path.parent.mkdir()
        photo(number).save(path)
    photo(9).save(os.fsencode(own.files) + b"/\xff.png")
    own.bring("bricks")
    names = [p.name for p in (own.folder / "bricks" / "dataset").iterdir()]
    assert len({name.lower() for name in names}) == 6
    assert {"x.png", "x-2.png"} < set(names)


# Classes and tables.


def test_folders_as_classes(own):
    photos(own.files / "pets" / "cats", 20)
    photos(own.files / "pets" / "dogs", 20, 100)
    photos(own.files / "pets" / "a bird", 1, 200)
    own.bring("flowers")
    folder = own.folder / "flowers"
    names = json.loads((folder / "cat_to_name.json").read_text())
    assert names == {"1": "a bird", "2": "cats", "3": "dogs"}
    for label in ("2", "3"):
        counts = {
            split: len(list((folder / "dataset" / split / label).iterdir()))
            for split in ("train", "valid", "test")
        }
        assert counts == {"train": 16, "valid": 2, "test": 2}
    assert len(list((folder / "dataset" / "train" / "1").iterdir())) == 1


def test_splits_and_numbers_that_are_there_are_kept(own):
    photos(own.files / "dataset" / "train" / "21", 2)
    photos(own.files / "dataset" / "valid" / "21", 2, 10)
    photos(own.files / "dataset" / "test", 2, 20)
    (own.files / "cat_to_name.json").write_text('{"21": "fire lily", "3": "thorn"}')
    own.bring("flowers")
    found = {
        p.relative_to(own.folder / "flowers").as_posix()
        for p in own.folder.rglob("*.jpg")
    }
    assert found == {
        *("dataset/train/21/0.jpg", "dataset/train/21/1.jpg"),
        *("dataset/valid/21/10.jpg", "dataset/valid/21/11.jpg"),
        *("dataset/test/20.jpg", "dataset/test/21.jpg"),
    }
    assert "fire lily" in (own.folder / "flowers" / "cat_to_name.json").read_text()


def test_faces_with_a_table(own):
    photos(own.files, 4)
    rows = ["image_id,Smiling,Male,Eyeglasses,Blond_Hair,Wearing_Hat"]
    rows += ["0.jpg,1,0,1,0,0", "1.jpg,-1,1,true,no,yes", "2.jpg,1,,1,1,1"]
    (own.files / "list_attr_celeba.csv").write_text("\n".join(rows))
    text = own.bring("faces")
    assert "without a row of 1 and -1 in the table: 2.jpg, 3.jpg" in text
    assert "2 pictures taken" in text
    assert "only 0 pictures have Blond_Hair +1 and Wearing_Hat +1" in text
    table = (own.folder / "faces" / "list_attr_celeba.csv").read_text().splitlines()
    assert table[1:] == ["0.jpg,1,-1,1,-1,-1", "1.jpg,-1,1,1,-1,1"]


def test_faces_without_a_table(own):
    photos(own.files / "cats", 2)
    photos(own.files / "dogs", 1, 5)
    text = own.bring("faces")
    assert "lacks Blond_Hair, Eyeglasses, Male, Smiling, Wearing_Hat" in text
    table = (own.folder / "faces" / "list_attr_celeba.csv").read_text().splitlines()
    assert table == ["image_id,cats,dogs", "0.jpg,1,-1", "1.jpg,1,-1", "5.jpg,-1,1"]


# Arrays.


def arrays_of(own, name="fashion_mnist"):
    with np.load(own.folder / name / f"{name}.npz") as file:
        return dict(file)


def test_floats_of_zero_to_one_become_levels(own):
    images = np.linspace(0, 1, 12 * 784).reshape(12, 28, 28, 1)
    np.savez(own.files / "a.npz", images=images, labels=np.array(list("abcabcabcabc")))
    text = own.bring("fashion_mnist")
    found = arrays_of(own)
    assert found["x_train"].shape == (10, 28, 28) and found["x_test"].shape[0] == 2
    assert found["x_train"].dtype == "uint8" and found["x_train"].max() > 200
    assert set(found["y_train"]) == {0, 1, 2} and "label 1: b" in text


def test_items_are_in_one_split_only(own):
    x = np.arange(6, dtype="uint8")[:, None, None] * np.ones((1, 28, 28), "uint8")
    np.savez(
        own.files / "a.npz",
        x_train=x,
        y_train=x[:, 0, 0],
        x_test=x[:2],
        y_test=x[:2, 0, 0],
    )
    assert "there twice, taken once: image 0, image 1" in own.bring("mnist")
    found = arrays_of(own, "mnist")
    assert found["y_train"].tolist() == [2, 3, 4, 5]
    assert found["y_test"].tolist() == [0, 1]


def test_channels_first_and_one_file(own):
    images = np.random.default_rng(0).integers(256, size=(6, 3, 32, 32)).astype("uint8")
    np.save(own.files / "a.npy", images)
    own.files /= "a.npy"
    own.bring("cifar10")
    found = arrays_of(own, "cifar10")
    assert found["x_train"].shape == (5, 32, 32, 3) and found["y_train"].shape == (5, 1)
    whole = np.concatenate([found["x_train"], found["x_test"]])
    assert sorted(x.sum() for x in whole) == sorted(x.sum() for x in images)


@pytest.mark.parametrize(
    ("array", "word"),
    [
        (np.zeros((5, 27, 28)), "(5, 27, 28)"),
        (np.full((5, 28, 28), 300), "0 to 255"),
        (np.full((5, 28, 28), -0.5), "0 to 255"),
        (np.full((5, 28, 28), np.nan), "0 to 255"),
        (np.array([{}] * 5), "cannot be read as arrays"),
        (np.zeros((0, 28, 28)), "(0, 28, 28)"),
        (np.array(list("abcde")), "expected: images (n, 28, 28)"),
    ],
)
def test_arrays_that_are_refused(own, array, word):
    np.save(own.files / "a.npy", array)
    text = own.bring("mnist", code=1)
    assert word in text and len(text.splitlines()) == 1


def test_labels_that_are_refused(own):
    x = np.random.default_rng(0).integers(256, size=(12, 28, 28))
    np.savez(own.files / "a.npz", x=x, y=np.arange(11))
    assert "expected: (12,)" in own.bring("mnist", code=1)
    np.savez(own.files / "a.npz", x=x, y=np.arange(12) * 5)
    assert "12 classes" in own.bring("mnist", code=1)
    np.savez(own.files / "a.npz", other=x)
    assert "holds other, expected: x_train" in own.bring("mnist", code=1)


def test_pictures_as_arrays(own):
    photos(own.files / "cats", 6)
    photos(own.files / "dogs", 6, 50)
    text = own.bring("cifar10")
    found = arrays_of(own, "cifar10")
    assert found["x_train"].shape == (10, 32, 32, 3)
    assert found["y_test"].ravel().tolist() == [0, 1] and "label 1: dogs" in text


# Texts.


def recipes_of(own):
    path = own.folder / "recipes" / "full_format_recipes.json"
    return [(r["title"], r["directions"]) for r in json.loads(path.read_text("utf-8"))]


def test_a_string_is_one_step(own):
    records = [
        {"title": "x", "directions": "Preheat oven."},
        {"name": "y", "instructions": [{"text": "Stir."}, None, " ", "Eat."]},
        {"title": "copy", "directions": ["Preheat oven."]},
        {"title": "empty", "directions": []},
        {"text": "No name."},
        "Bare text.",
        7,
    ]
    (own.files / "a.json").write_text(json.dumps(records))
    text = own.bring("recipes")
    assert recipes_of(own) == [
        ("x", ["Preheat oven."]),
        ("y", ["Stir.", "Eat."]),
        ("untitled", ["No name."]),
        ("untitled", ["Bare text."]),
        ("untitled", ["7"]),
    ]
    assert "there twice, taken once: a.json:3" in text
    assert "without text in “directions”: a.json:4" in text


@pytest.mark.parametrize("suffix", [".jsonl", ".json"])
def test_json_lines(own, suffix):
    lines = [
        '{"title": "a", "text": "One."}',
        "{broken",
        '{"title": "b", "text": "Two."}',
    ]
    (own.files / f"a{suffix}").write_text("\n".join(lines))
    assert f"cannot be read: a{suffix}:2" in own.bring("recipes")
    assert recipes_of(own) == [("a", ["One."]), ("b", ["Two."])]


def test_broken_json_is_named(own):
    (own.files / "a.json").write_text('[{"title": "a", "directions": ["On')
    (own.files / "b.json").write_text("[" * 100_000)
    (own.files / "c.json").write_text('{"recipes": [{"title": "c", "text": "Three."}]}')
    text = own.bring("recipes")
    assert "a.json:1" in text and "b.json:1" in text
    assert recipes_of(own) == [("c", ["Three."])]


def test_csv_with_a_column_mapping(own):
    table = (
        "\ufeffDish;Body;Stars\nSoup;Boil; 5\nSoup;Boil;5\nTea;\nPie;Bake, then eat;4\n"
    )
    (own.files / "a.csv").write_text(table)
    text = own.bring("recipes", "--columns", "title=Dish,directions=stars")
    assert ("Soup", ["5"]) in recipes_of(own)
    assert "cannot be read: a.csv:4" in text
    own.bring("recipes", "--columns", "title=dish")
    assert recipes_of(own) == [("Soup", ["Boil"]), ("Pie", ["Bake, then eat"])]
    text = own.bring("recipes", "--columns", "titel=dish", code=1)
    assert "titel, but recipes has the fields title, directions" in text
    assert "a=COLUMN" not in own.bring("recipes", "--columns", "dish", code=2)
    (own.files / "a.csv").write_text("Dish,Method used\nSoup,Boil\n")
    text = own.bring("recipes", code=1)
    assert "in the columns Dish, Method used" in text and "--columns title=" in text


def test_a_folder_of_texts(own):
    (own.files / "short.txt").write_text("One sentence. Two.", "utf-16")
    (own.files / "old.txt").write_bytes("Grüße.".encode("cp1252"))
    (own.files / "long.md").write_text(
        "\n".join(f"Line {n} of a poem" for n in range(60))
    )
    (own.files / "picture.txt").write_bytes(b"\x89PNG\0\0")
    (own.files / "book.pdf").touch()
    text = own.bring("recipes")
    found = dict(recipes_of(own))
    assert found["short"] == ["One sentence.", "Two."] and found["old"] == ["Grüße."]
    assert {"long 1", "long 2", "long 3"} <= set(found)
    assert [s for t in found if t[:4] == "long" for s in found[t]][
        59
    ] == "Line 59 of a poem"
    assert "old.txt is not UTF-8" in text and "no text inside: picture.txt" in text


def test_wines(own):
    table = "description,Country,grape\nDry.,Chile,Malbec\nSweet.,,Riesling\n"
    (own.files / "a.csv").write_text(table)
    text = own.bring("wines", "--columns", "variety=grape")
    path = own.folder / "wines" / "winemag-data-130k-v2.json"
    first, second = json.loads(path.read_text())
    assert (first["country"], first["variety"]) == ("Chile", "Malbec")
    assert second["country"] == first["province"] == "unknown"
    assert "1 have no country" in text


# Music.


def midi(tracks, kind=1, division=480, name=b"MThd"):
    """A MIDI file of tracks: lists of (wait in ticks, bytes of an event)."""
    content = name + struct.pack(">IHHH", 6, kind, len(tracks), division)
    for events in tracks:
        track = b"".join(
            bytes([0x80 | wait >> 7, wait & 127]) + event for wait, event in events
        )
        track += b"\0\xff\x2f\0"
        content += b"MTrk" + struct.pack(">I", len(track)) + track
    return content


def tune(pitches, channel=0, length=240):
    events = [(0, b"\xff\x03\x05Drums"), (0, bytes([0xC0 | channel, 115]))]
    for pitch in pitches:
        events.append((0, bytes([0x90 | channel, pitch, 80])))
        events.append((length, bytes([pitch, 0])))  # running status, velocity 0
    return events


SCALE = list(range(60, 80))


def test_midi_of_all_types(own):
    drums = tune([38] * 20, channel=9)
    (own.files / "zero.mid").write_bytes(midi([tune(SCALE[1:]) + drums], kind=0))
    (own.files / "one.MIDI").write_bytes(midi([tune(SCALE[:19]), drums], kind=1))
    (own.files / "two.MID").write_bytes(
        midi([tune(SCALE[:9]), tune(SCALE[9:])], kind=2)
    )
    own.bring("cellosuites")
    folder = own.folder / "cellosuites"
    for name, expected in (("zero", SCALE[1:]), ("one", SCALE[:19]), ("two", SCALE)):
        parts = own_data.read_midi((folder / f"{name}.mid").read_bytes())
        notes = sorted(note for part in parts for note in part)
        assert [pitch for _, _, pitch in notes] == expected, name
        assert [note[:2] for note in notes[:2]] == [(0.0, 0.5), (0.5, 1.0)]


def test_signatures_of_tunes_are_kept(own):
    """Metre and key of the file's first track; an upbeat is what comes before."""
    metre, sharps = bytes([6, 3, 36, 8]), bytes([256 - 3, 0])
    signed = [(0, b"\xff\x58\x04" + metre), (0, b"\xff\x59\x02" + sharps)]
    later = [(0, b"\xff\x58\x04" + bytes([4, 2, 24, 8]))]
    silence = [(480, b"\xff\x01\x00")]  # an empty text after a quarter note
    file = midi([signed, silence + tune(SCALE) + later])
    (own.files / "jig.mid").write_bytes(file)
    own.bring("cellosuites")
    content = (own.folder / "cellosuites" / "jig.mid").read_bytes()
    signatures = {}
    [part] = own_data.read_midi(content, signatures)
    assert signatures == {0x58: metre, 0x59: sharps}
    assert part[0] == (1.0, 1.5, 60)


def test_bad_tunes_are_named(own):
    good = midi([tune(SCALE)])
    for name, content in {
        "a.mid": good,
        "b.mid": good,
        "._x.mid": good,
        "page.mid": b"<html>",
        "cut.mid": good[:-30],
        "stub.mid": good[:20],
        "odd.mid": midi([[(0, b"\x40\x40")]]),
        "drums.mid": midi([tune([38] * 20, channel=9)]),
        "few.mid": midi([tune(SCALE[:5])]),
        "a.mp3": b"ID3",
    }.items():
        (own.files / name).write_bytes(content)
    text = own.bring("cellosuites")
    assert "1 pieces taken" in text
    assert "hidden, made by the system: ._x.mid" in text
    assert "damaged or no MIDI file: cut.mid, odd.mid, page.mid" in text
    assert "there twice, taken once: b.mid" in text
    assert "drums.mid, few.mid" in text and "no MIDI file by its name: a.mp3" in text


def test_chorales_of_tunes(own):
    for number in range(10):
        voices = [[p + number] * 4 for p in (72, 65, 60, 48)]
        tracks = [tune(voice, length=480 * 4) for voice in voices]
        (own.files / f"{number}.mid").write_bytes(midi(tracks))
    (own.files / "high.mid").write_bytes(midi([tune([120] * 20, length=480)]))
    assert "beyond MIDI pitches 36 to 83: high.mid" in own.bring("chorales")
    path = own.folder / "chorales" / "Jsb16thSeparated.json"
    found = json.loads(path.read_text())
    assert {split: len(part) for split, part in found.items()} == {
        "train": 6,
        "valid": 2,
        "test": 2,
    }
    piece = found["train"][0]
    assert len(piece) == 64 and np.ptp(piece, axis=0).tolist() == [0] * 4
    assert (np.array(piece[0]) - piece[0][0]).tolist() == [0, -7, -12, -24]


def test_chorales_of_json(own):
    parts = {
        split: [[[60 + n + k, 55, 50, -1]] * 40 for n in range(3)]
        for k, split in enumerate(("train", "valid", "test"), 5)
    }
    parts["train"].append([[60, 55]] * 40)
    parts["test"].append("x")
    (own.files / "a.json").write_text(json.dumps(parts))
    assert "a.json:4, a.json:11" in own.bring("chorales")
    path = own.folder / "chorales" / "Jsb16thSeparated.json"
    found = json.loads(path.read_text())
    assert found["train"] == parts["train"][:3]
    (own.files / "a.json").write_text(json.dumps(parts["test"][:2]))
    assert "2 pieces could be used" in own.bring("chorales", code=1)


# Where files come from, and what stood there.


@pytest.mark.parametrize("kind", [".zip", ".ZIP", ".tar.gz"])
def test_archives(own, kind):
    photos(own.files / "cats", 3)
    archive = own.files.with_name(f"cats{kind}")
    if kind == ".tar.gz":
        with tarfile.open(archive, "w:gz") as file:
            file.add(own.files, "cats")
    else:
        archive.write_bytes(make_zip(snapshot(own.files)))
    own.files = archive
    assert "3 pictures taken" in own.bring("bricks")


@pytest.mark.parametrize(
    "content",
    [b"no archive", make_zip({"../evil.jpg": b"1"}), make_zip({"a": b"1"})[:40]],
)
def test_archives_that_are_refused(own, content):
    own.files = own.files.with_name("cats.zip")
    own.files.write_bytes(content)
    before = own.old("bricks", kind="own")
    text = own.bring("bricks", code=1)
    assert "cats.zip is" in text and "unpack it yourself" in text
    assert own.files.read_bytes() == content
    assert snapshot(own.folder / "bricks") == before


def test_what_stood_there_is_kept_and_named(own):
    photos(own.files, 1)
    before = own.old("bricks")
    text = own.bring("bricks", "--as", "bricks")
    assert "bricks.before" in text
    assert snapshot(own.folder / "bricks.before") == before
    assert "there already" in own.bring("bricks")
    photo(7).save(own.files / "new.png")
    assert "bricks.before-2" in own.bring("bricks")


def test_a_new_name_as_a_set(own):
    photos(own.files, 1)
    for arguments in (["cats"], []):
        result = own.run(*arguments, "--from", str(own.files), "--as", "bricks")
        assert result.code == 0, result.text
        assert download.read_source(own.folder / "bricks")["kind"] == "own"
    result = own.run("cats", "--from", str(own.files))
    assert result.code == 0 and (own.folder / "cats" / "dataset" / "0.png").exists()
    rows = {line.split()[0]: line for line in own.run("--list").text.splitlines()}
    assert "own" in rows["cats"] and "own" in rows["bricks"]
    assert own.run("cats", "--or-stand-in").code == 0
    assert own.run("cats", "--preview", str(own.folder / "a.png")).code == 0
    result = own.run("cats", "--force")
    assert result.code == 1 and "--from" in result.text


def test_as_a_notebook_reads_it(own, tmp_path):
    photos(own.files, 1)
    path = tmp_path / "A notebook.ipynb"
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": []}
    cell |= {"source": 'data_folder("bricks")', "execution_count": None}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook))
    assert own.run("--from", str(own.files), "--as", str(path)).code == 0
    assert (own.folder / "bricks" / "dataset" / "0.png").exists()
    assert own.run("--from", str(own.files), "--as", "no.ipynb").code == 2


def test_adopting_what_was_put_there_by_hand(own):
    folder = own.folder / "bricks"
    photos(folder, 2)
    (folder / "cut.jpg").write_bytes(b"\xff\xd8")
    before = snapshot(folder)
    result = own.run("bricks", "--stand-in")
    assert result.code == 1
    assert "holds 3 files (0 dataset/*.png), but no source.json" in result.text
    assert "bricks --from" in result.text
    own.files = folder
    text = own.bring("bricks")
    assert "2 pictures taken" in text and "cut.jpg" in text
    assert snapshot(own.folder / "bricks.before") == before
    assert len(list((folder / "dataset").iterdir())) == 2


def test_nothing_to_take(own):
    before = own.old("bricks")
    assert "nothing in" in own.bring("bricks", code=1)
    (own.files / "a.jpg").write_text("x")
    assert "damaged or no picture: a.jpg" in own.bring("bricks", code=1)
    assert snapshot(own.folder / "bricks") == before
    own.files /= "gone"
    assert "there is nothing at" in own.bring("bricks", code=1)
    own.files = own.folder.parent
    assert "holds the data folder itself" in own.bring("bricks", code=1)


def test_disk_full_while_importing(own, monkeypatch):
    photos(own.files, 1)
    before = own.old("bricks")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    assert "the disk is full" in own.bring("bricks", code=1)
    assert snapshot(own.folder / "bricks") == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["--as", "bricks"],
        ["bricks", "faces", "--from", "x"],
        ["--from", "x"],
        ["a/b", "--from", "x"],
        ["..", "--from", "x"],
        ["--from", "x", "--as", "brick"],
        ["bricks", "--from", "x", "--stand-in"],
        ["--all", "--from", "x"],
        ["bricks", "--columns", "a=b"],
    ],
)
def test_command_lines_that_are_refused(own, arguments):
    result = own.run(*arguments)
    assert result.code == 2 and not own.folder.exists()


def test_make_run_with_own_files(own):
    command = ["make", "-n", "run", "NB=a b.ipynb", f"DATA={own.files}"]
    done = subprocess.run(command, cwd=download.ROOT, capture_output=True, text=True)
    assert f'--from "{own.files}" --as "a b.ipynb"' in done.stdout
    command = ["make", "-n", "data", "NAME=bricks", f"FROM={own.files}"]
    done = subprocess.run(command, cwd=download.ROOT, capture_output=True, text=True)
    assert f'bricks \\\n  --from "{own.files}"' in done.stdout


@pytest.mark.parametrize("value", ["", "sub/data", "~/data"])
def test_gdl_data_means_the_same_everywhere(monkeypatch, value):
    monkeypatch.setenv("GDL_DATA", value)
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.chdir("/")
    assert download.parse(["--list"]).data_dir == notebook_file.data_dir()
