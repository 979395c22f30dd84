"""Stand-in for CIFAR-10: 12,000 drawn scenes of the original's ten classes.

A machine or an animal, built of outlines with random proportions, colours and pose, is
lit, turned, scaled and set before a sky, a sea, a meadow, a road, a wood or a room,
then scaled down to 32x32 pixels with noise. Surroundings tell something about the
class, as in the original, but not all. The original (Krizhevsky 2009) has 50,000 +
10,000 photographs, cropped closer and far more varied within each class.
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from .drawing import draw_all, ellipse, mirrored, paint, rounded, soft_noise, tube

SEED = 32
TRAIN_SIZE, TEST_SIZE = 10_000, 2_000
SIDE, SCALE = 32, 4  # drawn four times as large, then averaged
CANVAS = SIDE * SCALE

# An object is a list of strokes (outline, colour, width), as `paint` takes them, in a
# square from -1 to 1 with the ground at y = 0.8. Colours are RGB rows in [0, 255].

BLACK, WHITE, GLASS = np.array([(25, 25, 28), (240, 240, 238), (70, 95, 115)])
FURS = [(40, 35, 32), (225, 220, 210), (150, 100, 55), (190, 135, 75), (110, 105, 100)]
FURS = np.array([*FURS, (205, 175, 130), (85, 55, 35)])
SKINS = [(90, 140, 50), (120, 110, 60), (60, 95, 50), (150, 105, 65), (190, 60, 40)]
SKINS = np.array(SKINS)
CAT_EYES = [(190, 200, 60), (90, 170, 120), (220, 160, 40), (120, 170, 210)]
DOG_EYES = [(70, 45, 25), (110, 70, 35)]


def _paint_colour(rng):
    """The colour of a vehicle: white, grey, black, red, blue, yellow, green …"""
    grey = np.full(3, rng.random())
    tint = grey if rng.random() < 0.4 else 0.75 * rng.random(3) ** 1.5 + 0.25 * grey
    return 30 + 215 * tint


def _fur(rng):
    return FURS[rng.integers(len(FURS))] * rng.uniform(0.75, 1.1)


def _wheels(rng, places, radius):
    hub = rng.uniform(90, 230)
    strokes = []
    for x in places:
        strokes.append((ellipse(x, 0.8 - radius, radius, radius), BLACK, 0))
        inner = radius * 0.5
        strokes.append((ellipse(x, 0.8 - radius, inner, inner), np.full(3, hub), 0))
    return strokes


def _airplane(rng):
    u, colour = rng.uniform, _paint_colour(rng) * 0.5 + 120
    dark = colour * 0.75
    if rng.random() < 0.5:  # from the side
        thick, sweep = u(0.12, 0.2), u(0.2, 0.5)
        body = [(-0.95, 0), (-0.8, -thick), (0.7, -thick), (0.95, -thick * 0.8)]
        body += [(0.8, thick * 0.5), (-0.7, thick)]
        fin = [(0.6, -thick), (0.8, -thick - u(0.3, 0.5)), (0.95, -thick - 0.35)]
        wing = [(-0.2, 0.05), (0.2, 0.05), (sweep + 0.2, u(0.25, 0.6)), (sweep, 0.3)]
        far = np.array(wing) * [1, -0.6] + [0.05, -0.1]
        strokes = [(far, dark, 0), ([*fin, (0.9, -thick)], _paint_colour(rng), 0)]
        strokes += [(rounded(body), colour, 0), (wing, dark, 0)]
        strokes += [([(-0.6, -0.06), (0.5, -0.06)], GLASS, 0.04)]
        strokes += [(ellipse(u(-0.1, 0.1), 0.22, 0.14, 0.07), dark * 0.8, 0)]
        return [*strokes, ([(-0.85, -0.08), (-0.75, -0.08)], BLACK, 0.07)]
    thick, root, tip, sweep = u(0.09, 0.16), u(-0.35, 0.0), u(0.7, 0.95), u(0, 0.5)
    wing = mirrored([(0, root), (tip, root + sweep), (tip, root + sweep + 0.15)])
    wing = np.concatenate([wing[:3], [(0, root + 0.4)], wing[3:]])
    tail = mirrored([(0, 0.65), (0.35, 0.8), (0.35, 0.92), (0, 0.85)])
    body = mirrored([(0, -0.95), (thick, -0.7), (thick, 0.5), (0.03, 0.95)])
    strokes = [(wing, dark, 0), (tail, dark, 0), (rounded(body), colour, 0)]
    for side in (-1, 1):
        strokes.append((ellipse(side * 0.35, root + 0.2, 0.06, 0.14), dark * 0.7, 0))
    return strokes


def _automobile(rng):
    u, colour = rng.uniform, _paint_colour(rng)
    if rng.random() < 0.6:  # from the side
        radius, roof, sill = u(0.16, 0.23), u(-0.2, 0.05), u(0.28, 0.38)
        front, back = u(0.3, 0.5), u(0.45, 0.85)
        cabin = [(-front - 0.15, sill), (-front + 0.12, roof), (-front + 0.12, roof)]
        cabin += [(back - 0.3, roof), (back - 0.3, roof), (back, sill)]
        body = [(-0.95, 0.7), (-0.98, sill + 0.15), (-0.6, sill), (back, sill - 0.03)]
        body += [(0.95, sill), (0.98, 0.6), (0.95, 0.7)]
        pane = np.array(cabin) * [0.85, 0.75] + [0.01, 0.25 * sill]
        strokes = [(rounded(cabin, 1), colour, 0), (rounded(pane, 1), GLASS, 0)]
        strokes += [
            ([(0, roof), (0, sill)], colour, 0.06),
            (rounded(body, 1), colour, 0),
        ]
        strokes += [([(-0.9, 0.62), (0.9, 0.62)], colour * 0.6, 0.06)]
        strokes += [([(-0.97, 0.45), (-0.88, 0.45)], (250, 240, 190), 0.08)]
        return strokes + _wheels(rng, (-0.58 + u(-0.05, 0.05), 0.58), radius)
    roof, waist, wide = u(-0.3, -0.1), u(0.1, 0.25), u(0.65, 0.8)
    cabin = mirrored([(wide * 0.6, roof), (wide * 0.6, roof), (wide * 0.85, waist)])
    body = mirrored([(wide * 0.8, waist - 0.05), (wide, waist + 0.1), (wide, 0.7)])
    strokes = [([(x, 0.5), (x, 0.8)], BLACK, 0.24) for x in (-0.8 * wide, 0.8 * wide)]
    strokes += [(rounded(cabin, 1), colour, 0)]
    strokes += [(np.array(cabin) * [0.85, 0.8] + [0, 0.01], GLASS, 0)]
    strokes += [(rounded(body, 1), colour, 0)]
    strokes += [([(-wide * 0.5, 0.5), (wide * 0.5, 0.5)], colour * 0.35, 0.16)]
    lamp = (250, 245, 215) if rng.random() < 0.8 else (200, 30, 30)
    for side in (-1, 1):
        strokes.append((ellipse(side * wide * 0.75, 0.4, 0.12, 0.09), lamp, 0))
    return strokes


def _truck(rng):
    u, colour, box = rng.uniform, _paint_colour(rng), _paint_colour(rng)
    radius = u(0.13, 0.18)
    if rng.random() < 0.7:  # from the side
        top, cab, split = u(-0.65, -0.2), u(-0.3, 0.0), u(-0.55, -0.35)
        cargo = [(split + 0.05, top), (0.98, top), (0.98, 0.55), (split + 0.05, 0.55)]
        if rng.random() < 0.25:  # a tipper
            cargo = [(split, 0.0), (0.9, top + 0.3), (0.98, 0.4), (split + 0.1, 0.55)]
        front = [(-0.95, 0.65), (-0.97, 0.2), (-0.85, cab), (split, cab), (split, 0.65)]
        pane = [(-0.9, 0.15), (-0.82, cab + 0.08), (split - 0.1, cab + 0.08)]
        strokes = [([(-0.8, 0.6), (0.95, 0.6)], BLACK, 0.12), (cargo, box, 0)]
        for x in np.linspace(split + 0.2, 0.9, rng.integers(0, 6)):
            strokes.append(([(x, max(top, 0.0)), (x, 0.5)], box * 0.8, 0.03))
        strokes += [(front, colour, 0), ([*pane, (split - 0.1, 0.15)], GLASS, 0)]
        places = [-0.7, 0.45, 0.78, 0.1][: rng.integers(2, 5)]
        return strokes + _wheels(rng, places, radius)
    wide, top = u(0.5, 0.62), u(-0.75, -0.5)
    strokes = [([(x, 0.5), (x, 0.8)], BLACK, 0.22) for x in (-0.8 * wide, 0.8 * wide)]
    cargo = mirrored([(wide * 1.1, top), (wide * 1.1, 0.4)])
    cab = mirrored([(wide * 0.9, top + 0.3), (wide, 0.1), (wide, 0.7)])
    pane = mirrored([(wide * 0.8, top + 0.4), (wide * 0.88, 0.05)])
    strokes += [(cargo, box, 0), (cab, colour, 0), (pane, GLASS, 0)]
    strokes += [([(-wide * 0.6, 0.35), (wide * 0.6, 0.35)], colour * 0.35, 0.25)]
    for side in (-1, 1):
        lamp = ellipse(side * wide * 0.8, 0.55, 0.08, 0.07)
        strokes.append((lamp, (250, 245, 215), 0))
    return strokes


def _ship(rng):
    u, colour = rng.uniform, _paint_colour(rng)
    deck, keel = u(0.25, 0.45), 0.8
    hull = [(-0.98, deck - u(0, 0.15)), (-0.5, deck), (0.95, deck - u(0, 0.08))]
    hull += [(0.85, keel), (-0.75, keel)]
    strokes = []
    style = rng.integers(3)
    if style == 0:  # sails
        mast = u(-0.2, 0.1)
        strokes.append(([(mast, deck), (mast, -0.95)], FURS[6], 0.05))
        for side in (-1, 1):
            foot = mast + side * u(0.35, 0.6)
            sail = [(mast + side * 0.04, -0.9), (foot, deck - 0.12), (mast, deck - 0.1)]
            strokes.append((sail, WHITE - u(0, 40), 0))
    elif style == 1:  # decks and a funnel
        left, right, level = u(-0.6, -0.3), u(0.4, 0.8), deck
        for _ in range(rng.integers(1, 4)):
            house = [(left, level - 0.17), (right, level - 0.17), (right, level)]
            strokes.append(([*house, (left, level)], WHITE - u(0, 30), 0))
            strokes.append(([(left, level - 0.1), (right, level - 0.1)], GLASS, 0.05))
            left, right, level = left + u(0, 0.2), right - u(0, 0.25), level - 0.17
        x = (left + right) / 2
        strokes.append(([(x, level), (x + 0.05, level - u(0.2, 0.35))], colour, 0.16))
        strokes.append(([(x - 0.2, level), (x - 0.2, level - 0.4)], BLACK, 0.03))
    else:  # containers and a bridge
        for x in np.arange(-0.7, 0.4, 0.22):
            for level in range(rng.integers(1, 4)):
                y = deck - 0.08 - 0.16 * level
                strokes.append(([(x, y), (x + 0.2, y)], _paint_colour(rng), 0.15))
        strokes.append(([(0.68, deck), (0.68, deck - u(0.45, 0.8))], WHITE, 0.25))
    strokes.append((hull, colour * 0.8, 0))
    return [*strokes, ([(-0.8, keel - 0.05), (0.86, keel - 0.05)], colour * 0.4, 0.1)]


def _bird(rng):
    u = rng.uniform
    colour = _paint_colour(rng) if rng.random() < 0.5 else _fur(rng)
    belly = colour * 0.5 + u(60, 127)
    beak = np.array([(230, 150, 40), (60, 55, 50), (200, 190, 150)])[rng.integers(3)]
    strokes = []
    if rng.random() < 0.35:  # flying
        for side in (-1, 1):
            lift, bend = u(-0.6, 0.2), u(-0.35, 0.0)
            wing = [(0, -0.1), (side * 0.45, bend - 0.2), (side * 0.98, lift)]
            wing += [(side * 0.5, bend + 0.12), (side * 0.1, 0.2)]
            strokes.append((rounded(wing, 1), colour * u(0.7, 1), 0))
        strokes.append(([(0.05, 0.2), (0.35, 0.6), (0.12, 0.65)], colour * 0.8, 0))
        strokes.append((ellipse(0, 0.08, 0.14, 0.32, -0.3), belly, 0))
        strokes.append((ellipse(-0.1, -0.28, 0.12, 0.12), colour, 0))
        return [*strokes, ([(-0.2, -0.32), (-0.36, -0.25), (-0.18, -0.24)], beak, 0)]
    tilt, plump, neck = u(0.1, 0.7), u(0.25, 0.4), u(0.0, 0.5)
    high = 0.8 - u(0.1, 0.35) - plump
    for x in (-0.05, 0.12):
        strokes.append(([(x, high + plump * 0.8), (x - 0.03, 0.8)], beak * 0.8, 0.05))
    tail = [(0.3, 0.1), (0.75 + u(0, 0.2), u(0.1, 0.5)), (0.4, 0.3)]
    tail = np.add(tail, (0, high))
    strokes.append((tail, colour * 0.7, 0))
    head = np.array([-0.4 - 0.1 * neck, high - plump - 0.15 - neck * 0.5])
    throat = [(-0.15, high), head * 0.5 + [-0.12, high * 0.5], head]
    strokes.append((tube(throat, [plump * 1.2, 0.25, 0.2]), belly, 0))
    strokes.append((ellipse(0.05, high, 0.5, plump, tilt), colour, 0))
    strokes.append((ellipse(-0.12, high + 0.08, 0.28, plump * 0.7, tilt), belly, 0))
    wing = ellipse(0.15, high, 0.38, plump * 0.55, tilt + 0.1)
    strokes.append((wing, colour * u(0.6, 0.85), 0))
    size = u(0.15, 0.23)
    strokes.append((ellipse(*head, size, size), colour, 0))
    tip = np.add(head, (-size - u(0.12, 0.4), u(0.0, 0.12)))
    bill = [np.add(head, (-size * 0.7, -0.07)), tip, np.add(head, (-size * 0.7, 0.09))]
    strokes.append((bill, beak, 0))
    return [*strokes, (ellipse(head[0] - 0.05, head[1] - 0.04, 0.04, 0.04), BLACK, 0)]


def _quadruped(rng, fur, long, thick, leg, neck, lean, head, snout, tail, bushy, shade):
    """A standing animal that looks to the left; lean is the neck's angle.

    tail: two points after its root; bushy: its width. Returns strokes, chest, face.
    """
    u = rng.uniform
    back = 0.8 - leg - thick
    strokes = []
    for i, x in enumerate((-long * 0.8, long * 0.8, -long * 0.65, long * 0.9)):
        stride, depth = u(-0.18, 0.18), 0.65 if i < 2 else 0.9
        knee = (x + stride * 0.3 + 0.02, 0.8 - leg / 2)
        path = [(x, back + 0.1), knee, (x + stride, 0.8)]
        strokes.append((tube(path, [0.24, 0.12, 0.1]), fur * depth, 0))
    rump = np.array([long, back])
    path = [rump, rump + tail[0], rump + tail[1]]
    strokes.append((tube(path, [0.08, bushy, bushy * 0.6]), fur * shade, 0))
    chest = np.array([-long * 0.85, back])
    face = chest + neck * np.array([-np.sin(lean), -np.cos(lean)])
    throat = [np.add(chest, (0.15, 0)), (chest + face) / 2, face]
    strokes.append((tube(throat, [thick * 1.2, head, head * 0.9]), fur, 0))
    body = [(-long, -0.6), (0, -u(0.7, 0.95)), (long, -1), (long * 1.1, 0)]
    body += [(long * 0.9, 1), (0, u(0.6, 1)), (-long, 1), (-long * 1.15, 0)]
    body = np.array(body) * [1, thick] + [0, back]
    strokes.append((rounded(body, 2), fur, 0))
    nose = face + snout * np.array([-np.cos(0.5), np.sin(0.5)])
    strokes.append((ellipse(*face, head * 0.6, head * 0.55), fur * 1.05, 0))
    muzzle = tube([face, (face + nose) / 2, nose], [head, head * 0.8, head * 0.5])
    strokes.append((muzzle, fur * 1.05, 0))
    strokes.append((ellipse(*nose, 0.05, 0.05), BLACK, 0))
    strokes.append((ellipse(*np.add(face, (-0.05, -0.04)), 0.035, 0.035), BLACK, 0))
    return strokes, chest, face


def _ears(face, head, fur, tall, out):
    strokes = []
    for x, shade in ((0.5, 0.7), (0.1, 0.95)):
        root = np.add(face, (x * head, -head * 0.3))
        ear = np.add(root, [(-head * 0.25, 0), (out, -tall), (head * 0.3, 0.03)])
        strokes.append((rounded(ear, 1), fur * shade, 0))
    return strokes


def _spots(rng, strokes, fur):
    """Patches of another fur on some animals."""
    other = _fur(rng)
    for _ in range(rng.integers(1, 5) if rng.random() < 0.35 else 0):
        x, y = rng.uniform(-0.4, 0.4), rng.uniform(0.0, 0.3)
        strokes.append((ellipse(x, y, rng.uniform(0.05, 0.2), 0.1, x), other, 0))
    return strokes


def _horse(rng):
    u, fur = rng.uniform, _fur(rng)
    dark = fur * u(0.3, 0.7)
    grazing = rng.random() < 0.2
    neck, lean = (0.6, u(1.9, 2.4)) if grazing else (u(0.5, 0.65), u(0.4, 0.9))
    tail = [(0.15, 0.1), (u(0.12, 0.3), u(0.4, 0.6))], u(0.12, 0.2), 0.5
    body = u(0.5, 0.6), u(0.2, 0.26), u(0.5, 0.65)
    head = neck, lean, 0.24, u(0.26, 0.34)
    strokes, chest, face = _quadruped(rng, fur, *body, *head, *tail)
    strokes = _spots(rng, strokes, fur)
    side = np.array([np.cos(lean), -np.sin(lean)]) * 0.12
    neck = (face + chest) / 2 + side * 1.2
    mane = [face + side * 0.8 + [0, -0.08], neck, chest + side]
    strokes.append((tube(mane, [0.08, 0.16, 0.1]), dark, 0))
    if rng.random() < 0.2:  # a rider
        x, y = u(-0.1, 0.1), chest[1] - 0.3
        rider = tube([(x - 0.1, y + 0.5), (x, y), (x, y - 0.4)], [0.14, 0.2, 0.22])
        strokes.append((rider, _paint_colour(rng), 0))
        strokes.append((ellipse(x - 0.03, y - 0.5, 0.11, 0.12), (205, 160, 130), 0))
    return strokes + _ears(face, 0.24, fur, 0.14, 0.0)


def _deer(rng):
    u = rng.uniform
    fur = np.array([165, 115, 70]) * u(0.6, 1.2) + u(-15, 15, 3)
    tail = [(0.06, -0.02), (0.1, 0.1)], 0.1, 1.4
    body = u(0.38, 0.48), u(0.15, 0.2), u(0.55, 0.7)
    lean = u(0.2, 0.6) if rng.random() < 0.85 else u(1.8, 2.3)
    head = u(0.5, 0.62), lean, 0.17, u(0.16, 0.22)
    strokes, _, face = _quadruped(rng, fur, *body, *head, *tail)
    if rng.random() < 0.4:
        for x, y in u(-0.3, 0.4, (12, 2)) * [1, 0.3]:
            strokes.append((ellipse(x, y, 0.03, 0.03), fur * 1.45, 0))
    if rng.random() < 0.55:  # antlers
        bone = fur * 0.5 + 40
        for side, shade in ((0.7, 0.8), (-0.5, 1)):
            beam = [(0.05, -0.05), (0.15 * side + 0.1, -0.22), (0.3 * side, -0.42)]
            beam = face + np.array(beam)
            strokes.append((beam, bone * shade, 0.05))
            for t in (0.4, 0.75):
                root = beam[1] * (1 - t) + beam[2] * t
                tine = [root, np.add(root, (-0.12, -0.1))]
                strokes.append((tine, bone * shade, 0.04))
    return strokes + _ears(face, 0.17, fur, u(0.1, 0.18), 0.12)


def _face(rng, fur, ears):
    """An animal that looks at you, its chest below; ears(wide, high) yields strokes."""
    u = rng.uniform
    wide, high = u(0.5, 0.62), u(0.42, 0.55)
    strokes = [(mirrored([(0.3, 0.1), (u(0.4, 0.75), 0.95)]), fur * 0.85, 0)]
    strokes += ears(wide, high)
    strokes.append((ellipse(0, -0.1, wide, high), fur, 0))
    return strokes, wide, high


def _eyes(rng, middle, apart, size, colours):
    iris, (x, y) = colours[rng.integers(len(colours))], middle
    for side in (-apart, apart):
        yield ellipse(x + side, y, size, size), iris, 0
        yield ellipse(x + side, y, size * 0.55, size * 0.8), BLACK, 0


def _cat(rng):
    u, fur = rng.uniform, _fur(rng)
    stripes = rng.random() < 0.45
    if rng.random() < 0.5:
        tall = u(0.35, 0.5)

        def ears(wide, high):
            for s in (-1, 1):
                ear = np.array([(wide * 0.95, -0.15), (wide * 0.9, -high - tall * 0.8)])
                ear = np.concatenate([ear, [(wide * 0.2, -high)]]) * [s, 1]
                yield ear, fur * 0.9, 0
                yield ear * 0.75 + [s * wide * 0.15, -0.12], (200, 150, 140), 0

        strokes, wide, high = _face(rng, fur, ears)
        for x in (-0.2, 0, 0.2) if stripes else ():
            stripe = [(x, -high - 0.05), (x * 0.8, -high * 0.5)]
            strokes.append((stripe, fur * 0.5, 0.07))
        strokes += _eyes(rng, (0, -0.15), wide * 0.45, u(0.09, 0.13), CAT_EYES)
        for s in (-1, 1):
            strokes.append((ellipse(s * 0.1, 0.15, 0.15, 0.11), fur * 0.6 + 95, 0))
            for y in (0.08, 0.18):
                strokes.append(([(s * 0.18, 0.13), (s * 0.75, y)], WHITE, 0.02))
        return [*strokes, ([(-0.07, 0.02), (0.07, 0.02), (0, 0.1)], (190, 110, 110), 0)]
    if rng.random() < 0.45:  # sitting
        tail = [(0.35, 0.7), (0.75, 0.65), (u(0.7, 0.95), u(0.0, 0.5))]
        body = [(-0.3, -0.2), (0.1, -0.3), (0.5, 0.5), (0.45, 0.8), (-0.3, 0.8)]
        strokes = [(tube(tail, [0.14, 0.13, 0.1]), fur * 0.8, 0)]
        strokes.append((rounded([*body, (-0.3, 0.3)]), fur, 0))
        for x in (-0.25, -0.08):
            leg = tube([(x, 0.2), (x, 0.5), (x - 0.03, 0.8)], [0.15, 0.12, 0.13])
            strokes.append((leg, fur * 1.05, 0))
        face = np.array([-0.2, -0.45])
        strokes.append((ellipse(*face, 0.28, 0.25), fur * 1.05, 0))
        strokes += _eyes(rng, face, 0.11, 0.05, CAT_EYES)
        strokes += _ears(np.add(face, (-0.2, -0.1)), 0.36, fur, 0.22, -0.02)[1:]
        strokes += _ears(np.add(face, (0.08, -0.1)), 0.36, fur, 0.22, 0.04)[1:]
        strokes.append((ellipse(-0.2, -0.37, 0.03, 0.025), (190, 110, 110), 0))
        bars = [[(0.25, y), (0.45, y + 0.05)] for y in (0.0, 0.2, 0.4)]
    else:
        tail = [(0.25, u(-0.2, 0.1)), (u(0.2, 0.45), u(-0.6, -0.1))], 0.1, 0.85
        body = u(0.45, 0.55), u(0.15, 0.2), u(0.25, 0.35)
        head = u(0.2, 0.3), 0.7, u(0.3, 0.36), 0.12
        strokes, _, face = _quadruped(rng, fur, *body, *head, *tail)
        strokes += _ears(face, 0.33, fur, u(0.2, 0.28), 0.0)
        y = 0.8 - body[2] - 2 * body[1]
        bars = [[(x, y), (x + 0.03, y + 0.25)] for x in (-0.3, -0.1, 0.1, 0.3)]
    if stripes:
        strokes += [(bar, fur * 0.55, 0.06) for bar in bars]
    return strokes


def _dog(rng):
    u, fur = rng.uniform, _fur(rng)
    floppy, ear_fur = rng.random() < 0.65, fur * u(0.45, 1)
    if rng.random() < 0.45:

        def ears(wide, high):
            for s in (-1, 1):
                if floppy:
                    ear = ellipse(s * wide, 0.0, 0.17, u(0.35, 0.5), -s * 0.2)
                    yield ear, ear_fur, 0
                else:
                    ear = [(0.9 * wide, -0.3), (0.85 * wide, -high - u(0.3, 0.4))]
                    ear.append((0.3 * wide, -high))
                    yield np.array(ear) * [s, 1], ear_fur, 0

        strokes, wide, _ = _face(rng, fur, ears)
        chin = u(0.3, 0.45)
        if floppy:  # they hang in front of the cheeks
            strokes += strokes[1:3]
        strokes += _eyes(rng, (0, -0.2), wide * 0.42, u(0.06, 0.09), DOG_EYES)
        muzzle = fur * 0.6 + u(20, 95)
        snout = ellipse(0, chin - 0.15, u(0.24, 0.32), u(0.24, 0.32))
        strokes.append((snout, muzzle, 0))
        if rng.random() < 0.5:
            strokes.append((ellipse(0.03, chin + 0.15, 0.1, 0.17), (220, 110, 120), 0))
        strokes.append(([(-0.15, chin), (0, chin + 0.06), (0.15, chin)], BLACK, 0.03))
        return [*strokes, (ellipse(0, chin - 0.25, 0.13, 0.1), BLACK, 0)]
    tail = [(0.12, u(-0.2, 0.05)), (u(0.1, 0.35), u(-0.4, 0.2))], u(0.08, 0.16), 0.9
    body = u(0.42, 0.56), u(0.16, 0.22), u(0.25, 0.5)
    wide = u(0.26, 0.34)
    head = u(0.25, 0.4), u(0.5, 0.9), wide, u(0.24, 0.34)
    strokes, _, face = _quadruped(rng, fur, *body, *head, *tail)
    strokes = _spots(rng, strokes, fur)
    if not floppy:
        return strokes + _ears(face, wide, ear_fur, u(0.15, 0.22), 0.02)
    ear = ellipse(face[0] + 0.1, face[1] + 0.08, 0.09, u(0.16, 0.24), -0.15)
    return [*strokes, (ear, ear_fur, 0)]


def _frog(rng):
    u = rng.uniform
    skin = SKINS[rng.choice(5, p=[0.35, 0.25, 0.2, 0.15, 0.05])] * u(0.7, 1.25)
    belly = skin * 0.5 + 90
    strokes = []
    if rng.random() < 0.5:  # from the side
        for dx, shade in ((0.08, 0.7), (0, 0.9)):
            thigh = [(0.35, 0.35), (0.1, 0.55), (0.75, 0.68), (0.3, 0.78)]
            thigh = np.add(thigh, (dx, 0))
            strokes.append((tube(thigh, [0.3, 0.25, 0.16, 0.1]), skin * shade, 0))
            arm = [(-0.35 + dx, 0.3), (-0.45 + dx, 0.6), (-0.6 + dx, 0.78)]
            strokes.append((tube(arm, [0.2, 0.13, 0.12]), skin * shade, 0))
        body = [(-0.85, 0.05), (-0.5, -0.25), (0, -0.25), (0.6, 0.4), (0.6, 0.65)]
        body += [(-0.2, 0.6), (-0.75, 0.3)]
        strokes.insert(2, (rounded(body), skin, 0))
        throat = rounded([(-0.8, 0.15), (-0.2, 0.2), (-0.2, 0.5), (-0.6, 0.4)])
        strokes.append((throat, belly, 0))
        strokes.append(([(-0.85, 0.1), (-0.35, 0.14)], skin * 0.4, 0.04))
        eyes = [(-0.5, -0.25)]
        spots = u(-0.2, 0.4, (6, 2)) * [1, 0.4] + [0.1, 0.1]
    else:  # from above or in front
        for s in (-1, 1):
            thigh = [(0.2, 0.4), (0.85, u(0.2, 0.4)), (0.5, 0.75), (0.9, 0.85)]
            thigh = np.array(thigh) * [s, 1]
            strokes.append((tube(thigh, [0.2, 0.26, 0.2, 0.1]), skin * 0.85, 0))
            arm = [(s * 0.3, -0.1), (s * 0.65, 0.05), (s * 0.7, u(-0.4, 0.4))]
            strokes.append((tube(arm, [0.2, 0.14, 0.12]), skin * 0.9, 0))
        body = [(0.1, -0.75), (0.4, -0.5), (0.5, 0.1), (0.35, 0.65), (0.1, 0.75)]
        strokes.append((rounded(mirrored(body)), skin, 0))
        if rng.random() < 0.5:
            strokes.append(([(0, -0.6), (0, 0.6)], belly, u(0.06, 0.16)))
        eyes = [(-0.3, -0.55), (0.3, -0.55)]
        spots = u(-0.35, 0.35, (8, 2)) * [1, 1.3] + [0, 0.1]
    if rng.random() < 0.6:
        strokes += [(ellipse(x, y, 0.07, 0.06), skin * 0.55, 0) for x, y in spots]
    for x, y in eyes:
        strokes.append((ellipse(x, y, 0.16, 0.15), skin * 1.1, 0))
        strokes.append((ellipse(x - 0.02, y, 0.09, 0.09), (225, 185, 60), 0))
        strokes.append((ellipse(x - 0.02, y, 0.05, 0.05), BLACK, 0))
    return strokes


OBJECTS = (_airplane, _automobile, _bird, _cat, _deer)
OBJECTS += (_dog, _frog, _horse, _ship, _truck)
# How often each class stands before sky, sea, meadow, road, wood, room, plain paper.
PLACES = np.array(
    [
        (70, 5, 5, 10, 0, 0, 10),
        (0, 0, 20, 55, 5, 5, 15),
        (30, 10, 20, 0, 30, 0, 10),
        (0, 0, 20, 5, 5, 55, 15),
        (0, 0, 45, 5, 45, 0, 5),
        (0, 5, 35, 5, 10, 35, 10),
        (0, 15, 30, 0, 30, 10, 15),
        (0, 5, 60, 5, 20, 0, 10),
        (5, 85, 0, 5, 0, 0, 5),
        (0, 0, 15, 60, 5, 5, 15),
    ]
)


def _background(rng, place):
    """A place, (CANVAS, CANVAS, 3) in [0, 255]."""
    u = rng.uniform
    y = np.linspace(0, 1, CANVAS, dtype="float32")[:, None, None]
    size = CANVAS, CANVAS

    def mottled(colour, cells, depth):
        field = soft_noise(rng, size, cells)
        field = field + 0.6 * soft_noise(rng, size, np.multiply(cells, 2))
        field += 0.36 * soft_noise(rng, size, np.multiply(cells, 4))
        return (depth * field)[..., None] + np.asarray(colour, "float32")

    blue = np.array([70, 130, 200]) * u(0.7, 1.2) + u(-20, 20, 3)
    grey = np.full(3, u(120, 220))
    air = blue if rng.random() < 0.6 else grey
    sky = air * (1 - 0.5 * y) + np.array([230, 225, 215]) * 0.5 * y
    clouds = np.clip(soft_noise(rng, size, (6, 4)) - u(-0.2, 0.6), 0, 1)[..., None]
    sky = sky + (245 - sky) * clouds
    leaves = np.array([50, 85, 40]) * u(0.5, 1.3) + u(-15, 15, 3)
    wood = mottled(leaves, (8, 8), u(15, 40))
    if place == 0:
        return sky
    if place == 4:
        return wood
    if place == 6:
        return mottled(np.full(3, u(170, 250)) + u(-15, 15, 3), (2, 2), 8)
    horizon = u(0.25, 0.6)
    behind = sky if rng.random() < 0.5 else wood
    if place == 1:
        ground = mottled(air * 0.6 + u(-15, 15, 3), (14, 3), u(10, 25))
        behind = sky
    elif place == 2:
        grass = np.array([(95, 135, 55), (150, 135, 80), (190, 180, 150)])
        grass = grass[rng.choice(3, p=[0.65, 0.25, 0.1])] * u(0.7, 1.2)
        ground = mottled(grass, 10, u(10, 30))
    elif place == 3:
        ground = mottled(np.full(3, u(80, 170)) + u(-10, 10, 3), (6, 3), 8)
        if rng.random() < 0.5:  # houses
            facades = u(70, 200, (8, 1)) + u(-30, 30, (8, 3))
            roofs = np.repeat(u(0, 0.35, 8), CANVAS // 8)[:, None]
            behind = np.where(y > roofs, np.repeat(facades, CANVAS // 8, axis=0), sky)
    else:
        ground = mottled(u(60, 190, 3), (4, 3), u(4, 20))
        behind = mottled(u(70, 230, 3), (2, 2), u(4, 16))
    return np.where(y < horizon, behind, ground * (0.8 + 0.3 * y))


def _draw(item):
    """One scene: (SIDE, SIDE, 3) uint8."""
    index, label = item
    rng = np.random.default_rng([SEED, index])
    u = rng.uniform
    place = rng.choice(7, p=PLACES[label] / PLACES[label].sum())
    scene = _background(rng, place)
    strokes = OBJECTS[label](rng)
    flying = label in (0, 2) and place in (0, 6)
    angle = rng.normal(0, 0.5 if flying else 0.07)
    cos, sin = np.cos(angle), np.sin(angle)
    flip = rng.choice([-1, 1])
    matrix = np.array([[cos, sin], [-sin, cos]]) * [flip * u(0.8, 1.1), 1]
    zoom = CANVAS / 2 * u(0.7, 1.15)
    shift = CANVAS * (0.5 + u(-0.1, 0.1, 2))
    strokes = [
        (np.asarray(o) @ matrix, c + rng.normal(0, 3, 3), w) for o, c, w in strokes
    ]
    layer = Image.new("RGBA", (CANVAS, CANVAS))
    paint(layer, strokes, zoom, shift)
    mask = layer.getchannel("A")
    # A hill of blurred mask stands in for the third dimension: its slope takes light.
    cover = np.asarray(mask, "float32")[..., None] / 255
    hill = np.asarray(mask.filter(ImageFilter.BoxBlur(7)), "float32") / 255
    slope_y, slope_x = np.gradient(hill)
    light = 0.75 + 0.3 * hill + u(2, 6) * slope_y + u(-5, 5) * slope_x
    fur = 1 + u(0.02, 0.12) * soft_noise(rng, hill.shape, 24)
    body = np.asarray(layer)[..., :3] * np.clip(light * fur, 0.3, 1.5)[..., None]
    if place in (2, 3, 5, 6):  # a shadow on the ground
        under = mask.resize((CANVAS, CANVAS // 4)).filter(ImageFilter.BoxBlur(3))
        shadow = Image.new("L", (CANVAS, CANVAS))
        shadow.paste(under, (0, int(shift[1] + 0.8 * zoom - CANVAS * 0.2)))
        scene = scene * (
            1 - np.asarray(shadow, "float32")[..., None] / 255 * u(0.2, 0.55)
        )
    scene = scene * (1 - cover) + body * cover
    small = scene.reshape(SIDE, SCALE, SIDE, SCALE, 3).mean(axis=(1, 3))
    small = (small - 128) * u(0.7, 1.15) + 128 + u(-25, 25) + rng.normal(0, 6, 3)
    small += rng.normal(0, u(2, 9), small.shape)
    return np.clip(np.round(small), 0, 255).astype("uint8")


def make(folder: Path, share: float = 1.0) -> None:
    """Write cifar10.npz: x_train, y_train, x_test, y_test, all uint8.

    x: (n, 32, 32, 3), y: (n, 1) in the original's order of classes; n is
    a share of `TRAIN_SIZE` or `TEST_SIZE`.
    """
    train_size = int(TRAIN_SIZE * share)
    size = train_size + int(TEST_SIZE * share)
    labels = np.random.default_rng(SEED).permutation(np.arange(size) % len(OBJECTS))
    images = np.stack(list(draw_all(_draw, enumerate(labels))))
    labels = labels.astype("uint8")[:, None]
    np.savez_compressed(
        folder / "cifar10.npz",
        x_train=images[:train_size],
        y_train=labels[:train_size],
        x_test=images[train_size:],
        y_test=labels[train_size:],
    )
