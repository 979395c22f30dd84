"""What the drawn stand-ins share: smooth outlines, soft noise, many cores."""

import signal
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context

import numpy as np
from PIL import Image, ImageDraw


def rounded(points: Iterable, times: int = 2) -> np.ndarray:
    """Cut the corners of a closed outline (Chaikin 1974).

    points: (n, 2). Returns (n * 2**times, 2); a corner given twice stays sharper.
    """
    points = np.asarray(points, float)
    for _ in range(times):
        after = np.concatenate([points[1:], points[:1]])
        pairs = np.stack([0.75 * points + 0.25 * after, 0.25 * points + 0.75 * after])
        points = pairs.transpose(1, 0, 2).reshape(-1, 2)
    return points


def mirrored(right_half: Iterable) -> np.ndarray:
    """Close the right half of an outline, (n, 2), with its mirror image at x = 0."""
    right = np.asarray(right_half, float)
    return np.concatenate([right, right[::-1] * [-1, 1]])


def ellipse(
    x: float, y: float, across: float, down: float, turn: float = 0.0
) -> np.ndarray:
    """The outline, (24, 2), of an ellipse with these half-axes, turned clockwise."""
    angle = np.arange(24) * (np.pi / 12)
    u, v = across * np.cos(angle), down * np.sin(angle)
    cos, sin = np.cos(turn), np.sin(turn)
    return np.stack([x + cos * u - sin * v, y + sin * u + cos * v], axis=1)


def tube(path: Iterable, widths: Iterable) -> np.ndarray:
    """The smooth outline around a path, (n, 2), that is as wide as `widths`, (n,)."""
    path, widths = np.asarray(path, float), np.asarray(widths, float)[:, None]
    along = np.gradient(path, axis=0)
    along /= np.sqrt((along**2).sum(axis=1, keepdims=True)) + 1e-9
    across = along[:, ::-1] * [-1, 1] * widths / 2
    return rounded(np.concatenate([path + across, (path - across)[::-1]]))


def paint(image: Image.Image, strokes: Iterable, zoom=1.0, shift=0.0) -> None:
    """Draw strokes (outline, colour, width) onto the image, later ones on top.

    outline: (n, 2), y downwards, in units of `zoom` pixels from `shift`; colour: a grey
    or RGB, clipped to [0, 255]. A width of 0 fills the outline; any other draws an open
    line of that width, in the same units.
    """
    pen = ImageDraw.Draw(image)
    for outline, colour, width in strokes:
        path = np.round(np.asarray(outline) * zoom + shift).ravel().tolist()
        bands = np.atleast_1d(colour).tolist()
        ink = tuple(min(255, max(0, int(band))) for band in bands)
        if width:
            pen.line(path, ink, max(1, round(width * zoom)), joint="curve")
        else:
            pen.polygon(path, ink)


def soft_noise(
    rng: np.random.Generator, size: tuple[int, int], cells: int | tuple[int, int]
) -> np.ndarray:
    """Random hills in about [-1, 1]: (height, width), `cells` of them each way."""
    rows, cols = np.broadcast_to(cells, 2)
    coarse = Image.fromarray(rng.uniform(-1, 1, (rows, cols)).astype("float32"))
    return np.asarray(coarse.resize(size[::-1], Image.Resampling.BICUBIC))


def draw_all(draw: Callable, items: Iterable) -> Iterator:
    """Call `draw` on every item on all cores; yield the results in order.

    Every drawing seeds its own generator, so the cores do not change the pictures.
    """
    # Ctrl-C is for the parent, which ends the others; they would print a traceback.
    quiet = signal.signal, (signal.SIGINT, signal.SIG_IGN)
    with get_context("spawn").Pool(None, *quiet) as pool:
        yield from pool.imap(draw, items, chunksize=32)
