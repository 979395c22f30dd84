"""Stand-in for the brick renders: 4,000 ray-traced toy bricks, grey on light.

Bricks, plates, tiles, slopes and round bricks of several sizes lie on a table, upright,
on a side or upside down, and are seen in perspective from a random direction under one
lamp, with studs, hollow undersides, shadows and highlights. Sizes keep to the toy's
proportions: a stud a unit, a brick 1.2 high, a plate 0.4. The original has 40,000
renders of 50 parts at 400x400, many with hinges, holes, curves and clips; here 96x96.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from .drawing import draw_all

SEED = 96
SIZE = 4_000
SIDE, SCALE = 96, 2  # rays are cast twice as densely, then averaged
KINDS = ("brick", "plate", "tile", "slope", "inverted slope", "round", "corner")
SHARES = (0.34, 0.2, 0.08, 0.16, 0.05, 0.11, 0.06)
LENGTHS = (0.2, 0.3, 0.2, 0.2, 0.1)  # of 1, 2, 3, 4 and 6 studs
WALL = 0.2
FAR, TINY = np.float32(1e9), np.float32(1e-9)


class Solid(NamedTuple):
    """Where n · p <= d for each row (n, d) of `planes`, inside `tube` if it has one.

    planes: (k, 4); corners: (8, 3), a box around it all; tube: (x, y, radius) of a
    vertical cylinder; hole: the radius of a dark bore in its ends; bevel: how far from
    an edge the surface starts to turn.
    """

    planes: np.ndarray
    corners: np.ndarray
    tube: tuple | None = None
    hole: float = 0.0
    bevel: float = 0.06


def _box(x, y, z, cut=(), bevel=0.06):
    """A box between pairs of coordinates, cut by further planes if any."""
    planes = [(1, 0, 0, x[1]), (-1, 0, 0, -x[0]), (0, 1, 0, y[1]), (0, -1, 0, -y[0])]
    planes += [(0, 0, 1, z[1]), (0, 0, -1, -z[0]), *cut]
    corners = np.stack(np.meshgrid(x, y, z), axis=-1).reshape(8, 3)
    return Solid(np.array(planes, "float32"), corners, bevel=bevel)


def _cylinder(x, y, radius, z, hole=0.0):
    box = _box((x - radius, x + radius), (y - radius, y + radius), z)
    return Solid(box.planes[4:], box.corners, (x, y, radius), hole)


def _studs(columns, rows, height):
    for x in columns:
        for y in rows:
            yield _cylinder(x + 0.5, y + 0.5, 0.3, (height, height + 0.2))


def _shell(wide, long, height):
    """A box that is open below, with the tubes that grip the studs of another."""
    x, y, z = (0, wide), (0, long), (0, height)
    yield _box(x, y, (height - WALL, height), bevel=0)
    for edge in (0, wide - WALL):
        yield _box((edge, edge + WALL), y, z, bevel=0)
    for edge in (0, long - WALL):
        yield _box(x, (edge, edge + WALL), z, bevel=0)
    radius, hole = (0.41, 0.3) if wide > 1 else (0.16, 0.0)
    for y in range(1, long):
        for x in range(1, wide) if wide > 1 else (0.5,):
            yield _cylinder(x, y, radius, z, hole)


def _part(rng, below):
    """A random part, seen from below or not: its name and its solids, from z = 0 up."""
    kind = rng.choice(KINDS, p=SHARES)
    wide = rng.choice([1, 2], p=[0.55, 0.45])
    wide, long = sorted((wide, rng.choice([1, 2, 3, 4, 6], p=LENGTHS)))
    height = 0.4 if kind in ("plate", "tile") else 1.2
    columns, cut = range(wide), []
    if kind == "slope":
        wide, long, columns = rng.integers(2, 4), min(long, 4), [0]
        run, drop = wide - 1, height - WALL
        cut = [np.array([drop, 0, run, drop * wide + run * WALL]) / np.hypot(drop, run)]
    elif kind == "inverted slope":
        wide, long, columns, drop = 2, min(long, 3), [0, 1], height - WALL
        cut = [np.array([drop, 0, -1, drop]) / np.hypot(drop, 1)]
    elif kind in ("round", "corner"):
        wide = long = rng.integers(1, 3) if kind == "round" else 2
        height, columns = rng.choice([0.4, 1.2]), range(wide)
    studs = [] if kind == "tile" else [*_studs(columns, range(long), height)]
    if kind == "round":
        radius, waist = wide / 2, 0.3 * height
        body = [_cylinder(radius, radius, radius, (waist, height))]
        body += [_cylinder(radius, radius, radius - 0.1, (0, waist), radius - 0.22)]
    elif kind == "corner":
        body = [_box((0, 2), (0, 1), (0, height)), _box((0, 1), (0, 2), (0, height))]
        studs = studs[:3]
    elif below and not cut:
        body = _shell(wide, long, height)
    else:
        body = [_box((0, wide), (0, long), (0, height), cut)]
    return f"{kind} {wide}x{long}", [*body, *studs]


def _dot(numbers, arrays):
    return sum(n * a for n, a in zip(numbers, arrays, strict=True) if n)


def _cross(solid, origin, ray):
    """Where rays cross the surfaces of a solid.

    origin, ray: three numbers or arrays each. Returns the distances at which each
    surface is entered (very negative where it is left), and the distance of the exit.
    """
    enter, leave = [], []
    for *n, d in solid.planes:
        speed = _dot(n, ray)
        t = (d - _dot(n, origin)) / np.where(speed, speed, TINY)
        enter.append(np.where(speed < 0, t, -FAR))
        leave.append(np.where(speed < 0, FAR, t))
    if solid.tube:
        x, y, radius = solid.tube
        (ox, oy, _), (dx, dy, _) = origin, ray
        ox, oy = ox - x, oy - y
        a = dx * dx + dy * dy + TINY
        b = (ox * dx + oy * dy) / a
        root = b * b - (ox * ox + oy * oy - radius * radius) / a
        inside, root = root > 0, np.sqrt(np.maximum(root, 0))
        enter.append(np.where(inside, -b - root, FAR))
        leave.append(np.where(inside, root - b, -FAR))
    exit = leave[0]
    for t in leave[1:]:
        exit = np.minimum(exit, t)
    return enter, exit


def _hit(solid, origin, ray):
    """What rays from one origin see of a solid.

    Returns the distance (FAR for a miss), the normal (three arrays) and where it is
    the dark of a bore.
    """
    enter, exit = _cross(solid, origin, ray)
    enter = np.stack(enter)
    first = enter.argmax(axis=0)[None]
    near = np.take_along_axis(enter, first, 0)[0]
    np.put_along_axis(enter, first, -FAR, 0)
    after = enter.argmax(axis=0)
    second = np.take_along_axis(enter, after[None], 0)[0]
    hit, first = (near < exit) & (near > 0), first[0]
    # Near an edge the normal turns towards the neighbouring surface: a moulded bevel.
    turn = 0.5 * np.clip(1 - (near - second) / max(solid.bevel, 1e-6), 0, 1)
    normal, dark = [], np.zeros_like(hit)
    flat = len(solid.planes)
    for i in range(3):
        table = np.append(solid.planes[:, i], np.float32(0))
        parts = [table[first], table[after]]
        if solid.tube and i < 2:
            offset = (origin[i] + near * ray[i] - solid.tube[i]) / solid.tube[2]
            parts = [
                np.where(surface == flat, offset, part)
                for surface, part in zip((first, after), parts, strict=True)
            ]
            dark = dark + (offset * solid.tube[2]) ** 2
        normal.append(parts[0] * (1 - turn) + parts[1] * turn)
    dark = hit & (first < flat) & (dark < solid.hole**2)
    return np.where(hit, near, FAR), normal, dark


def _draw(index):
    """One render: its file name and (SIDE, SIDE) uint8."""
    rng = np.random.default_rng([SEED, index])
    u = rng.uniform
    # The part stays put; which of its axes points up decides how it lies.
    lies = rng.choice(6, p=[0.64, 0.12, 0.06, 0.06, 0.06, 0.06])
    up = np.roll([0, 0, 1 - 2 * (lies % 2)], lies // 2)
    side = np.roll(np.abs(up), 1)
    front = np.cross(up, side)

    def direction(azimuth, height):
        flat = np.cos(azimuth) * side + np.sin(azimuth) * front
        return np.cos(height) * flat + np.sin(height) * up

    azimuth = u(0, 2 * np.pi)
    back = direction(azimuth, u(0.25, 1.15))
    name, solids = _part(rng, below=back[2] < 0)
    corners = np.concatenate([solid.corners for solid in solids])
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    eye = middle + back * u(4, 9) * np.sqrt(((corners - middle) ** 2).sum(axis=1).max())
    right = np.cross(up, back)
    right /= np.sqrt((right**2).sum())
    roll, top = rng.normal(0, 0.08), np.cross(back, right)
    right, top = right + roll * top, top - roll * right

    def project(points):
        x, y, depth = (_dot(axis, (points - eye).T) for axis in (right, top, -back))
        return np.stack([x, -y], axis=1) / depth[:, None]

    seen = project(corners)
    low, high = seen.min(axis=0), seen.max(axis=0)
    span = (high - low).max() / u(0.7, 0.9)
    corner = (low + high) / 2 - span * (0.5 + u(-0.04, 0.04, 2))
    pixels = SIDE * SCALE
    grid = (np.arange(pixels) + 0.5) / pixels * span
    x, y = (grid + corner[0])[None], -(grid + corner[1])[:, None]
    ray = [(right[i] * x + top[i] * y - back[i]).astype("float32") for i in range(3)]
    # The table first, then each solid within its own patch of the picture.
    fall = np.minimum(_dot(up, ray), -1e-3)
    depth = (((corners @ up).min() - eye @ up) / fall).astype("float32")
    normal = [np.full_like(depth, n) for n in up]
    table, bore = np.ones(depth.shape, bool), np.zeros(depth.shape, bool)
    origin = eye.astype("float32")
    for solid in solids:
        place = (project(solid.corners) - corner) / span * pixels
        left, top_row = place.min(axis=0).clip(0).astype(int)
        end, bottom = place.max(axis=0).astype(int) + 1
        patch = np.s_[top_row:bottom, left:end]
        t, n, dark = _hit(solid, origin, [r[patch] for r in ray])
        closer = t < depth[patch]
        for old, new in zip([depth, bore, *normal], [t, dark, *n], strict=True):
            np.copyto(old[patch], new, where=closer)
        table[patch] &= ~closer
    length = np.sqrt(_dot((1, 1, 1), [n * n for n in normal]))
    normal = [n / length for n in normal]
    # One lamp over the viewer's shoulder; a second ray towards it finds the shadows.
    lamp = direction(azimuth + rng.choice([-1, 1]) * u(0.4, 1.6), u(0.5, 1.2))
    lamp = lamp.astype("float32")
    facing = np.maximum(_dot(lamp, normal), 0)
    lit = facing > 0
    point = [origin[i] + depth * ray[i] + 4e-3 * normal[i] for i in range(3)]
    point = [p[lit] for p in point]
    blocked = np.zeros(point[0].shape, bool)
    for solid in solids:
        enter, exit = _cross(solid, point, lamp)
        for t in enter[1:]:
            np.maximum(enter[0], t, out=enter[0])
        blocked |= (enter[0] < exit) & (exit > 0)
    lit[lit] = ~blocked
    # The shine sits where the normal halves the angle between lamp and eye.
    length = np.sqrt(_dot((1, 1, 1), [r * r for r in ray]))
    half = [lamp[i] - ray[i] / length for i in range(3)]
    shine = _dot((1, 1, 1), [h * n for h, n in zip(half, normal, strict=True)])
    shine = np.maximum(shine, 0) ** 2 / _dot((1, 1, 1), [h * h for h in half])
    for _ in range(4):  # to the 32nd power of the cosine
        shine = shine * shine
    glint = u(0.05, 0.3) * lit * shine
    ambient = u(0.4, 0.6) * (0.85 + 0.15 * _dot(up, normal))
    plastic = u(0.4, 0.7) * np.where(bore, 0.3, 1) * (ambient + 0.8 * lit * facing)
    paper = u(0.87, 1) * (1 - u(0.12, 0.3) * ~lit)
    picture = np.where(table, paper, plastic + glint)
    small = picture.reshape(SIDE, SCALE, SIDE, SCALE).mean(axis=(1, 3))
    return name, np.round(np.clip(small, 0, 1) * 255).astype("uint8")


def make(folder: Path, share: float = 1.0) -> None:
    """Write dataset/<number> <part>.png: 8-bit grey images of 96x96."""
    (folder / "dataset").mkdir()
    for index, (name, image) in enumerate(draw_all(_draw, range(int(SIZE * share)))):
        Image.fromarray(image).save(folder / "dataset" / f"{index:04d} {name}.png")
