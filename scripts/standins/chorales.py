"""Stand-in for the JSB chorales: Bach's four-part chorales from music21's corpus.

The music is Bach's own and in the public domain; only the choice of pieces and their
split differ from the original file. Source: the chorales of ``music21.corpus``, which
music21 calls "distributed with the permission of the encoders [...] and where
permitted under United States copyright law"; some encodings may not be used
commercially.
"""

import json
from math import ceil
from pathlib import Path

import numpy as np
from music21 import corpus, stream

SEED = 11
SPLIT = {"train": 229, "valid": 76, "test": 77}  # the original's proportions
STEPS = 4  # sixteenths in a quarter note
CHORALES = 371  # of Riemenschneider's edition, in its order
OPENING = 6 * STEPS  # pieces that agree on this many steps count as the same


def sixteenths(score: stream.Score) -> list[list[int]]:
    """What sounds at each sixteenth: MIDI pitches from the top part down.

    Returns one list per sixteenth with one entry per part, -1 where a part is silent.
    """
    grid = np.full((ceil(score.highestTime * STEPS), len(score.parts)), -1)
    for column, part in enumerate(score.parts):
        for note in part.flatten().notes:
            end = note.offset + note.quarterLength
            grid[ceil(note.offset * STEPS) : ceil(end * STEPS), column] = (
                note.pitch.midi
            )
    return grid.tolist()


def make(folder: Path, share: float = 1.0) -> None:
    """Write Jsb16thSeparated.json: {train, valid, test: pieces}, some 320 or a share.

    A piece is a list of [soprano, alto, tenor, bass], see `sixteenths`. A chorale that
    opens like an earlier one, in whatever key, is left out: in another split it would
    give the answer away.
    """
    numbers = corpus.chorales.Iterator(1, int(CHORALES * share), returnType="filename")
    pieces = {}
    for name in dict.fromkeys(numbers):
        score = corpus.parse(name, forceSource=True)  # faster than music21's cache
        if len(score.parts) == 4:
            piece = sixteenths(score)
            opening = np.array(piece[:OPENING])
            pieces.setdefault((opening - opening[0, 3]).tobytes(), piece)
    pieces = list(pieces.values())
    order = np.random.default_rng(SEED).permutation(len(pieces))
    share = np.cumsum(list(SPLIT.values())) / sum(SPLIT.values())
    bounds = np.round(share * len(pieces)).astype(int)
    splits = {
        split: [pieces[index] for index in part]
        for split, part in zip(SPLIT, np.split(order, bounds[:-1]), strict=True)
    }
    (folder / "Jsb16thSeparated.json").write_text(json.dumps(splits))
