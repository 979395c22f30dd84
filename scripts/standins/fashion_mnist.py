"""Stand-in for Fashion-MNIST: 12,000 drawn garments in the original's ten classes.

Each garment is a set of outlines with random proportions, cloth (plain, stripes,
checks, prints), folds and seams, drawn large and scaled down to 28x28 grey levels on
black, as in the original. The original (Xiao et al. 2017) has 60,000 + 10,000
photographs: a richer variety of cuts, and mislabelled garments, which are absent here.
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from .drawing import draw_all, mirrored, paint, rounded, soft_noise

SEED = 28
TRAIN_SIZE, TEST_SIZE = 10_000, 2_000
SIDE, SCALE = 28, 4  # drawn four times as large, then averaged
CANVAS = SIDE * SCALE

# A garment is a list of strokes (outline, shade, width), as `paint` takes them. A shade
# of 1 is the cloth's own grey; 0 cuts a hole.


def _top(rng, sleeve, spread, length, chest, neck, flare=1.0):
    """Anything with a neck and two sleeves of that length; y points down."""
    u = rng.uniform
    shoulder, hem = chest * u(0.85, 1.05), chest * flare
    drop, cuff = u(0.06, 0.16), u(0.09, 0.15)
    pit = 0.45 + u(-0.06, 0.06)
    half = [(neck, 0), (neck, 0), (shoulder, drop), (chest * 0.97, pit)]
    half += [(chest * u(0.8, 1), 0.6 * length), (hem, length), (hem, length)]
    body = mirrored(half)
    strokes = []
    reach = np.array([np.sin(spread), np.cos(spread)]) * sleeve
    across = np.array([np.cos(spread), -np.sin(spread)]) * cuff
    wrist = np.array([shoulder - 0.03, drop + 0.08]) + reach
    arm = [(shoulder * 0.8, drop * 0.7), (shoulder, drop), wrist + across]
    arm += [wrist + across, wrist - across, wrist - across, (chest * 0.9, pit + 0.05)]
    lightness = u(0.75, 1.05)
    for side in (1, -1) if sleeve else ():
        outline = rounded(np.array(arm) * [side, 1])
        strokes += [(outline, lightness, 0), (outline, 0.55 * lightness, 0.02)]
    strokes.append((rounded(body, 1), 1.0, 0))
    for side in (1, -1):
        seam = np.array([(shoulder, drop), (chest * 0.95, pit), (chest * 0.95, length)])
        strokes.append((seam * [side, 1], 0.5 if sleeve > 0.6 else 0.8, 0.03))
    return strokes


def _neckline(rng, neck, depth, collar=False):
    """A cut below the neck with its rim, or two points of a collar."""
    bow = rounded(mirrored([(neck, -0.1), (neck, 0), (neck * 0.6, depth)]), 2)
    strokes = [(bow, rng.choice([0, 0.45]), 0), (bow, rng.uniform(0.6, 1.3), 0.03)]
    if collar:
        tip = rng.uniform(0.2, 0.35)
        for side in (1, -1):
            wing = [(neck, -0.08), (neck + 0.12, 0.08), (neck * 0.7, tip), (0, 0.12)]
            strokes += [(np.array(wing) * [side, 1], rng.uniform(0.9, 1.2), 0)]
            strokes += [(np.array([*wing, wing[0]]) * [side, 1], 0.6, 0.025)]
    return strokes


def _front(rng, length, buttons, top=0.1):
    """An opening down the front, with a zip or buttons."""
    x = rng.uniform(-0.04, 0.04)
    strokes = [(np.array([(x, top), (x, length)]), rng.uniform(0.35, 0.7), 0.035)]
    for y in np.linspace(top + 0.12, length - 0.12, buttons) if buttons else ():
        dot = [(x + 0.05, y - 0.03), (x + 0.05, y + 0.03)]
        strokes.append((np.array(dot), rng.choice([0.4, 1.4]), 0.05))
    return strokes


def _t_shirt(rng):
    u = rng.uniform
    neck = u(0.18, 0.32)
    sleeve = 0.0 if rng.random() < 0.2 else u(0.22, 0.6)
    strokes = _top(rng, sleeve, u(0.5, 1.0), u(1.5, 1.9), u(0.48, 0.64), neck)
    return strokes + _neckline(rng, neck * 0.9, u(0.08, 0.4))


def _trouser(rng):
    u = rng.uniform
    waist, hip, fork = u(0.28, 0.4), u(0.38, 0.5), u(0.5, 0.75)
    out, cuff = u(0.3, 0.55), u(0.12, 0.24)
    gap = min(u(0.02, 0.2), out - 0.05)
    length = u(1.9, 2.2) if rng.random() < 0.9 else u(1.2, 1.5)
    bend = u(-0.06, 0.06)
    half = [(waist, 0), (waist, 0), (hip, 0.35), (out + bend, 0.6 * length)]
    half += [(gap + 2 * cuff, length)] * 2 + [(gap, length)] * 2
    half += [(gap * 0.7 + bend, 0.6 * length), (0, fork), (0, fork)]
    strokes = [(rounded(mirrored(half), 1), 1.0, 0)]
    strokes += [(np.array([(-waist, 0.09), (waist, 0.09)]), 0.65, 0.03)]
    strokes += [(np.array([(0, 0.08), (0, fork)]), 0.6, 0.03)]
    for side in (1, -1):
        crease = np.array([(hip * 0.6, 0.3), (gap + cuff, length)]) * [side, 1]
        strokes.append((crease, u(0.8, 1.2), 0.06))
        pocket = np.array([(waist * 0.6, 0.1), (hip * 0.95, 0.3)]) * [side, 1]
        strokes.append((pocket, u(0.6, 0.9), 0.025))
    return strokes


def _pullover(rng):
    u = rng.uniform
    neck, length = u(0.18, 0.34), u(1.45, 1.8)
    chest = u(0.42, 0.56)
    strokes = _top(rng, u(1.0, 1.45), u(0.03, 0.25), length, chest, neck, u(0.85, 1))
    strokes += _neckline(rng, neck * 0.9, u(0.06, 0.25))
    if rng.random() < 0.25:  # a roll neck or a hood
        rise = u(0.12, 0.3)
        roll = mirrored([(neck, 0.08), (neck * 1.05, -rise * 0.4), (neck * 0.8, -rise)])
        strokes += [(rounded(roll, 1), u(0.7, 1.0), 0), (roll, 0.5, 0.025)]
    rib = np.array([(-0.6, length - 0.1), (0.6, length - 0.1)])
    return [*strokes, (rib, u(0.6, 1), 0.03)] if rng.random() < 0.6 else strokes


def _dress(rng):
    u = rng.uniform
    neck, chest, waist = u(0.12, 0.22), u(0.28, 0.38), u(0.22, 0.34)
    length, belt = u(1.9, 2.3), u(0.7, 0.95)
    hem = u(0.28, 0.75)
    half = [(neck, 0), (neck, 0), (chest * 0.9, 0.08), (chest, 0.42), (waist, belt)]
    half += [(hem * 0.8 + 0.05, 0.6 * length), (hem, length), (hem, length)]
    strokes = [(rounded(mirrored(half), 2), 1.0, 0)]
    if rng.random() < 0.55:
        sleeve = u(0.2, 0.4) if rng.random() < 0.6 else u(0.7, 1.2)
        arms = _top(rng, sleeve, u(0.1, 0.5), 0.6, chest, neck)
        strokes = arms + strokes
    for x in np.linspace(-0.7, 0.7, rng.integers(0, 6)):  # pleats of the skirt
        strokes.append((np.array([(x * waist, belt), (x * hem, length)]), 0.75, 0.03))
    if rng.random() < 0.5:
        strokes.append((np.array([(-waist, belt), (waist, belt)]), u(0.3, 1.4), 0.07))
    return strokes + _neckline(rng, neck * 0.9, u(0.05, 0.45))


def _coat(rng):
    u = rng.uniform
    neck, length = u(0.16, 0.28), u(1.6, 2.1)
    strokes = _top(
        rng, u(1.1, 1.5), u(0.03, 0.25), length, u(0.44, 0.56), neck, u(1, 1.1)
    )
    strokes += _neckline(rng, neck, u(0.1, 0.4), collar=rng.random() < 0.7)
    strokes += _front(rng, length, rng.choice([0, 0, 3, 4]))
    if rng.random() < 0.6:
        for side in (1, -1):
            y = length * u(0.62, 0.75)
            flap = np.array([(0.15, y), (0.4, y + u(-0.04, 0.08))]) * [side, 1]
            strokes.append((flap, u(0.4, 0.7), 0.04))
    return strokes


def _shirt(rng):
    u = rng.uniform
    neck, length = u(0.16, 0.26), u(1.5, 1.9)
    sleeve, spread = u(1.0, 1.4), u(0.03, 0.25)
    if rng.random() < 0.35:
        sleeve, spread = u(0.3, 0.6), u(0.4, 0.9)
    strokes = _top(rng, sleeve, spread, length, u(0.42, 0.58), neck, u(0.9, 1.1))
    strokes += _neckline(rng, neck, u(0.06, 0.3), collar=rng.random() < 0.75)
    if rng.random() < 0.8:
        strokes += _front(rng, length * u(0.5, 1), rng.choice([0, 4, 5, 6]))
    return strokes


# Shoes are seen from the side, toe to the left: x from -1 to 1, the ground at y = 0.


def _sole(rng, heel, thick):
    """The outline between foot and ground, raised by `heel` at the back."""
    arch = rng.uniform(0.0, 0.3)
    top = [(-1, -thick), (-0.5, -thick), (0.1, -thick - heel * (0.2 + arch))]
    top += [(0.6, -thick - heel), (0.95, -thick - heel)]
    return top


def _heel(rng, heel, thick, wedge):
    """The rest of the sole's outline: a block, a stiletto or a wedge."""
    width = rng.uniform(0.06, 0.3)
    inner = 0.9 - width
    if wedge:
        return [(0.95, 0), (-0.5, 0), (-0.95, -0.03)]
    back = [(0.92, 0), (inner, 0), (inner - 0.1, -heel * 0.85), (0.0, -heel * 0.25)]
    return [*back, (-0.4, 0), (-0.95, -0.03)]


def _sandal(rng):
    u = rng.uniform
    heel = rng.choice([u(0, 0.12), u(0.1, 0.35), u(0.5, 0.95)])
    thick, wedge = u(0.05, 0.2), rng.random() < (0.9 if heel < 0.3 else 0.25)
    top = _sole(rng, heel, thick)
    outline = top + _heel(rng, heel, thick, wedge)
    strokes = [(np.array(outline), u(0.6, 1.0), 0)]
    strokes += [(np.array(top), u(0.9, 1.4), 0.05)]

    def ground(x):
        return np.interp(x, *np.transpose(top))

    for x in u(-0.9, 0.2, rng.integers(1, 4)):  # straps over the foot
        width, rise = u(0.3, 0.75), u(0.15, 0.3) + 0.2 * (x + 0.9)
        bow = np.array([(x, 0), (x + width * u(0.2, 0.5), -rise), (x + width, -rise)])
        bow = np.concatenate([bow, [(x + width, 0)]])
        bow[:, 1] += ground(bow[:, 0])
        strokes.append((rounded(bow, 2), u(0.8, 1.3), 0))
        if rng.random() < 0.6:
            hole = bow.mean(axis=0) + (bow - bow.mean(axis=0)) * u(0.4, 0.7)
            strokes.append((rounded(hole, 2), 0, 0))
    if rng.random() < 0.7:  # a strap round the ankle
        high = u(0.3, 0.8)
        y = ground(0.9) - high
        back = [(0.9, ground(0.9)), (0.8, y), (0.85, y)]
        strokes.append((np.array(back), u(0.8, 1.1), u(0.05, 0.1)))
        band = [(0.85, y), (0.55, y + u(-0.1, 0.1)), (u(-0.2, 0.3), ground(0) - 0.1)]
        strokes.append((np.array(band), u(0.8, 1.2), u(0.05, 0.1)))
    return strokes


def _shoe(rng, shaft, heel, thick, toe_height):
    """A closed shoe whose shaft rises that far above the sole at the back."""
    u = rng.uniform
    top = _sole(rng, heel, thick)
    wedge = heel < 0.12 or rng.random() < 0.1
    opening = u(0.1, 0.3)
    back = -thick - heel - shaft
    upper = [*top, (0.98, -thick - heel - 0.1), (0.9, back * 0.7), (0.93, back)]
    upper += [(0.93, back), (opening, back + u(-0.06, 0.08)), (opening, back)]
    upper += [(opening - 0.15, back * 0.72 - 0.05), (-0.3, -thick - toe_height - 0.12)]
    upper += [(-0.8, -thick - toe_height), (-1.02, -thick - toe_height * 0.5)]
    sole = top + _heel(rng, heel, thick, wedge)
    strokes = [(rounded(upper, 1), 1.0, 0), (np.array(sole), u(0.35, 1.5), 0)]
    strokes += [(np.array(top), u(0.4, 0.8), 0.03)]
    return strokes, (opening, back)


def _sneaker(rng):
    u = rng.uniform
    shaft = u(0.35, 0.6) if rng.random() < 0.85 else u(0.6, 0.8)
    strokes, (x, y) = _shoe(rng, shaft, u(0, 0.1), u(0.08, 0.2), u(0.15, 0.28))
    mouth = rounded([(x + 0.05, y), (0.9, y - 0.05), (0.85, y + u(0.08, 0.2))], 1)
    strokes.append((mouth, rng.choice([0, 0.5]), 0))
    for t in np.linspace(0.1, 0.75, rng.integers(0, 6)):  # laces
        a, b = x + (-0.4 - x) * t, y + (-0.4 - y) * t
        lace = np.array([(a, b), (a + 0.13, b + 0.1)])
        strokes.append((lace, rng.choice([0.5, 1.5]), 0.04))
    shade = rng.choice([0.5, 1.5])
    for x in 0.2 + 0.14 * np.arange(rng.integers(0, 4)):  # stripes on the side
        strokes.append((np.array([(x - 0.2, -0.15), (x, -0.42)]), shade, 0.05))
    return strokes


def _ankle_boot(rng):
    u = rng.uniform
    heel = rng.choice([u(0.02, 0.15), u(0.2, 0.4), u(0.5, 0.8)])
    shaft = u(0.65, 1.1)
    strokes, (x, y) = _shoe(rng, shaft, heel, u(0.05, 0.15), u(0.2, 0.35))
    if rng.random() < 0.5:  # a zip or an elastic panel
        panel = [(x + 0.2, y), (x + u(0.3, 0.5), y), (x + 0.35, y * 0.45)]
        strokes.append((np.array(panel), rng.choice([0.5, 1.4]), 0))
    for t in np.linspace(0.05, 0.8, rng.choice([0, 0, 4, 6])):  # laces
        a, b = x + (-0.3 - x) * t, y + (-0.45 - y) * t
        lace = np.array([(a, b), (a + 0.16, b + 0.06)])
        strokes.append((lace, rng.choice([0.5, 1.5]), 0.04))
    cuff = np.array([(x, y + 0.08), (0.9, y + 0.08)])
    return [*strokes, (cuff, u(0.6, 1.2), 0.05)]


def _bag(rng):
    u = rng.uniform
    height, top, bottom = u(0.9, 1.9), u(0.6, 1.0), u(0.7, 1.0)
    body = mirrored([(top, 0), (top, 0), (bottom, height), (bottom, height)])
    body = rounded(body, rng.integers(0, 3))
    strokes = []
    grip, rise = u(0.2, 0.95) * top, u(0.2, 0.9)
    style = rng.integers(0, 4)
    if style:  # a handle or a strap; else a clutch
        bow = mirrored(
            [
                (grip, 0.1),
                (grip, 0.1),
                (grip * u(0.8, 1), -rise),
                (grip * 0.3, -rise * 1.1),
            ]
        )
        strokes.append((rounded(bow, 1)[:-2], u(0.6, 1.2), u(0.05, 0.12)))
    if style == 3:  # a strap that hangs in front
        strokes.append(
            (np.array([(top, 0), (1.0, height), (0.6, height + 0.1)]), 0.9, 0.07)
        )
    strokes += [(body, 1.0, 0), (np.concatenate([body, body[:1]]), 0.7, 0.03)]
    flap = height * u(0.25, 0.7)
    if rng.random() < 0.6:
        edge = mirrored([(top, 0), (top * 0.95, flap * u(0.5, 1)), (0.1, flap)])
        strokes += [(rounded(edge, 1), u(0.8, 1.2), 0), (edge, 0.55, 0.03)]
        buckle = np.array([(0, flap - 0.05), (0, flap + 0.08)])
        strokes.append((buckle, rng.choice([0.3, 1.6]), u(0.08, 0.16)))
    for y in u(0.2, 0.9, rng.integers(0, 3)) * height:
        strokes.append((np.array([(-top, y), (top, y)]), u(0.5, 0.9), 0.035))
    return strokes


GARMENTS = (_t_shirt, _trouser, _pullover, _dress, _coat)
GARMENTS += (_sandal, _shirt, _sneaker, _bag, _ankle_boot)
PATTERNED = (0.5, 0.15, 0.45, 0.45, 0.25, 0.1, 0.55, 0.3, 0.35, 0.15)


def _cloth(rng, patterned):
    """The cloth's grey, (CANVAS, CANVAS), about [0, 1], with its pattern and folds."""
    x = np.arange(CANVAS, dtype="float32") / CANVAS
    x, y = x[None], x[:, None]
    grey = 1 - 0.8 * rng.random() ** 1.8
    cloth = np.full((CANVAS, CANVAS), grey, "float32")
    if rng.random() < patterned:
        other = (grey + rng.uniform(0.3, 0.7)) % 1
        period, phase, duty = (
            rng.uniform(0.07, 0.3),
            rng.random(),
            rng.uniform(0.2, 0.6),
        )
        across, along = ((x + phase) / period) % 1, ((y + phase) / period) % 1
        where = [
            lambda: along < duty,
            lambda: along < duty,
            lambda: across < duty,
            lambda: (along < duty) ^ (across < duty),
            lambda: (across - 0.5) ** 2 + (along - 0.5) ** 2 < duty / 5,
            lambda: soft_noise(rng, cloth.shape, 16) > 0.3,
            lambda: soft_noise(rng, cloth.shape, 9) > 0.1,
            lambda: (abs(x - 0.5) < duty / 2.5) & (abs(y - 0.38) < period / 2),
            lambda: (x - 0.5) ** 2 + (y - 0.42) ** 2 < duty**2 / 12,
            lambda: abs(y - phase * 0.6 - 0.2) < period / 2,
        ][rng.integers(10)]()
        cloth = np.where(where, other, cloth)
    folds = soft_noise(rng, cloth.shape, (rng.integers(3, 7), rng.integers(4, 12)))
    light = 1 + rng.uniform(0.02, 0.16) * folds + rng.uniform(-0.3, 0.3) * (x - 0.5)
    weave = soft_noise(rng, cloth.shape, SIDE)
    return cloth * (light + rng.uniform(0, 0.12) * weave)


def _draw(item):
    """One garment: (SIDE, SIDE) uint8."""
    index, label = item
    rng = np.random.default_rng([SEED, index])
    strokes = GARMENTS[label](rng)
    # Turn a little, then fill the frame, as the original's photographs were cropped.
    angle, squeeze = rng.normal(0, 0.02), rng.uniform(0.93, 1.08)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    strokes = [(o @ turn * [squeeze, 1], shade, width) for o, shade, width in strokes]
    points = np.concatenate([o for o, _, _ in strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    zoom = (CANVAS - 4) / max(high - low) * rng.uniform(0.95, 1)
    shift = CANVAS / 2 - zoom * (low + high) / 2
    shades = Image.new("L", (CANVAS, CANVAS))
    paint(shades, [(o, 128 * shade, w) for o, shade, w in strokes], zoom, shift)
    # A garment is rounder than paper: darker towards its outline.
    mask = shades.point(lambda level: 255 * (level > 0))
    depth = np.asarray(mask.filter(ImageFilter.BoxBlur(5))) / 255
    cloth = _cloth(rng, PATTERNED[label]) * (0.55 + 0.45 * depth)
    picture = np.clip(cloth * np.asarray(shades) / 128, 0.03, 1) * (
        np.asarray(mask) > 0
    )
    small = picture.reshape(SIDE, SCALE, SIDE, SCALE).mean(axis=(1, 3))
    return np.round(small * 255).astype("uint8")


def make(folder: Path, share: float = 1.0) -> None:
    """Write fashion_mnist.npz: x_train, y_train, x_test, y_test, all uint8.

    x: (n, 28, 28), y: (n,) in the original's order of classes; n is
    a share of `TRAIN_SIZE` or `TEST_SIZE`.
    """
    train_size = int(TRAIN_SIZE * share)
    size = train_size + int(TEST_SIZE * share)
    labels = np.random.default_rng(SEED).permutation(np.arange(size) % len(GARMENTS))
    images = np.stack(list(draw_all(_draw, enumerate(labels))))
    labels = labels.astype("uint8")
    np.savez_compressed(
        folder / "fashion_mnist.npz",
        x_train=images[:train_size],
        y_train=labels[:train_size],
        x_test=images[train_size:],
        y_test=labels[train_size:],
    )
