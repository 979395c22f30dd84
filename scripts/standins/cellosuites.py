"""Stand-in for the cello suites: single-line fiddle tunes from music21's corpus.

Real music for one bow in steady short notes, as the suites are: reels, jigs and
hornpipes of "Ryan's Mammoth Collection" (Boston, 1883), in the public domain, typed in
by volunteers (Ray Davies, John Chambers and others). music21 says of its corpus:
"distributed with the permission of the encoders [...] and where permitted under United
States copyright law"; some encodings may not be used commercially.
"""

from pathlib import Path

import numpy as np
from music21 import chord, corpus, harmony, instrument, key, meter, note, stream

SEED = 36
TUNES = 400
SHORTEST = 60  # notes in a tune


def upbeat_of(part: stream.Part) -> float | None:
    """Quarter notes before the first bar line; None where the bars do not add up.

    They do if metre and key never change, and each whole bar begins some bars after
    that line: where a first ending is as long as the second, bars would be off.
    """
    bars = list(part.getElementsByClass(stream.Measure))
    signatures = part.recurse().getElementsByClass(
        (meter.TimeSignature, "KeySignature")
    )
    if not bars or len(signatures) != 2 or bars[0].timeSignature is None:
        return None
    length = bars[0].barDuration.quarterLength
    upbeat = length - bars[0].paddingLeft if bars[0].paddingLeft else 0.0
    whole = [bar.offset for bar in bars if bar.duration.quarterLength == length]
    return upbeat if all((place - upbeat) % length == 0 for place in whole) else None


def single_line(score: stream.Score) -> stream.Part | None:
    """The tune as one line of notes, repeats not played out, ornaments left out.

    It opens with the signatures of metre and key. Before an upbeat stands a rest, so
    that the first bar is a whole one and a bar line falls wherever the tune has one.

    Returns None where the bars do not add up, where the tune has chords, ties or fewer
    than `SHORTEST` notes, or a note that is neither on the grid of sixteenths nor on
    that of eighth-note triplets: a reader of MIDI files would move it.
    """
    upbeat = upbeat_of(score.parts[0])
    if upbeat is None:
        return None
    first = score.parts[0].getElementsByClass(stream.Measure).first()
    metre, sharps = first.timeSignature, first.keySignature.sharps
    rest = metre.barDuration.quarterLength - upbeat if upbeat else 0.0
    line = stream.Part([instrument.Violin()])
    line.insert(0, meter.TimeSignature(metre.ratioString))
    line.insert(0, key.KeySignature(sharps))
    for item in score.flatten().notes:
        if isinstance(item, harmony.Harmony) or not item.quarterLength:
            continue  # a fingering or a grace note
        ends = np.array([item.offset, item.offset + item.quarterLength], float)
        on_grid = any(np.allclose(ends * n, np.round(ends * n)) for n in (4, 3))
        if isinstance(item, chord.Chord) or item.tie or not on_grid:
            return None
        plain = note.Note(item.pitch.midi, quarterLength=item.quarterLength)
        line.insert(rest + item.offset, plain)
    return line if len(line.notes) >= SHORTEST else None


def make(folder: Path, share: float = 1.0) -> None:
    """Write a share of `TUNES` files NAME.mid of one track, some 120 notes each."""
    paths = sorted(corpus.getComposer("ryansMammoth"), key=lambda path: path.name)
    written = 0
    for index in np.random.default_rng(SEED).permutation(len(paths)):
        tune = single_line(corpus.parse(paths[index], forceSource=True))
        if tune is not None:
            tune.write("midi", folder / f"{paths[index].stem}.mid")
            written += 1
        if written >= TUNES * share:
            break
