"""A look at a data set: 64 pictures, 5 texts or the piano rolls of 4 pieces."""

import json
import textwrap

import numpy as np
from PIL import Image, ImageOps

SIDE = 96  # pixels of a picture on the contact sheet
VOICES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")  # told apart by the colour-blind


def spread(items, number):
    """That many items at even distances over a sequence; all, if there are fewer."""
    chosen = np.linspace(0, len(items) - 1, min(number, len(items)), dtype=int)
    return [items[index] for index in chosen]


def draw_images(folder, picture):
    """Save a contact sheet of 64 images, each padded to a square."""
    arrays = sorted(folder.glob("*.npz"))
    if arrays:
        with np.load(arrays[0]) as split:
            images = [Image.fromarray(array) for array in spread(split["x_train"], 64)]
    else:
        paths = [p for p in folder.rglob("*") if p.suffix in (".jpg", ".png")]
        images = [Image.open(path) for path in spread(sorted(paths), 64)]
    sheet = Image.new("RGB", (8 * SIDE, -(-len(images) // 8) * SIDE))
    for index, image in enumerate(images):
        tile = ImageOps.pad(image.convert("RGB"), (SIDE, SIDE))
        sheet.paste(tile, (index % 8 * SIDE, index // 8 * SIDE))
    sheet.save(picture)


def print_texts(folder, _):
    """Print 5 records of the JSON file, whatever their fields are."""
    (path,) = (path for path in folder.glob("*.json") if path.name != "source.json")
    for record in spread(json.loads(path.read_text("utf-8")), 5):
        for key, value in record.items():
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

    files = sorted(folder.glob("*.mid"))
    if files:
        pieces = [(path.stem, midi_voices(path)) for path in spread(files, 4)]
    else:
        (path,) = (path for path in folder.glob("*.json") if path.name != "source.json")
        train = spread(list(enumerate(json.loads(path.read_text("utf-8"))["train"])), 4)
        pieces = [
            (f"train, {number}", chorale_voices(piece)) for number, piece in train
        ]
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

    kind: "images", "texts" or "music". Raises OSError if the file cannot be written.
    """
    PREVIEWS[kind](folder, picture)
