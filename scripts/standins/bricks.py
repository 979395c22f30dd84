"""Stand-in for the brick renders: 20,000 ray-traced toy bricks, grey on light.

Bricks, plates, slopes and round bricks stand on a table and are seen in perspective,
from somewhere above, under one lamp, with studs, rounded edges, shadows and highlights.
Sizes keep to the toy's proportions: a stud a unit, a brick 1.2 high, a plate 0.4. The
original has 40,000 renders of 50 parts at 400x400, upside down as well, many with
hinges, holes, curves and clips; here 20 parts at 64x64. The labels are true.
"""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from .drawing import draw_all

SEED = 96
SIZE = 20_000
SIDE, SCALE = 64, 2  # rays are cast twice as densely, then averaged
KINDS = ("brick", "plate", "slope", "round")
SHARES = (0.45, 0.25, 0.18, 0.12)
LENGTHS = (0.15, 0.3, 0.25, 0.3)  # of 1, 2, 3 and 4 studs
WALL = 0.2  # what stands below a slope's lower edge
BEVEL = np.float32(0.06)  # how far from an edge a surface starts to turn
CORNERS = np.indices((2, 2, 2)).reshape(3, 8).T == 1
FAR = np.float32(1e9)


class Solid(NamedTuple):
    """A box from `low` to `high`, (3,) each, or the upright tube that it holds.

    cut: a plane (nx, ny, nz, d), beyond which, at n · p > d, there is nothing; tube:
    (x, y, radius).
    """

    low: np.ndarray
    high: np.ndarray
    cut: tuple | None = None
    tube: tuple | None = None


def _box(x, y, z, cut=None, tube=None):
    return Solid(*np.array([x, y, z], "float32").T, cut, tube)


def _cylinder(x, y, radius, z):
    sides = (x - radius, x + radius), (y - radius, y + radius)
    return _box(*sides, z, tube=(x, y, radius))


def _part(rng):
    """A random part: its name and its solids, from z = 0 up."""
    kind = str(rng.choice(KINDS, p=SHARES))
    wide, long = sorted((rng.integers(1, 3), rng.choice([1, 2, 3, 4], p=LENGTHS)))
    wide, long = int(wide), int(long)
    height = 0.4 if kind == "plate" else 1.2
    if kind == "round":
        wide = long = int(rng.integers(1, 3))
        body = _cylinder(wide / 2, wide / 2, wide / 2, (0, height))
    elif kind == "slope":  # one row of studs, and the slope where a second would be
        wide, drop = 1, height - WALL
        cut = np.array([drop, 0, 1, 2 * drop + WALL], "float32") / np.hypot(drop, 1)
        body = _box((0, 2), (0, long), (0, height), cut)
    else:
        body = _box((0, wide), (0, long), (0, height))
    studs = [
        _cylinder(x + 0.5, y + 0.5, 0.3, (height, height + 0.22))
        for x in range(wide)
        for y in range(long)
    ]
    return f"{kind} {wide}x{long}", [body, *studs]


def _dot(first, second):
    return first[0] * second[0] + first[1] * second[1] + first[2] * second[2]


@np.errstate(divide="ignore")  # a ray along a plane meets it infinitely far away
def _cross(solid, origin, ray):
    """Where rays cross the surfaces of a solid.

    origin, ray: three numbers or arrays each. Returns the distances at which its pairs
    of sides, its cut and its tube are entered, and the distance of the exit.
    """
    enter, leave = [], []
    for i in (2,) if solid.tube else (0, 1, 2):
        one = (solid.low[i] - origin[i]) / ray[i]
        other = (solid.high[i] - origin[i]) / ray[i]
        enter.append(np.minimum(one, other))
        leave.append(np.maximum(one, other))
    if solid.cut is not None:
        speed = _dot(solid.cut, ray)
        t = (solid.cut[3] - _dot(solid.cut, origin)) / speed
        enter.append(np.where(speed < 0, t, -FAR))
        leave.append(np.where(speed < 0, FAR, t))
    if solid.tube:
        x, y, radius = solid.tube
        (ox, oy, _), (dx, dy, _) = origin, ray
        ox, oy = ox - x, oy - y
        a = dx * dx + dy * dy
        b = (ox * dx + oy * dy) / a
        root = b * b - (ox * ox + oy * oy - radius * radius) / a
        root, inside = np.sqrt(np.maximum(root, 0)), root > 0
        enter.append(np.where(inside, -b - root, FAR))
        leave.append(root - b)
    exit = leave[0]
    for t in leave[1:]:
        exit = np.minimum(exit, t)
    return enter, exit


def _hit(solid, origin, ray, before):
    """What rays from one origin see of a solid, nearer than the distances `before`.

    Returns where, the distances there and the normals, (3, points).
    """
    enter, exit = _cross(solid, origin, ray)
    near = enter[0]
    for t in enter[1:]:
        near = np.maximum(near, t)
    seen = (near < exit) & (near < before)
    ray, near = np.stack([r[seen] for r in ray]), near[seen]
    enter = np.stack([t[seen] for t in enter])
    normals = [*(-np.eye(3, dtype="float32")[:, :, None] * np.sign(ray))]
    if solid.tube:
        x, y, radius = solid.tube
        point = origin[:, None] + near * ray
        zero = np.zeros_like(near)
        round_ = (point[0] - x) / radius, (point[1] - y) / radius, zero
        normals = [normals[2], round_]
    elif solid.cut is not None:
        normals.append([np.full_like(near, n) for n in solid.cut[:3]])
    # Near an edge the normal turns towards the neighbouring surface: a moulded bevel.
    # How much each surface counts falls with the distance from where it is entered.
    weights = np.maximum(1 - (near - enter) / BEVEL, 0)
    normal = (weights[:, None] * np.array(normals)).sum(axis=0)
    return seen, near, normal / np.sqrt((normal**2).sum(axis=0))


def _shaded(solids, point, lamp):
    """Where solids stand between points (three arrays) and the lamp."""
    blocked = np.zeros(point[0].shape, bool)
    side = np.array([lamp[1], -lamp[0], 0]) / np.hypot(lamp[0], lamp[1])
    upright = np.cross(lamp, side)
    across, along = (_dot(v, point) for v in (side, upright))
    for solid in solids:
        # Only rays that pass near its middle can meet it.
        middle = (solid.low + solid.high) / 2
        reach = ((solid.high - solid.low) ** 2).sum() / 4
        gap = (across - side @ middle) ** 2 + (along - upright @ middle) ** 2
        (near,) = np.nonzero(~blocked & (gap < reach))
        enter, exit = _cross(solid, [p[near] for p in point], lamp)
        for t in enter[1:]:
            enter[0] = np.maximum(enter[0], t)
        blocked[near] = (enter[0] < exit) & (exit > 0)
    return blocked


def _draw(index):
    """One render: kind with studs across and along, and (SIDE, SIDE) uint8."""
    rng = np.random.default_rng([SEED, index])
    u = rng.uniform

    def direction(azimuth, height):
        flat = np.cos(height) * np.cos(azimuth), np.cos(height) * np.sin(azimuth)
        return np.array([*flat, np.sin(height)], "float32")

    azimuth = u(0, 2 * np.pi)
    back = direction(azimuth, u(0.4, 1.1))
    name, solids = _part(rng)
    middle = (solids[0].low + solids[-1].high) / 2
    size = np.sqrt(((solids[-1].high - solids[0].low) ** 2).sum())
    eye = (middle + back * u(2, 4.5) * size).astype("float32")
    right = np.cross((0, 0, 1), back)
    right /= np.sqrt((right**2).sum())
    roll, top = rng.normal(0, 0.08), np.cross(back, right)
    right, top = right + roll * top, top - roll * right

    def project(solid):
        corners = np.where(CORNERS, solid.high, solid.low)
        x, y, depth = ((corners - eye) @ axis for axis in (right, top, -back))
        return np.stack([x, -y], axis=1) / depth[:, None]

    places = [project(solid) for solid in solids]
    low, high = (f(np.concatenate(places), axis=0) for f in (np.min, np.max))
    span = (high - low).max() / u(0.75, 0.92)
    corner = (low + high) / 2 - span * (0.5 + u(-0.03, 0.03, 2))
    pixels = SIDE * SCALE
    grid = (np.arange(pixels) + 0.5) / pixels * span
    x, y = (grid + corner[0])[None], -(grid + corner[1])[:, None]
    ray = [(right[i] * x + top[i] * y - back[i]).astype("float32") for i in range(3)]
    # The table first, then each solid within its own patch of the picture.
    depth = -eye[2] / np.minimum(ray[2], -1e-3)
    normal = np.zeros((3, pixels, pixels), "float32")
    for solid, place in zip(solids, places, strict=True):
        place = (place - corner) / span * pixels
        left, top_row = place.min(axis=0).clip(0).astype(int)
        end, bottom = place.max(axis=0).astype(int) + 1
        patch = np.s_[top_row:bottom, left:end]
        seen, t, n = _hit(solid, eye, [r[patch] for r in ray], depth[patch])
        depth[patch][seen] = t
        normal[(slice(None), *patch)][:, seen] = n
    plastic = normal.any(axis=0)
    # One lamp over the viewer's shoulder; a second ray towards it finds the shadows.
    lamp = direction(azimuth + rng.choice([-1, 1]) * u(0.4, 1.6), u(0.5, 1.2))
    point = [eye[i] + depth * ray[i] + 4e-3 * normal[i] for i in range(3)]
    lit = ~plastic
    lit[plastic] = _dot(lamp, normal[:, plastic]) > 0
    lit[lit] = ~_shaded(solids, [p[lit] for p in point], lamp)
    picture = u(0.87, 1) * (1 - u(0.12, 0.3) * ~lit)

    lit, normal = lit[plastic], normal[:, plastic]
    x, y, height = (p[plastic] for p in point)
    # The shine sits where the normal halves the angle between lamp and eye.
    ray = np.stack([r[plastic] for r in ray])
    half = lamp[:, None] - ray / np.sqrt((ray**2).sum(axis=0))
    shine = np.maximum((half * normal).sum(axis=0), 0) ** 2 / (half**2).sum(axis=0)
    for _ in range(4):  # to the 32nd power of the cosine
        shine = shine * shine
    glint = u(0.05, 0.3) * lit * shine
    ambient = u(0.4, 0.6) * (0.85 + 0.15 * normal[2])
    # Less light from all sides comes to where a stud stands close.
    base = np.abs(height - solids[1].low[2]) < 0.02
    gap = FAR
    for stud in solids[1:]:
        gap = np.minimum(
            gap, (x[base] - stud.tube[0]) ** 2 + (y[base] - stud.tube[1]) ** 2
        )
    ambient[base] *= 1 - 0.3 * np.clip((0.5 - np.sqrt(gap)) / 0.2, 0, 1)
    facing = np.maximum(_dot(lamp, normal), 0)
    picture[plastic] = u(0.4, 0.7) * (ambient + 0.8 * lit * facing) + glint
    small = picture.reshape(SIDE, SCALE, SIDE, SCALE).mean(axis=(1, 3))
    return name, np.round(np.clip(small, 0, 1) * 255).astype("uint8")


def make(folder: Path, share: float = 1.0) -> None:
    """Write dataset/<number> <part>.png, 8-bit grey of 64x64, and labels.csv.

    labels.csv has a line a picture: file, kind, studs across, studs along. share: of
    SIZE, the number of pictures; above 1 for more.
    """
    (folder / "dataset").mkdir()
    with (folder / "labels.csv").open("w", newline="") as file:
        labels = csv.writer(file, lineterminator="\n")
        labels.writerow(["file", "kind", "across", "along"])
        for index, drawn in enumerate(draw_all(_draw, range(int(SIZE * share)))):
            name, image = drawn
            kind, studs = name.split()
            path = folder / "dataset" / f"{index:05d} {name}.png"
            Image.fromarray(image).save(path)
            labels.writerow([path.name, kind, *studs.split("x")])
