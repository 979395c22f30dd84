"""A reader's own files in the layout of a data set, for --from of download.py.

Nothing of the reader's is moved or deleted: what can be used is copied, and what is
left out is named with its reason.
"""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import struct
import warnings
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from tqdm import tqdm

import originals
from originals import DataError

SEED = 42
SIDE = 512  # pixels of the shorter side of a picture; larger ones are reduced
WORDS = 80  # of a passage, into which text files are cut
SHORTEST = 16  # notes of a piece
NAMED = 10  # files that are named for each reason
LOWEST, HIGHEST = 36, 83  # MIDI pitches that notebook 11.3 can draw
ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")
PICTURES = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff")
TEXTS = (".txt", ".md", ".json", ".jsonl", ".ndjson", ".csv", ".tsv")
TUNES = (".mid", ".midi", ".kar", ".rmi")
SPLITS = {"train": "train", "test": "test", "valid": "valid"}
SPLITS |= {
    "training": "train",
    "testing": "test",
    "validation": "valid",
    "val": "valid",
}
TITLES = "title", "name", "headline", "subject"
BODIES = ("directions", "description", "text", "body", "content", "instructions")
BODIES += ("steps", "story", "poem", "lyrics", "review")
HELD_OUT = {  # items that a notebook sets aside as its parameters stand
    "bricks": (2_000, "4.1 sets aside TEST_SIZE + VALIDATION_SIZE"),
    "faces": (2_000, "3.3 sets aside TEST_SIZE"),
    "recipes": (2_024, "5.1 sets aside TEST_SIZE + VALIDATION_SIZE"),
    "wines": (2_000, "9.1 sets aside TEST_SIZE + VALIDATION_SIZE"),
}
LABELLED = ["Blond_Hair", "Eyeglasses", "Male", "Smiling", "Wearing_Hat"]


class Import:
    """What one import found: the files, what was taken, and what was left out.

    root: the folder of the files, a list of paths. folder: the empty one to fill.
    what: what is counted, such as "pictures".
    """

    def __init__(self, root, files, folder, what):
        self.root, self.files, self.folder, self.what = root, files, folder, what
        self.taken, self.left, self.notes = 0, defaultdict(list), []
        self.seen, self.names = set(), Counter()

    def called(self, path):
        """A file as messages name it: relative to the root, odd characters shown."""
        return os.fsencode(path.relative_to(self.root)).decode("utf-8", "replace")

    def leave(self, item, why):
        self.left[why].append(item)

    def fresh(self, item, *parts):
        """Whether this content is new; a repeated one is left out."""
        digest = hashlib.sha256()
        for part in parts:
            digest.update(part if isinstance(part, bytes) else repr(part).encode())
        if digest.digest() in self.seen:
            self.leave(item, "there twice, taken once")
            return False
        self.seen.add(digest.digest())
        self.taken += 1
        return True

    def place(self, folder, path, suffix):
        """A new file's path in a subfolder: the name of `path`, safe and unique."""
        folder.mkdir(parents=True, exist_ok=True)
        stem = re.sub(r"[^\w.-]+", "_", path.stem)[:80].strip(".") or "_"
        while True:
            self.names[folder, stem.lower()] += 1
            number = self.names[folder, stem.lower()]
            target = folder / f"{stem}{f'-{number}' if number > 1 else ''}{suffix}"
            if not target.exists():
                return target

    def report(self):
        """Lines on what was left out and why, and the notes."""
        lines = []
        for why, items in self.left.items():
            more = f" and {len(items) - NAMED:,} more" if len(items) > NAMED else ""
            lines.append(f"left out, {why}: {', '.join(items[:NAMED])}{more}")
        return [f"{sum(map(len, self.left.values())):,} left out"] * bool(lines) + [
            *(f"  {line}" for line in lines),
            *self.notes,
        ]


def progress(items, what):
    return tqdm(items, what, leave=False, disable=None)


# Pictures.


def eight_bits(image):
    """A picture of any mode as RGB or L of 8 bits, transparency laid on white."""
    if image.mode.startswith(("I", "F")):
        levels = np.asarray(image, "float32")
        top = levels.max()
        if not np.isfinite(levels).all() or levels.min() < 0:
            raise ValueError("levels that are no brightness")
        wide = image.mode != "F" and (top > 255 or "16" in image.mode)
        levels = levels * (255 / max(65_535, top) if wide else 1)
        if image.mode == "F" and top <= 1:
            levels = levels * 255
        return Image.fromarray(np.clip(np.rint(levels), 0, 255).astype("uint8"))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    gray = image.mode in ("1", "L")
    return (
        image if image.mode in ("L", "RGB") else image.convert("L" if gray else "RGB")
    )


def read_picture(path):
    """The first frame of a picture file, upright, in RGB or L, reduced to SIDE.

    Returns it, and the file's format if the file could be kept as it is, else None.
    Raises what Pillow raises.
    """
    with warnings.catch_warnings(), Image.open(path) as image:
        warnings.simplefilter("ignore")  # of large pictures and of odd metadata
        kind, size, mode = image.format, image.size, image.mode
        image.draft(None, (2 * SIDE, 2 * SIDE))  # reads a large JPEG in a smaller size
        image.load()
        upright = eight_bits(ImageOps.exif_transpose(image))
        plain = image.getexif().get(274, 1) == 1 and mode in ("L", "RGB")
        plain = plain and not image.has_transparency_data
    if min(size) > SIDE:
        scale = SIDE / min(upright.size)
        wanted = [max(1, round(side * scale)) for side in upright.size]
        upright = upright.resize(wanted, Image.Resampling.BOX)
    return upright, kind if plain and min(size) <= SIDE else None


def read_pictures(own):
    """Yield (path, picture, format) of each file that holds a picture not yet seen."""
    for path in progress(own.files, "pictures"):
        item, suffix = own.called(path), path.suffix.lower()
        if suffix in (".heic", ".heif", ".avif"):
            own.leave(item, "in a format that must be exported as JPEG first")
        elif suffix not in PICTURES:
            if suffix not in (".csv", ".json"):
                own.leave(item, "no picture by its name")
        else:
            try:
                image, kind = read_picture(path)
            except MemoryError:
                raise
            except Exception:  # Pillow's readers raise anything on damaged files
                own.leave(item, "damaged or no picture")
                continue
            if own.fresh(item, image.mode, image.size, image.tobytes()):
                yield path, image, kind


def save_picture(image, kind, path, target):
    """Write a picture as JPEG or PNG, as target's suffix says, or copy the file."""
    wanted = {".jpg": "JPEG", ".png": "PNG"}[target.suffix]
    if kind == wanted:
        shutil.copyfile(path, target)
    else:
        image.save(target, wanted, **({"quality": 95} if wanted == "JPEG" else {}))


def square(image):
    """The middle square of a picture."""
    side = min(image.size)
    return ImageOps.fit(image, (side, side)) if image.size != (side, side) else image


def placed(own, paths):
    """The (split, class) of each path by its folders, below what all have in common.

    Returns a dict of path to a pair of names, None where there is no such folder.
    """
    folders = {path: path.parent.relative_to(own.root).parts for path in paths}
    shared = os.path.commonprefix(list(folders.values()))  # noqa: RUF071 (tuples)
    folders = {path: parts[len(shared) :] for path, parts in folders.items()}
    tops = {parts[0].lower() for parts in folders.values() if parts}
    split_by_folder = bool(tops) and tops <= set(SPLITS) and all(folders.values())
    found = {}
    for path, parts in folders.items():
        split = SPLITS[parts[0].lower()] if split_by_folder else None
        rest = parts[split_by_folder:]
        found[path] = split, rest[0] if rest else None
    return found


def divide(places, parts):
    """Give the parts that are missing, such as test, a share of each class by the seed.

    places: dict of path to (split, class). parts: dict of split to the share it needs.
    Returns a dict of path to split.
    """
    splits = {path: split or "train" for path, (split, _) in places.items()}
    rng = np.random.default_rng(SEED)
    for part, share in parts.items():
        if part in splits.values():
            continue
        classes = defaultdict(list)
        for path, (_, label) in places.items():
            if splits[path] == "train":
                classes[label].append(path)
        for paths in classes.values():
            count = round(share * len(paths)) or (len(paths) > 2)
            for index in rng.permutation(len(paths))[:count]:
                splits[paths[index]] = part
    return splits


def bricks(own, _):
    for path, image, kind in read_pictures(own):
        middle = square(image)
        target = own.place(own.folder / "dataset", path, ".png")
        save_picture(middle, kind if middle is image else None, path, target)


def attribute_table(own):
    """The attribute table among the files: rows by image_id, and columns; or None."""
    for path in own.files:
        if path.suffix.lower() == ".csv":
            rows = list(csv.DictReader(io.StringIO(decode(path.read_bytes())[0])))
            if rows and "image_id" in rows[0]:
                columns = [
                    c for c in rows[0] if c and c not in ("image_id", "partition")
                ]
                if columns:
                    return {
                        r["image_id"]: [r[c] for c in columns] for r in rows
                    }, columns
            own.leave(own.called(path), "no table with a column image_id")
    return None


def yes(value):
    """1 or -1 for the ways in which tables write yes and no; None for another."""
    value = str(value).strip().lower()
    if value in ("1", "1.0", "true", "yes"):
        return 1
    return -1 if value in ("-1", "-1.0", "0", "0.0", "false", "no") else None


def faces(own, _):
    table, columns = attribute_table(own) or ({}, [])
    rows, labels = (
        {},
        placed(own, [p for p in own.files if p.suffix.lower() in PICTURES]),
    )
    for path, image, kind in read_pictures(own):
        if columns:
            row = [yes(value) for value in table.get(path.name, ["?"])]
            if None in row or len(row) != len(columns):
                own.leave(own.called(path), "without a row of 1 and -1 in the table")
                own.taken -= 1
                continue
        else:
            row = labels[path][1]
        target = own.place(
            own.folder / "img_align_celeba" / "img_align_celeba", path, ".jpg"
        )
        save_picture(image, kind, path, target)
        rows[target.name] = row
    if not columns:  # a column for each folder; for pictures in none, a column of ones
        columns = sorted({label for label in rows.values() if label}) or ["Taken"]
        rows = {
            name: [1 if label in (c, None) else -1 for c in columns]
            for name, label in rows.items()
        }
    with (own.folder / "list_attr_celeba.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["image_id", *columns])
        writer.writerows([name, *row] for name, row in rows.items())
    if missing := [name for name in LABELLED if name not in columns]:
        own.notes.append(
            f"the attribute table lacks {', '.join(missing)}: notebook 4.2 needs none, "
            "but 3.3 and 4.3 do until you put columns of yours into their cells"
        )
    else:
        wanted = columns.index("Blond_Hair"), columns.index("Wearing_Hat")
        counts = Counter(tuple(row[i] for i in wanted) for row in rows.values())
        rare = [c for c in ((1, 1), (1, -1), (-1, 1), (-1, -1)) if counts[c] < 50]
        own.notes += [
            f"only {counts[hair, hat]:,} pictures have Blond_Hair {hair:+d} and "
            f"Wearing_Hat {hat:+d}: notebook 4.3 can hardly learn or judge these"
            for hair, hat in rare
        ]


def flowers(own, _):
    names = {}
    for path in own.files:
        if path.name == "cat_to_name.json":
            try:
                names = dict(json.loads(decode(path.read_bytes())[0]))
            except (ValueError, TypeError):
                own.leave(own.called(path), "no table of class names")
    kept = {path: (image, kind) for path, image, kind in thrifty(read_pictures(own))}
    places = placed(own, list(kept))
    classes = sorted({label for _, label in places.values() if label}) or ["pictures"]
    if not (all(label.isdecimal() for label in classes) and set(classes) <= set(names)):
        names = {str(number): label for number, label in enumerate(classes, 1)}
        own.notes.append(f"{len(classes):,} classes: {', '.join(classes[:NAMED])}")
    numbers = {names[key]: key for key in names}
    splits = divide(places, {"test": 0.1, "valid": 0.1})
    for path, (split, label) in places.items():
        folder = own.folder / "dataset" / splits[path]
        if label or not split:  # the original's test pictures lie in no class folder
            label = label or classes[0]
            folder /= label if label in names else numbers[label]
        image, kind = kept[path]
        image = image or read_picture(path)[0]
        save_picture(image, kind, path, own.place(folder, path, ".jpg"))
    text = json.dumps(names, indent=4, ensure_ascii=False) + "\n"
    (own.folder / "cat_to_name.json").write_text(text, "utf-8")
    shares = Counter(splits.values())
    own.notes.append(", ".join(f"{count:,} {split}" for split, count in shares.items()))


def thrifty(found):
    """Forget the pixels of pictures: they are read again when they are written."""
    for path, _, kind in found:
        yield path, None, kind


# Arrays.


def as_levels(array, shape):
    """Images as (n, *shape) uint8, whatever their type and range.

    Raises DataError that says what is expected.
    """
    expected = f"images (n, {', '.join(map(str, shape))}), 0 to 255 or 0.0 to 1.0"
    wrong = DataError(
        f"an array {array.shape} of {array.dtype} came, expected: {expected}"
    )
    if array.dtype.kind not in "buif" or array.ndim < 2 or not array.size:
        raise wrong
    if array.ndim == 4 and array.shape[1:] == (3, *shape[:2]):
        array = array.transpose(0, 2, 3, 1)
    if array.shape[1:] not in (shape, (*shape, 1), (int(np.prod(shape)),)):
        raise wrong
    array = array.reshape(len(array), *shape)
    low, high = array.min(), array.max()
    if not (np.isfinite(low) and np.isfinite(high)) or low < 0:
        raise wrong
    if array.dtype.kind in "bf" and high <= 1:
        return np.rint(array * 255.0).astype("uint8")
    if array.dtype == "uint16" and high > 255:
        return np.rint(array / 257).astype("uint8")
    if high > 255:
        raise wrong
    return np.rint(array).astype("uint8")


def as_labels(array, count):
    """Labels as (n,) values. Raises DataError if there is not one for each image."""
    array = np.asarray(array)
    if array.ndim == 2 and array.shape[1] > 1 and array.dtype.kind in "buif":
        if not (np.sort(array, axis=1)[:, -2:] == [0, 1]).all():
            raise DataError(f"labels {array.shape} came, expected: one for each image")
        array = array.argmax(axis=1)  # it was one-hot
    if array.size != count or array.dtype.kind not in "buifU":
        raise DataError(f"labels {array.shape} came, expected: ({count},)")
    return array.ravel()


def numbered(labels):
    """Labels as 0 to 9, and a dict of what each stands for. Raises DataError."""
    classes = np.unique(labels)
    if classes.dtype.kind in "buif" and np.isin(classes, np.arange(10)).all():
        return labels.astype("uint8"), {}
    if len(classes) > 10:
        raise DataError(
            f"there are {len(classes):,} classes, and the notebooks on this set tell "
            "ten apart: leave some out"
        )
    numbers = np.searchsorted(classes, labels).astype("uint8")
    return numbers, dict(enumerate(classes.tolist()))


def read_arrays(path, shape):
    """The images and labels of a .npz or .npy file by split: dict of pairs."""
    try:
        loaded = np.load(path, allow_pickle=False)
        arrays = dict(loaded) if path.suffix.lower() == ".npz" else {"x": loaded}
        arrays = {key: np.asarray(array) for key, array in arrays.items()}
    except (*originals.UNREADABLE, OSError, TypeError) as error:
        raise DataError(f"{path.name} cannot be read as arrays ({error})") from None
    parts = {}
    for split in ("train", "test"):
        if f"x_{split}" in arrays:
            parts[split] = arrays[f"x_{split}"], arrays.get(f"y_{split}")
    if "train" not in parts:
        arrays = {key.removesuffix("_test"): array for key, array in arrays.items()}
        parts = {}
        images = [k for k in ("x", "images", "data", "arr_0") if k in arrays]
        if not images:
            raise DataError(
                f"{path.name} holds {', '.join(arrays) or 'nothing'}, expected: "
                "x_train, y_train, x_test, y_test, or images and labels"
            )
        labels = [k for k in ("y", "labels", "targets", "arr_1") if k in arrays]
        parts[""] = arrays[images[0]], arrays[labels[0]] if labels else None
    return {
        split: (
            as_levels(images, shape),
            np.zeros(len(images), "uint8")
            if labels is None
            else as_labels(labels, len(images)),
        )
        for split, (images, labels) in parts.items()
    }


def picture_arrays(own, shape):
    """The pictures as `read_arrays` gives them, labels being the names of folders."""
    kept = {}
    for path, image, _ in read_pictures(own):
        fitted = ImageOps.fit(image, shape[1::-1], Image.Resampling.BOX)
        kept[path] = np.asarray(fitted.convert("RGB" if len(shape) == 3 else "L"))
    if not kept:
        return {}
    places = placed(own, list(kept))
    splits = divide(places, {"test": 1 / 6})
    parts = {}
    for split in ("train", "test"):
        chosen = [p for p in kept if (splits[p] == "test") == (split == "test")]
        labels = np.array([places[path][1] or "" for path in chosen])
        parts[split] = np.array([kept[p] for p in chosen]).reshape(-1, *shape), labels
    return parts


def arrays(own, shape, name):
    """Write NAME.npz: x_train, y_train, x_test, y_test, uint8, in no split twice."""
    files = [p for p in own.files if p.suffix.lower() in (".npz", ".npy")]
    if files:
        for path in own.files:
            if path != files[0]:
                own.leave(own.called(path), f"beside {own.called(files[0])}")
        parts = read_arrays(files[0], shape)
    else:
        parts = picture_arrays(own, shape)
    if not parts:
        return
    own.taken, own.seen = 0, set()
    images = np.concatenate([images for images, _ in parts.values()])
    labels, classes = numbered(np.concatenate([y for _, y in parts.values()]))
    sizes = [len(images) for images, _ in parts.values()]
    splits = np.repeat(np.array(list(parts), "U5"), sizes)
    where = [f"image {n:,}" for n in range(len(images))]
    order = sorted(range(len(images)), key=lambda n: splits[n] == "train")  # test first
    kept = sorted(n for n in order if own.fresh(where[n], images[n].tobytes()))
    images, labels, splits = images[kept], labels[kept], splits[kept]
    if "test" not in splits:
        splits[:] = "train"
        chosen = np.random.default_rng(SEED).permutation(len(splits))
        splits[chosen[: len(splits) // 6]] = "test"
    named = {}
    for split in ("train", "test"):
        y = labels[splits == split]
        named[f"x_{split}"] = images[splits == split]
        named[f"y_{split}"] = y[:, None] if len(shape) == 3 else y
    np.savez(own.folder / f"{name}.npz", **named)
    own.notes += [f"label {number}: {label}" for number, label in classes.items()]
    own.notes.append(
        f"{(splits == 'train').sum():,} train, {(splits == 'test').sum():,} test"
    )


# Texts.


def decode(content):
    """The text of a file, and whether its encoding had to be guessed.

    Raises ValueError if it is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16"), False
    if b"\0" in content:
        raise ValueError("no text")
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), True


def passages(text):
    """A text cut at ends of sentences into lists of them, each of some WORDS words."""
    found, words = [[]], 0
    for sentence in re.split(r"(?<=[.!?…])\s+|\n+", text):
        if not (sentence := sentence.strip()):
            continue
        if words >= WORDS:
            found.append([])
            words = 0
        found[-1].append(sentence)
        words += len(sentence.split())
    if len(found) > 1 and words < WORDS / 4:
        found[-2] += found.pop()
    return found


def json_records(text):
    """Yield (number, record) of a JSON list, of a dict of them, or of JSON lines.

    A record that cannot be read is a ValueError, as an object.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if data is None or (len(lines) == 1 and isinstance(data, dict)):
        found = []
        for number, line in lines:
            try:
                found.append((number, json.loads(line)))
            except (ValueError, RecursionError):
                found.append((number, ValueError()))
        if len(lines) > 1 and any(not isinstance(r, ValueError) for _, r in found):
            return found
        if data is None:
            return [(1, ValueError())]
    if isinstance(data, dict):
        values = list(data.values())
        lists = [
            v for v in values if isinstance(v, list) and v and isinstance(v[0], dict)
        ]
        if len(lists) == 1:
            data = lists[0]
        elif values and all(isinstance(value, dict) for value in values):
            data = values
        else:
            data = [data]
    return enumerate(data if isinstance(data, list) else [data], 1)


def csv_records(text):
    """Yield (line, record) of a table whose first line names the columns."""
    head = text.split("\n", 1)[0]
    mark = max(",;\t|", key=head.count)
    csv.field_size_limit(1 << 30)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        columns = [name.strip() for name in next(rows, [])]
        for row in rows:
            if row and len(row) != len(columns):
                yield rows.line_num, ValueError()
            elif row:
                yield rows.line_num, dict(zip(columns, row, strict=True))
    except csv.Error:
        yield rows.line_num, ValueError()


def read_records(own):
    """Yield (name, record) of all texts: dicts, or (title, sentences) of plain text."""
    for path in progress(own.files, "texts"):
        item, suffix = own.called(path), path.suffix.lower()
        if suffix not in TEXTS:
            own.leave(item, "no text by its name (.txt, .csv, .json or .jsonl)")
            continue
        try:
            text, guessed = decode(path.read_bytes())
        except ValueError:
            own.leave(item, "no text inside")
            continue
        except OSError:
            own.leave(item, "cannot be opened")
            continue
        if guessed:
            own.notes.append(f"{item} is not UTF-8 and was read as Windows-1252")
        if suffix in (".txt", ".md"):
            parts = passages(text)
            for number, part in enumerate(parts, 1):
                title = path.stem if len(parts) == 1 else f"{path.stem} {number}"
                yield f"{item} {number}" if len(parts) > 1 else item, (title, part)
            continue
        read = csv_records if suffix in (".csv", ".tsv") else json_records
        for number, record in read(text):
            if isinstance(record, ValueError):
                own.leave(f"{item}:{number}", "a line or record that cannot be read")
            else:
                yield f"{item}:{number}", record


def clean(value):
    """A value as text without white space around it; "" for what is none."""
    if isinstance(value, dict):
        value = value.get("text")  # as recipes on the web write a step
    if not isinstance(value, str | int | float) or value != value:
        return ""
    return str(value).encode("utf-8", "replace").decode().strip()


def pick(record, field, candidates, columns):
    """The value of a field in a record: of the column named, else of a usual one."""
    lower = {str(key).lower(): value for key, value in record.items()}
    if field in columns:
        return lower.get(columns[field].lower())
    return next((lower[name] for name in (field, *candidates) if lower.get(name)), None)


def texts(own, columns, fields):
    """Yield (title, steps, record) of every text that is not yet there.

    fields: the set's names of title and text. steps: a list of strings.
    """
    title_field, body_field = fields
    seen_columns, untitled = {}, 0
    for item, record in read_records(own):
        if isinstance(record, tuple):
            title, steps = record
            record = {}
        elif isinstance(record, dict):
            seen_columns |= dict.fromkeys(map(str, record))
            title = clean(pick(record, title_field, TITLES, columns))
            steps = pick(record, body_field, BODIES, columns)
            steps = steps if isinstance(steps, list) else [steps]
        else:
            title, steps, record = "", [record], {}
        steps = [step for step in map(clean, steps) if step]
        if not steps:
            own.leave(item, f"without text in “{columns.get(body_field, body_field)}”")
        elif own.fresh(item, " ".join(steps)):
            untitled += not title
            yield title or "untitled", steps, record
    if untitled:
        own.notes.append(f"{untitled:,} have no title and are called “untitled”")
    if not own.taken and seen_columns:
        raise DataError(
            f"no text was found in the columns {', '.join(seen_columns)}: say which it "
            f"is with --columns {title_field}=COLUMN,{body_field}=COLUMN"
        )


def recipes(own, columns):
    found = [
        {"title": title, "directions": steps}
        for title, steps, _ in texts(own, columns, ("title", "directions"))
    ]
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (own.folder / "full_format_recipes.json").write_text(text, "utf-8")


def wines(own, columns):
    found = []
    for title, steps, record in texts(own, columns, ("title", "description")):
        about = {name: clean(pick(record, name, (), columns)) for name in LABELS}
        about = {name: value or "unknown" for name, value in about.items()}
        found.append({"title": title, **about, "description": " ".join(steps)})
    text = json.dumps(found, ensure_ascii=False, indent=1)
    (own.folder / "winemag-data-130k-v2.json").write_text(text, "utf-8")
    for name in LABELS:
        kinds = Counter(record[name] for record in found)
        if kinds["unknown"]:
            own.notes.append(f"{kinds['unknown']:,} have no {name}: called “unknown”")
        if len(kinds) == 1 and name == "variety":
            own.notes.append(
                f"all have one {name}: notebook 9.1 writes texts on it, but its judge "
                f"needs two, so name columns with --columns {name}=COLUMN"
            )


# Music.


def number_at(track, place):
    """A number of variable length in a MIDI track, and the place after it."""
    value = 0
    while True:
        byte = track[place]
        value, place = value << 7 | byte & 127, place + 1
        if byte < 128:
            return value, place


SIGNATURES = 0x58, 0x59  # of metre and of key, among the meta events of MIDI


def track_notes(track, signatures):
    """A track's notes, lists of (start, end, pitch) by channel; length; in ticks.

    signatures: a dictionary that gets the first of each kind, as bytes.
    """
    notes, open_notes = defaultdict(list), defaultdict(list)
    place = time = status = 0
    while place < len(track):
        wait, place = number_at(track, place)
        time += wait
        if track[place] >= 128:
            status, place = track[place], place + 1
        if status == 0xFF:
            kind = track[place]
            length, place = number_at(track, place + 1)
            place += length
            if kind in SIGNATURES:
                signatures.setdefault(kind, bytes(track[place - length : place]))
            if kind == 0x2F:
                break
        elif status in (0xF0, 0xF7):
            length, place = number_at(track, place)
            place += length
        elif status >= 0xF0 or status < 0x80:
            raise ValueError("an event that MIDI files do not have")
        else:
            kind, channel, pitch = status >> 4, status & 15, track[place]
            loud = track[place + 1] if kind not in (12, 13) else 0
            place += 1 if kind in (12, 13) else 2
            if kind == 9 and loud:
                open_notes[channel, pitch].append(time)
            elif kind in (8, 9) and open_notes[channel, pitch]:
                start = open_notes[channel, pitch].pop(0)
                if time > start:
                    notes[channel].append((start, time, pitch))
    for (channel, pitch), starts in open_notes.items():
        notes[channel] += [(start, time, pitch) for start in starts if time > start]
    return notes, time


def read_midi(content, signatures=None):
    """The parts of a MIDI file of type 0, 1 or 2: lists of (start, end, pitch).

    Times are in quarter notes; the drums (channel 10) are left out, and so are parts
    without notes. Tracks of type 2 follow each other. signatures: a dictionary that
    gets the file's first signatures of metre and key. Raises ValueError.
    """
    signatures = {} if signatures is None else signatures
    if content[:4] == b"RIFF":
        content = content[content.find(b"MThd") :]
    if content[:4] != b"MThd" or len(content) < 14:
        raise ValueError("no MIDI file")
    size, kind, _, division = struct.unpack(">IHHH", content[4:14])
    if division & 0x8000:  # frames a second and parts of a frame; 120 quarters a minute
        division = (256 - (division >> 8)) * (division & 255) / 2
    if not division or kind > 2:
        raise ValueError("no MIDI file")
    place, parts, offset = 8 + size, [], 0
    while place + 8 <= len(content):
        name, size = struct.unpack(">4sI", content[place : place + 8])
        track = content[place + 8 : place + 8 + size]
        if len(track) < size:
            raise ValueError("a track ends too early")
        place += 8 + size
        if name != b"MTrk":
            continue
        try:
            by_channel, length = track_notes(track, signatures)
        except IndexError:
            raise ValueError("a track ends too early") from None
        for channel, notes in sorted(by_channel.items()):
            if channel != 9 and notes:
                parts.append(
                    [
                        ((start + offset) / division, (end + offset) / division, pitch)
                        for start, end, pitch in sorted(notes)
                    ]
                )
        offset += length if kind == 2 else 0
    return parts


def write_midi(parts, path, division=480, signatures=()):
    """Write parts of (start, end, pitch) in quarters as a MIDI file of type 1.

    signatures: pairs of kind and bytes, which open the first part.
    """

    def number(value):
        digits = [value & 127]
        while value := value >> 7:
            digits.insert(0, value & 127 | 128)
        return bytes(digits)

    content = b"MThd" + struct.pack(">IHHH", 6, 1, len(parts), division)
    for notes in parts:
        events = []
        for start, end, pitch in notes:
            events.append((round(start * division), 1, bytes([0x90, pitch, 80])))
            events.append((round(end * division), 0, bytes([0x80, pitch, 0])))
        track, now = b"", 0
        for kind, data in signatures if notes is parts[0] else ():
            track += bytes([0, 0xFF, kind, len(data)]) + data
        for time, _, event in sorted(events):
            track += number(time - now) + event
            now = time
        track += b"\0\xff\x2f\0"
        content += b"MTrk" + struct.pack(">I", len(track)) + track
    path.write_bytes(content)


def pieces(own):
    """Yield (path, parts) of each MIDI file with enough notes, not yet seen."""
    for path in progress(own.files, "tunes"):
        item = own.called(path)
        if path.suffix.lower() not in TUNES:
            own.leave(item, "no MIDI file by its name")
            continue
        try:
            parts = read_midi(path.read_bytes())
        except ValueError:
            own.leave(item, "damaged or no MIDI file")
            continue
        except OSError:
            own.leave(item, "cannot be opened")
            continue
        notes = sum(map(len, parts))
        if notes < SHORTEST:
            own.leave(item, f"with fewer than {SHORTEST} notes, drums not counted")
        elif own.fresh(item, sorted(note for part in parts for note in part)):
            yield path, parts


def cellosuites(own, _):
    chords, lengths = 0, set()
    for path, parts in pieces(own):
        lengths |= {round((end - start) * 24) for p in parts for start, end, _ in p}
        chords += len({start for part in parts for start, _, _ in part}) < sum(
            map(len, parts)
        )
        signatures = {}
        read_midi(path.read_bytes(), signatures)
        place = own.place(own.folder, path, ".mid")
        write_midi(parts, place, signatures=signatures.items())
    if chords:
        own.notes.append(
            f"{chords:,} have several notes at a time: notebook 11.1 reads the highest"
        )
    if len(lengths) == 1:
        own.notes.append("all notes are of one length, and notebook 11.1 needs two")
    if 0 < own.taken < 8:
        own.notes.append(
            f"notebook 11.1 divides the pieces into three splits, and {own.taken} are "
            "very few: twenty are a start"
        )


def in_sixteenths(parts):
    """Four voices, the highest first: a list of steps of four pitches, -1 for silence.

    Four parts stay what they are; of others the sounding notes are divided by height.
    """
    if len(parts) == 4:
        parts = sorted(parts, key=lambda part: -np.mean([n[2] for n in part]))
    end = max(note[1] for part in parts for note in part)
    steps = np.full((round(end * 4), 4), -1)
    sounding = [[set() for _ in steps] for _ in parts]
    for part, sets in zip(parts, sounding, strict=True):
        for start, stop, pitch in part:
            for step in range(
                round(start * 4), max(round(stop * 4), round(start * 4) + 1)
            ):
                if step < len(steps):
                    sets[step].add(pitch)
    for step in range(len(steps)):
        if len(parts) == 4:
            steps[step] = [max(sets[step], default=-1) for sets in sounding]
        else:
            pitches = sorted(set().union(*(sets[step] for sets in sounding)))[::-1]
            pitches = pitches if len(pitches) < 4 else [*pitches[:3], pitches[-1]]
            steps[step, : len(pitches)] = pitches
    return steps.tolist()


def is_chorale(piece):
    """Whether a piece is a list of steps of four whole numbers in the range."""
    return bool(piece) and all(
        isinstance(step, list)
        and len(step) == 4
        and all(type(p) in (int, float) and p == int(p) for p in step)
        and all(p < 0 or LOWEST <= p <= HIGHEST for p in step)
        for step in piece
    )


def chorales(own, _):
    found = []  # split or None, piece
    whole = [p for p in own.files if p.suffix.lower() == ".json"]
    for path in whole:
        item = own.called(path)
        try:
            data = json.loads(decode(path.read_bytes())[0])
            data = data if isinstance(data, dict) else {None: data}
            parts = [(split, piece) for split, part in data.items() for piece in part]
        except (ValueError, RecursionError, TypeError):
            own.leave(item, "no JSON with lists of pieces")
            continue
        for number, (split, piece) in enumerate(parts, 1):
            if not isinstance(piece, list) or not is_chorale(piece):
                own.leave(
                    f"{item}:{number}",
                    f"not steps of four pitches from {LOWEST} to {HIGHEST} or -1",
                )
            elif own.fresh(f"{item}:{number}", piece):
                found.append((SPLITS.get(str(split).lower()), piece))
    own.files = [path for path in own.files if path not in whole]
    for path, parts in pieces(own):
        piece = in_sixteenths(parts)
        if is_chorale(piece) and len(piece) >= 32:
            found.append((None, piece))
        else:
            own.taken -= 1
            own.leave(
                own.called(path),
                f"shorter than two bars or beyond MIDI pitches {LOWEST} to {HIGHEST}",
            )
    if 0 < len(found) < 5:
        raise DataError(
            f"{len(found)} pieces could be used, and three splits need five at least"
        )
    order = np.random.default_rng(SEED).permutation(len(found))
    splits = {"train": [], "valid": [], "test": []}
    given = all(split for split, _ in found) and len({s for s, _ in found}) == 3
    order = range(len(found)) if given else order.tolist()
    for rank, index in enumerate(order):
        share = rank / len(found)
        drawn = "test" if share < 0.2 else "valid" if share < 0.4 else "train"
        split, piece = found[index]
        splits[split if given else drawn].append(piece)
    (own.folder / "Jsb16thSeparated.json").write_text(json.dumps(splits), "utf-8")


# Where the files are, and what they become.

PICTURE, ARRAY = ("pictures", "pictures"), ("images", "arrays (.npz, .npy) or pictures")
TEXT = "texts", "texts (.txt, .csv, .json, .jsonl)"
LABELS = "country", "province", "variety"
LAYOUTS = {  # by set: what imports it, counts what, expects what; fields of texts
    "fashion_mnist": (lambda own, _: arrays(own, (28, 28), "fashion_mnist"), *ARRAY),
    "mnist": (lambda own, _: arrays(own, (28, 28), "mnist"), *ARRAY),
    "cifar10": (lambda own, _: arrays(own, (32, 32, 3), "cifar10"), *ARRAY),
    "faces": (faces, *PICTURE),
    "bricks": (bricks, *PICTURE),
    "flowers": (flowers, *PICTURE),
    "recipes": (recipes, *TEXT, "title", "directions"),
    "wines": (wines, *TEXT, "title", "description", *LABELS),
    "cellosuites": (cellosuites, "pieces", "MIDI files"),
    "chorales": (chorales, "pieces", "MIDI files, or JSON of steps of four pitches"),
}


def find_files(root, own_left):
    """The ordinary files below a folder, in order; hidden ones are left out."""
    files = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f[0] != "." and f != "__MACOSX")
        for name in sorted(names):
            path = Path(folder, name)
            if name[0] == "." or name.lower() in ("thumbs.db", "desktop.ini"):
                own_left(path, "hidden, made by the system")
            elif not path.is_file():
                own_left(path, "no ordinary file")
            elif path != root / "source.json":
                files.append(path)
    return files


def unpacked(origin, scratch):
    """Unpack an archive into a folder. Raises DataError for one that cannot be used."""
    scratch.mkdir()
    kind = "a.zip" if zipfile.is_zipfile(origin) else "a.tar"
    (scratch / kind).symlink_to(origin.resolve())  # `unpack` goes by the name
    try:
        room = shutil.disk_usage(scratch).free
        originals.unpack(scratch / kind, scratch / "files", room)
    except originals.Damaged:
        raise DataError(
            f"{origin.name} is refused: it holds a link, a path out of its folder, or "
            "more than the disk has room for; unpack it yourself and name the folder"
        ) from None
    except originals.UNREADABLE:
        raise DataError(
            f"{origin.name} is damaged, encrypted or no archive: unpack it yourself "
            "and name the folder"
        ) from None
    (scratch / "files").mkdir(exist_ok=True)
    return scratch / "files"


def guess_layout(files):
    """The set whose layout fits most of the files. Raises DataError if none does."""
    names = [path.name.lower() for path in files]
    counts = {
        layout: sum(name.endswith(kind) for name in names)
        for kind, layout in (
            (PICTURES, "bricks"),
            (TEXTS, "recipes"),
            (TUNES, "cellosuites"),
        )
    }
    best = max(counts, key=counts.get)
    if not counts[best]:
        raise DataError(
            "there are no pictures, texts or MIDI files: say with --as which set these "
            f"files take the place of ({', '.join(LAYOUTS)})"
        )
    return best


def bring_own(layout, origin, folder, scratch, columns):
    """Fill an empty folder with a reader's own files in the layout of a set.

    layout: the set's name, or None to guess it. origin: a folder, an archive or one
    file. scratch: where an archive is unpacked; the caller removes it. columns: dict of
    a text set's fields to the reader's columns.
    Returns the Import. Raises DataError if there is nothing to take, and OSError if the
    disk is in the way.
    """
    if not origin.exists():
        raise DataError(f"there is nothing at {origin}")
    root, left = origin, []
    if origin.is_file() and origin.name.lower().endswith(ARCHIVES):
        root = unpacked(origin, scratch)
    if root.is_dir():
        files = find_files(root, lambda *item: left.append(item))
    else:
        root, files = origin.parent, [origin]
    layout = layout or guess_layout(files)
    if layout not in LAYOUTS:
        raise DataError(f"own files cannot take the place of {layout}")
    make, what, expected, *fields = LAYOUTS[layout]
    if unknown := sorted(set(columns) - set(fields)):
        has = f"the fields {', '.join(fields)}" if fields else "no columns"
        raise DataError(f"--columns names {', '.join(unknown)}, but {layout} has {has}")
    own = Import(root, files, folder, what)
    for path, why in left:
        own.leave(own.called(path), why)
    make(own, columns)
    if not own.taken:
        lines = "; ".join(line.strip() for line in own.report())
        raise DataError(
            f"nothing in {origin} could be taken, for {layout} is made of {expected}"
            + (f" ({lines})" if lines else "")
        )
    held_out, where = HELD_OUT.get(layout, (0, ""))
    if own.taken < 2 * held_out:
        own.notes.append(
            f"notebook {where} = {held_out:,}: with {own.taken:,}, lower the sizes in "
            "its parameters cell, see docs/your-data.md"
        )
    return own
