"""The stand-ins of music: layout, determinism, and that it is the music it claims."""

import json

import music21
import numpy as np
import pytest
from music21 import converter, corpus, key, meter, note

from originals import content_hash
from standins import cellosuites, chorales

# The corpus belongs to the release of music21 that requirements.txt pins.
CORPUS = "10.5.1"
# Reading takes music21 a twentieth of a second each: a part of the whole will do.
CHORALES = 90
TUNES = 25
CONTENT = {  # of that part; the same on each Python
    "chorales": "d853ceefcc5ea75e82cb18fbb4483963358f976ea84e827f3fd8eaf05d9ae962",
    "cellosuites": "f65ee8b6194335f299ae22b3dbf80279f348a81547e4535dafdac42140d44b1b",
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    made = {name: tmp_path_factory.mktemp(name) for name in CONTENT}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chorales, "CHORALES", CHORALES)
        patch.setattr(cellosuites, "TUNES", TUNES)
        chorales.make(made["chorales"])
        cellosuites.make(made["cellosuites"])
    return made


@pytest.fixture(scope="module")
def splits(folders):
    return json.loads((folders["chorales"] / "Jsb16thSeparated.json").read_text())


@pytest.mark.skipif(music21.__version__ != CORPUS, reason="another corpus")
@pytest.mark.parametrize("name", CONTENT)
def test_content_never_changes(folders, name):
    assert content_hash(folders[name]) == CONTENT[name]


def test_chorales_are_split_as_the_original(splits):
    sizes = {split: len(pieces) for split, pieces in splits.items()}
    total = sum(sizes.values())
    assert 0.8 * CHORALES < total < CHORALES  # some have more parts, some come twice
    for split, share in {"train": 229, "valid": 76, "test": 77}.items():
        assert sizes[split] == pytest.approx(total * share / 382, abs=1)


def test_chorales_are_four_voices_on_a_sixteenth_grid(splits):
    pieces = [np.array(piece) for part in splits.values() for piece in part]
    for piece in pieces:
        assert piece.shape[1] == 4
        assert len(piece) >= 64
    steps = np.concatenate(pieces)
    assert set(np.unique(steps)) <= {-1, *range(36, 82)}
    assert (steps == -1).mean() < 0.02
    # Each voice keeps to its range, and they are ordered from the top.
    means = np.ma.masked_equal(steps, -1).mean(axis=0)
    assert np.all(np.diff(means) < -4)
    # Chords change on the beat, now and then in between, and hardly off it.
    changes = [(piece[1:] != piece[:-1]).any(axis=1) for piece in pieces]
    rates = [
        np.concatenate([c[phase::4] for c in changes]).mean() for phase in range(4)
    ]
    offbeat, eighth, late, beat = rates
    assert beat > 0.85
    assert 0.4 < eighth < 0.7
    assert max(offbeat, late) < 0.1


def test_no_chorale_in_two_splits(splits):
    """Not even in another key: openings are compared by their steps."""
    openings = [
        (np.array(piece[:24]) - piece[0][3]).tobytes()
        for pieces in splits.values()
        for piece in pieces
    ]
    assert len(set(openings)) == len(openings)


def test_a_chorale_note_by_note(splits):
    """The beginning of "Aus meines Herzens Grunde", as pitches and sixteenths."""
    soprano = [(67, 4), (67, 8), (74, 4), (71, 6), (69, 2), (67, 4)]
    bass = [(43, 4), (55, 4), (52, 4), (54, 4), (55, 4), (50, 4), (52, 4)]
    outer = [
        [pitch for pitch, steps in voice for _ in range(steps)]
        for voice in (soprano, bass)
    ]
    beginnings = [
        np.array(piece[:28])[:, [0, 3]].T.tolist()
        for pieces in splits.values()
        for piece in pieces
    ]
    assert outer in beginnings


@pytest.fixture(scope="module")
def tunes(folders):
    """Offset, length and pitch of each note, by name of the tune."""
    read = {}
    for path in folders["cellosuites"].glob("*.mid"):
        score = converter.parse(path, forceSource=True)
        assert len(score.parts) == 1
        read[path.stem] = [
            (item.offset, item.quarterLength, item.pitch.midi)
            for item in score.flatten().notes  # a chord has no pitch of its own
        ]
    return read


def test_tunes_are_one_long_line_each(folders, tunes):
    assert {path.suffix for path in folders["cellosuites"].iterdir()} == {".mid"}
    assert len(tunes) == TUNES
    assert min(map(len, tunes.values())) >= cellosuites.SHORTEST
    # All 400 of them make some 46,000 notes.
    assert np.mean([len(tune) for tune in tunes.values()]) > 100
    assert len({tuple(tune) for tune in tunes.values()}) == TUNES
    for tune in tunes.values():
        offsets, lengths, pitches = np.array(tune, float).T
        assert np.all(offsets[1:] >= (offsets + lengths)[:-1] - 1e-6)
        for ends in (offsets, offsets + lengths):
            on_grid = [np.abs(ends * n - np.round(ends * n)) < 1e-6 for n in (4, 3)]
            assert np.logical_or(*on_grid).all()
        assert pitches.min() >= 55  # the violin's lowest string
        assert pitches.max() <= 100


def test_files_hold_the_tunes_of_the_corpus(folders, tunes):
    """With their signatures, and their bar lines where the corpus has them."""
    upbeats = set()
    for name in sorted(tunes)[:8]:
        score = corpus.parse(f"ryansMammoth/{name}", forceSource=True)
        first = score.parts[0].measure(
            score.parts[0].getElementsByClass("Measure")[0].number
        )
        rest = first.paddingLeft
        upbeats.add(rest > 0)
        expected = [
            (item.offset + rest, item.quarterLength, item.pitch.midi)
            for item in score.flatten().getElementsByClass(note.Note)
            if item.quarterLength
        ]
        assert np.allclose(np.array(tunes[name], float), np.array(expected, float))
        path = folders["cellosuites"] / f"{name}.mid"
        flat = converter.parse(path, forceSource=True).flatten()
        [metre] = flat.getElementsByClass(meter.TimeSignature)
        [signature] = flat.getElementsByClass(key.KeySignature)
        assert metre.ratioString == first.timeSignature.ratioString
        assert signature.sharps == first.keySignature.sharps
    assert upbeats == {True, False}


def test_bars_add_up(folders, tunes):
    """A note on each bar line, or nearly: tunes whose bars run off were left out."""
    on_lines = []
    for name, tune in tunes.items():
        path = folders["cellosuites"] / f"{name}.mid"
        flat = converter.parse(path, forceSource=True).flatten()
        bar = flat.getElementsByClass(meter.TimeSignature)[0].barDuration.quarterLength
        lines = set(np.arange(bar, tune[-1][0], bar).tolist())
        on_lines.append(
            len(lines & {float(offset) for offset, *_ in tune}) / len(lines)
        )
    assert np.mean(on_lines) > 0.98


def test_melodies_move_by_small_steps(tunes):
    """A tune is no random walk over the keys: most of its steps are small."""
    steps = np.concatenate([np.diff([n[2] for n in tune]) for tune in tunes.values()])
    shuffled = np.concatenate(
        [
            np.diff(np.random.default_rng(0).permutation([n[2] for n in tune]))
            for tune in tunes.values()
        ]
    )
    assert (np.abs(steps) <= 4).mean() > 1.2 * (np.abs(shuffled) <= 4).mean()
