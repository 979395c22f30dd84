"""A look at a data set: 64 pictures, 5 texts or the piano rolls of 4 pieces."""

import json
import textwrap

import numpy as np
from PIL import Image, ImageOps

from originals import UNREADABLE, DataError

SIDE = 96  # pixels of a picture on the contact sheet
VOICES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")  # told apart by the colour-blind


def spread(items, number):
    """That many items at even distances over a sequence; all, if there are fewer."""
    chosen = np.linspace(0, len(items) - 1, min(number, len(items)), dtype=int)
    return [items[index] for index in chosen]


def drawable(items, number, draw):
    """What `draw` makes of a spread of items; names on the page those that it cannot.

    items: list of (name, item). Raises DataError if not one can be drawn.
    """
    drawn, odd = [], []
    for name, item in spread(items, number):
        try:
            drawn.append(draw(item))
        except MemoryError:
            raise
        except Exception:  # readers of files raise anything on odd ones
            odd.append(str(name))
    if odd:
        more = f" and {len(odd) - 10} more" if len(odd) > 10 else ""
        print(f"passed over, as they cannot be read: {', '.join(odd[:10])}{more}")
    if not drawn:
        raise DataError("there is nothing that can be shown")
    return drawn


def read_json(folder):
    """The data of the folder's JSON file. Raises DataError if there is none."""
    for path in sorted(folder.glob("*.json")):
        if path.name != "source.json":
            try:
                return json.loads(path.read_text("utf-8"))
            except (ValueError, RecursionError):
                raise DataError(f"{path.name} is no JSON that can be read") from None
    raise DataError("there is no JSON file to show")


def tile(image):
    """A picture (PIL, or an array of it) padded to a square of the contact sheet."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    return ImageOps.pad(image.convert("RGB"), (SIDE, SIDE))


def open_tile(path):
    with Image.open(path) as image:
        return tile(image)


def draw_images(folder, picture):
    """Save a contact sheet of 64 images, each padded to a square."""
    arrays = sorted(folder.glob("*.npz"))
    if arrays:
        try:
            with np.load(arrays[0]) as split:
                images = list(enumerate(split["x_train"]))
        except (*UNREADABLE, KeyError, TypeError, OSError):
            raise DataError(f"{arrays[0].name} holds no x_train to show") from None
        tiles = drawable(images, 64, tile)
    else:
        paths = [p for p in folder.rglob("*") if p.suffix in (".jpg", ".png")]
        paths = [(path.relative_to(folder), path) for path in sorted(paths)]
        tiles = drawable(paths, 64, open_tile)
    sheet = Image.new("RGB", (8 * SIDE, -(-len(tiles) // 8) * SIDE))
    for index, image in enumerate(tiles):
        sheet.paste(image, (index % 8 * SIDE, index // 8 * SIDE))
    sheet.save(picture)


def print_texts(folder, _):
    """Print 5 records of the JSON file, whatever their fields are."""
    records = read_json(folder)
    if not isinstance(records, list) or not records:
        raise DataError("the JSON file is no list of texts")
    for record in spread(records, 5):
        fields = record if isinstance(record, dict) else {"text": record}
        for key, value in fields.items():
            for item in value if isinstance(value, list) else [value]:
                text = textwrap.fill(str(item), 80, subsequent_indent="  ")
                print(f"{key}: {text}")
        print("-" * 80)


def midi_voices(path):
    """The notes of a MIDI file, one list of (start, length, pitch) for each part."""
    from music21 import converter

    return [
        [
            (float(note.offset), float(note.quarterLength), pitch.midi)
            for note in part.flatten().notes
            for pitch in note.pitches
        ]
        for part in converter.parse(path).parts
    ]


def chorale_voices(steps):
    """The notes of a chorale, (steps, 4) pitches at sixteenths, in quarters.

    Equal pitches in a row are drawn as one note; -1 is silence.
    """
    voices = []
    for pitches in zip(*steps, strict=True):
        starts = [
            step
            for step, pitch in enumerate(pitches)
            if step == 0 or pitch != pitches[step - 1]
        ]
        ends = [*starts[1:], len(pitches)]
        voices.append(
            [
                (start / 4, (end - start) / 4, pitches[start])
                for start, end in zip(starts, ends, strict=True)
                if pitches[start] > 0
            ]
        )
    return voices


def draw_music(folder, picture):
    """Save the piano rolls of 4 pieces, a colour for each voice."""
    from matplotlib.figure import Figure

    files = [(path.name, path) for path in sorted(folder.glob("*.mid"))]
    if files:
        pieces = drawable(files, 4, lambda path: (path.stem, midi_voices(path)))
    else:
        splits = read_json(folder)
        train = splits.get("train") if isinstance(splits, dict) else None
        if not isinstance(train, list):
            raise DataError("the JSON file has no pieces under “train”")
        named = [(f"train, {n}", (f"train, {n}", p)) for n, p in enumerate(train)]
        pieces = drawable(named, 4, lambda pair: (pair[0], chorale_voices(pair[1])))
    figure = Figure(figsize=(10, 2.5 * len(pieces)), dpi=80, layout="constrained")
    axes = figure.subplots(len(pieces), squeeze=False)[:, 0]
    for axis, (title, voices) in zip(axes, pieces, strict=True):
        for number, voice in enumerate(voices):
            for start, length, pitch in voice:
                color = VOICES[number % len(VOICES)]
                axis.broken_barh([(start, length)], (pitch - 0.45, 0.9), color=color)
        axis.set(title=title, ylabel="MIDI pitch")
    axes[-1].set_xlabel("quarter notes from the beginning")
    figure.savefig(picture)


PREVIEWS = {"images": draw_images, "texts": print_texts, "music": draw_music}


def preview(folder, kind, picture):
    """Draw some of a data set into a PNG file, or print some, if it is texts.

    kind: "images", "texts" or "music". Raises DataError if nothing can be shown,
    OSError if the file cannot be written, ValueError if its name is that of no picture.
    """
    PREVIEWS[kind](folder, picture)
