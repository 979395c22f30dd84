"""Stand-in for CelebA: 10,000 drawn faces with true attributes.

Eyes, nose, mouth and hair sit where the original's aligned photographs have them, in
pictures of half its width and height (89x109 for 178x218). The table has those of the
original's 40 columns that are drawn. Lots are cast for each on its own, so they are
independent, except that a head has one colour of hair, a bald one neither bangs nor
waves, and that beards and lipstick go with Male, as in the original. Shape, skin,
light, pose and background vary smoothly. No face is a real person's.
"""

import csv
from pathlib import Path

import numpy as np
from PIL import Image

from .drawing import draw_all, ellipse, mirrored, paint, rounded, soft_noise, tube

SEED = 178
SIZE = 10_000
WIDTH, HEIGHT = 178, 218  # the original's pixels are the unit of every outline
HALF, ZOOM = 2, 1.5  # drawn at 1.5 times that size, stored at half of it
QUALITY = 92
CHANCES = {
    "Bald": 0.1,
    "Bangs": 0.25,
    "Big_Nose": 0.25,
    "Bushy_Eyebrows": 0.25,
    "Eyeglasses": 0.2,
    "Male": 0.45,
    "Mouth_Slightly_Open": 0.45,
    "Narrow_Eyes": 0.2,
    "Pale_Skin": 0.2,
    "Rosy_Cheeks": 0.2,
    "Smiling": 0.5,
    "Wavy_Hair": 0.35,
    "Wearing_Earrings": 0.25,
    "Wearing_Hat": 0.12,
    "Wearing_Necktie": 0.15,
    "Young": 0.7,
}
HAIR = {
    "Black_Hair": (34, 29, 30),
    "Blond_Hair": (226, 188, 112),
    "Brown_Hair": (106, 66, 38),
    "Gray_Hair": (172, 172, 176),
    "": (178, 84, 40),  # red, which has no column
}
HAIR_CHANCES = (0.3, 0.24, 0.26, 0.12, 0.08)
SKINS = np.array([(242, 198, 170), (226, 170, 136), (190, 132, 102), (138, 94, 70)])
PALE = np.array([247, 221, 206])
LIPSTICKS = np.array([(190, 30, 50), (215, 70, 110), (140, 25, 60), (225, 95, 80)])
IRISES = np.array([(92, 60, 35), (60, 110, 160), (80, 125, 75), (120, 125, 130)])
WHITE, DARK = np.array([244, 242, 240]), np.array([40, 28, 28])


def _attributes(rng):
    """Draw lots: a dict of booleans, and the name of the hair's colour."""
    has = {name: rng.random() < chance for name, chance in CHANCES.items()}
    if has["Bald"]:
        has |= {"Bangs": False, "Wavy_Hair": False}
    colour = rng.choice(list(HAIR), p=HAIR_CHANCES)
    has |= {name: name == colour for name in HAIR if name}
    has["No_Beard"] = not (has["Male"] and rng.random() < 0.4)
    has["Wearing_Lipstick"] = not has["Male"] and rng.random() < 0.5
    return has, colour


def _both(outline, colour, width=0.0):
    """A stroke and its mirror image."""
    outline = np.asarray(outline, float)
    return [(outline, colour, width), (outline * [-1, 1], colour, width)]


def _dye(rng):
    """A colour of cloth or wall, seldom garish."""
    return rng.uniform(30, 230) + rng.uniform(-60, 60, 3) * rng.uniform(0.2, 1)


def _head(rng, has, skin):
    """Neck, ears and face."""
    u, male, young = rng.uniform, has["Male"], has["Young"]
    jaw = u(38, 44) if male else u(31, 38)
    chin, wide = u(70, 78) if male else u(66, 73), u(45, 51)
    neck = u(27, 32) if male else u(20, 25)
    strokes = [(mirrored([(neck, 40), (neck, 90), (neck + 14, 120)]), skin * 0.82, 0)]
    strokes += _both(ellipse(wide, 10, 7, 13, -0.15), skin * 0.93)
    strokes += _both(ellipse(wide + 1, 10, 3, 8, -0.15), skin * 0.75)
    half = [(18, -64), (40, -50), (wide, -20), (wide, 8), (wide - 2, 28), (jaw, 52)]
    half += [(jaw * 0.55, chin), (jaw * 0.2, chin + 3)]
    face = rounded(mirrored(half), 3)
    strokes.append((face, skin, 0))
    if not young:
        line = skin * u(0.78, 0.86)
        for y in (-36, -30, -24)[: rng.integers(2, 4)]:
            strokes.append(
                ([(-24, y + 1), (-8, y - 1), (8, y - 1), (24, y + 1)], line, 1.4)
            )
        strokes += _both([(11, 30), (18, 38), (21, 50)], line, 1.8)
        strokes += _both([(10, 9), (18, 12), (27, 9)], line, 1.6)
        for y in (-4, 1, 6):
            strokes += _both([(33, y * 0.5), (40, y * 1.3)], line, 1.2)
    return strokes, face


def _eyes(rng, has, skin, hair):
    u = rng.uniform
    wide, tall = u(9, 11), 2.3 if has["Narrow_Eyes"] else u(5.5, 7)
    if has["Smiling"]:
        tall *= 0.85
    apart, tilt, look = u(18.5, 21.5), u(-1.5, 1), u(-2, 2)
    iris = IRISES[rng.integers(len(IRISES))] * u(0.7, 1.15)
    brow, arch = (5.5 if has["Bushy_Eyebrows"] else 2.0), u(1, 5)
    brow, rise = brow + (1.2 if has["Male"] else 0), u(12, 16) + tall * 0.4
    strokes = []
    for s in (-1, 1):
        x, to = s * apart, np.array([s, 1])
        lid = np.array(
            [(-wide, 0), (-wide * 0.3, -tall), (wide * 0.4, -tall), (wide, tilt)]
        )
        low = np.array([(wide * 0.4, tall * 0.8), (-wide * 0.4, tall * 0.8)])
        place = np.array([x, 0])
        strokes.append((rounded(np.concatenate([lid, low]), 2) * to + place, WHITE, 0))
        size = min(tall, 5)
        strokes.append((ellipse(x + look, -0.3, 5, size * 0.95), iris, 0))
        pupil = ellipse(x + look, -0.3, 2.4, min(2.4, size * 0.9))
        glint = ellipse(x + look + 1.5, -1.2, 1.1, min(1.1, size / 2))
        strokes += [(pupil, DARK * 0.5, 0), (glint, WHITE, 0)]
        lash = lid * [1.05, 1]
        if not has["Male"]:
            lash = np.concatenate([lash, [(wide + 4, tilt - 3.5)]])
        strokes.append((lash * to + place, DARK, 1.4 if has["Male"] else 2.6))
        crease = (lid - [0, 3.2]) * to + place
        strokes.append((crease, skin * 0.8, 1.2))
        path = np.array([(-9, -rise + 2), (1, -rise - arch), (12, -rise + 1)])
        strokes.append((tube(path * to + place, [brow, brow, brow * 0.4]), hair, 0))
    return strokes


def _nose(rng, has, skin, light):
    u = rng.uniform
    wide, tip = (u(12, 15), u(34, 38)) if has["Big_Nose"] else (u(5.5, 7.5), u(28, 33))
    side = [(2, -2), (3.5, tip * 0.5), (wide, tip - 4), (wide * 0.8, tip + 1), (2, tip)]
    shaded = np.array(side) * [-1 if light > 0 else 1, 1]
    strokes = [(rounded(shaded, 1), skin * 0.9, 0)]
    strokes.append((ellipse(0, tip - 4, wide * 0.55, wide * 0.5), skin * 1.05, 0))
    wing = [(wide * 0.8, tip - 7), (wide, tip - 3), (wide * 0.75, tip + 0.5)]
    strokes += _both(wing, skin * 0.72, 1.5)
    strokes += _both(ellipse(wide * 0.42, tip, wide * 0.24, 1.5), skin * 0.45)
    return strokes


def _mouth(rng, has, skin):
    u, smiling, opened = rng.uniform, has["Smiling"], has["Mouth_Slightly_Open"]
    wide, curve = (u(18, 22), u(5, 7.5)) if smiling else (u(12.5, 15.5), u(-0.5, 1.5))
    gap = u(5, 9) if opened else 0.0
    full = u(0.8, 1.3) * (1.1 if has["Young"] else 0.75)
    lips = skin * np.array([0.86, 0.62, 0.6]) + [10, 0, 0]
    if has["Wearing_Lipstick"]:
        lips, full = LIPSTICKS[rng.integers(len(LIPSTICKS))], full * 1.2
    y = 51 - curve / 3 + u(-1.5, 1.5)
    corner = (wide, y - curve * 0.6)
    bow = [(wide * 0.5, y - 3.2 * full), (4, y - 4.8 * full), (0.5, y - 3.4 * full)]
    mid = [(wide * 0.5, y + curve * 0.25), (0.5, y + curve * 0.45)]
    base = y + curve * 0.45 + gap
    under = [(1, base), (wide * 0.6, base - gap * 0.15 - curve * 0.1)]
    lower = [(1, base + 6 * full), (wide * 0.6, base + 4 * full - curve * 0.3)]
    strokes = []
    if opened:
        hollow = mirrored([*mid[::-1], corner, *under[::-1]])
        strokes.append((rounded(hollow, 1), (92, 30, 34), 0))
        if smiling or rng.random() < 0.5:
            deep = gap * u(0.45, 0.75)
            bite = [*mid[::-1], (wide * 0.78, y - curve * 0.2)]
            edge = [
                (wide * 0.6, y + curve * 0.1 + deep * 0.7),
                (0.5, base - gap + deep),
            ]
            teeth = [*bite, *edge]
            strokes.append((mirrored(teeth), WHITE, 0))
        else:
            tongue = ellipse(0, base - 1, wide * 0.4, gap * 0.3)
            strokes.append((tongue, (190, 90, 95), 0))
    strokes.append((mirrored([*bow[::-1], corner, *mid]), lips * 0.92, 0))
    strokes.append((rounded(mirrored([*under, corner, *lower[::-1]]), 1), lips, 0))
    if not opened:
        line = np.array([corner, *mid])
        strokes.append((np.concatenate([line, line[::-1] * [-1, 1]]), lips * 0.5, 1.8))
    if smiling:
        x = wide + 2
        fold = [(x - 1, y - curve - 3), (x + 2, y - 3), (x, y + 2)]
        strokes += _both(fold, skin * 0.8, 1.6)
    return strokes


def _beard(rng, skin, hair, face):
    """A full beard, a goatee or stubble, with its moustache."""
    u, style = rng.uniform, rng.integers(3)
    colour = hair if style < 2 else skin * 0.55 + hair * 0.3
    moustache = tube([(-17, 46), (-8, 41), (0, 42), (8, 41), (17, 46)], [2, 6, 5, 6, 2])
    if style == 1:
        chin = rounded(mirrored([(9, 60), (16, 58), (17, 70), (8, 82)]))
        return [(chin, colour, 0), (moustache, colour, 0)]
    low = face[face[:, 1] > 12] * [1.02, 1.04 + u(0, 0.08) * (style == 0)]
    low = low[np.argsort(np.arctan2(low[:, 0], low[:, 1] - 12))]
    cheek = [(40, 24), (28, 42), (18, 44), (0, 40), (-18, 44), (-28, 42), (-40, 24)]
    return [(np.concatenate([low, cheek]), colour, 0), (moustache, colour, 0)]


def _hair(rng, has, hair):
    """What hangs behind the head and what lies over it: two lists of strokes."""
    u = rng.uniform
    long = rng.random() < (0.12 if has["Male"] else 0.85)
    full = u(5, 12) if has["Male"] else u(8, 16)
    wave = u(3, 5.5) if has["Wavy_Hair"] else 0.0

    def wavy(outline):
        """Let a dense outline swing to and fro along its length."""
        outline = rounded(outline, 3)
        steps = np.diff(outline, axis=0, prepend=outline[:1])
        way = np.cumsum(np.sqrt((steps**2).sum(axis=1)))
        away = outline - [0, 10]
        away /= np.sqrt((away**2).sum(axis=1, keepdims=True)) + 1e-9
        return outline + away * (wave * np.sin(way / 5.5))[:, None]

    if has["Bald"]:
        fringe = [(45, -24), (51, -20), (55, -4), (54, 12), (46, 4), (42, -12)]
        return [], _both(rounded(fringe), hair)
    behind = []
    if long:
        down, spread = u(70, 125), u(50, 66)
        half = [(20, -66 - full), (48 + full * 0.6, -40), (spread, 10)]
        half += [(spread + 4, down), (25, down + 5)]
        behind.append((wavy(mirrored(half)), hair * 0.8, 0))
    part = u(-22, 22)
    side = u(20, 55) if long else u(-4, 14)
    top = [(18, -72 - full), (42, -58 - full * 0.6), (53 + full * 0.4, -20), (51, side)]
    top = np.roll(mirrored(top), 4, axis=0)  # from the left temple to the right
    line = [(45, side - 8), (43, -22), (30, -40 + u(-3, 5)), (part, -48 + u(-5, 3))]
    line += [(-30, -40 + u(-3, 5)), (-43, -22), (-45, side - 8)]
    over = [(wavy(np.concatenate([top, line])), hair, 0)]
    if has["Bangs"]:
        low = u(-21, -15)
        fringe = [(-46, -14), (-40, -55), (0, -66), (40, -55), (46, -14), (30, low + 2)]
        fringe += [(12, low), (0, low - u(0, 4)), (-14, low), (-30, low + 2)]
        over.append((wavy(np.array(fringe)), hair * 0.94, 0))
        for x in (-24, -8, 9, 25):
            over.append(([(x * 0.7, -56), (x, low - 2)], hair * 0.75, 1.5))
    else:
        over.append(([(part, -49), (part * 0.8, -66 - full)], hair * 0.7, 1.6))
    return behind, over


def _hat(rng):
    u, colour, band, style = rng.uniform, _dye(rng), _dye(rng), rng.integers(3)
    edge, high = u(-36, -30), u(-100, -88)
    dome = [(20, high), (46, high + 18), (57, edge - 18), (58, edge), (56, edge)]
    strokes = [(rounded(mirrored(dome)), colour, 0)]
    if style == 0:  # a woollen hat
        ribs = tube([(-58, edge - 4), (0, edge - 9), (58, edge - 4)], [17] * 3)
        strokes += [(ribs, band, 0), (ellipse(0, high - 2, 10, 9), band, 0)]
    elif style == 1:  # a brim all round
        ribbon = tube([(-58, edge - 9), (0, edge - 13), (58, edge - 9)], [11] * 3)
        brim = [(-84, 2), (-40, -4), (0, -5), (40, -4), (84, 2)]
        brim = tube(np.add(brim, (0, edge)), [7, 11, 12, 11, 7])
        strokes += [(ribbon, band, 0), (brim, colour * 0.85, 0)]
    else:  # a cap with a visor
        visor = rounded(mirrored([(30, edge - 10), (46, edge), (24, edge + 6)]))
        strokes.append((visor, band, 0))
        strokes.append(([(0, high), (0, edge - 9)], colour * 0.75, 1.6))
    return strokes


def _glasses(rng):
    u = rng.uniform
    colour = (DARK, (120, 70, 35), (190, 160, 80), rng.uniform(30, 200, 3))
    colour, thick = colour[rng.integers(4)], u(2.2, 4)
    wide, tall, x = u(13, 16.5), u(10, 14), 20.5
    if rng.random() < 0.5:
        lens = ellipse(x, 2, wide, tall)
    else:
        corner = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * [wide, tall]
        lens = rounded(np.add(corner, (x, 2)))
    strokes = _both(lens, DARK) if rng.random() < 0.15 else []
    strokes += _both(np.concatenate([lens, lens[:2]]), colour, thick)
    strokes.append(([(wide - x, 0), (0, -2), (x - wide, 0)], colour, thick))
    return strokes + _both([(x + wide, -1), (50, -3)], colour, thick)


def _clothes(rng, has):
    u, colour = rng.uniform, _dye(rng)
    low, wide = u(86, 98), u(20, 34)
    half = [(wide, low - 8), (wide + 16, low), (95, low + u(6, 20)), (110, 180)]
    neck = mirrored([(wide, low - 10), (wide * 0.6, low + u(4, 26))])
    body = mirrored(half)
    if not has["Wearing_Necktie"]:
        outline = np.concatenate([body, neck[::-1][:2], neck[:2][::-1]])
        return [(outline, colour, 0)]
    tie = _dye(rng)
    strokes = [(body, colour, 0), (mirrored([(22, 74), (26, 86), (8, 125)]), WHITE, 0)]
    strokes.append((mirrored([(8, 84), (5, 96), (11, 130)]), tie, 0))
    for y in (103, 110, 117):
        strokes.append(([(-7, y), (9, y - 6)], tie * 0.6 + 80, 2.5))
    strokes += _both([(24, 72), (28, 84), (13, 100), (2, 83)], WHITE * 0.95)
    return strokes + _both([(28, 84), (13, 100), (2, 83)], WHITE * 0.7, 1.2)


def _draw(index):
    """One face: its attributes (a dict of booleans) and (109, 89, 3) uint8."""
    rng = np.random.default_rng([SEED, index])
    u = rng.uniform
    has, shade = _attributes(rng)
    t = u(0, len(SKINS) - 1)
    skin = SKINS[int(t)] * (1 - t % 1) + SKINS[int(t) + 1] * (t % 1)
    skin = (PALE if has["Pale_Skin"] else skin) * u(0.95, 1.03) + rng.normal(0, 3, 3)
    hair = np.array(HAIR[shade]) * u(0.85, 1.15) + rng.normal(0, 4, 3)
    light = u(-1, 1)
    behind, over = _hair(rng, has, hair)
    head, face = _head(rng, has, skin)
    features = [] if has["No_Beard"] else _beard(rng, skin, hair * 0.85, face)
    features += _eyes(rng, has, skin, hair * 0.75) + _nose(rng, has, skin, light)
    features += _mouth(rng, has, skin)
    # The head turns: what is in front moves most. It nods and tilts, too.
    yaw, nod = rng.normal(0, 4), rng.normal(0, 2)
    features = [(np.add(o, (yaw, nod)), c, w) for o, c, w in features]
    layers = [("hair", behind), ("skin", head), ("other", _clothes(rng, has))]
    layers += [("skin", features), ("hair", over)]
    if has["Wearing_Earrings"]:
        jewels = ((235, 195, 80), (225, 228, 235), rng.uniform(40, 230, 3))
        drop = ellipse(51, 31, 4, u(4, 7.5))
        layers.append(("other", _both(drop, jewels[rng.integers(3)])))
    if has["Eyeglasses"]:
        glasses = [(np.add(o, (yaw, nod)), c, w) for o, c, w in _glasses(rng)]
        layers.append(("other", glasses))
    if has["Wearing_Hat"]:
        layers.append(("other", _hat(rng)))
    tilt, size = rng.normal(0, 0.05), u(0.93, 1.06)
    cos, sin = size * np.cos(tilt), size * np.sin(tilt)
    matrix = np.array([[cos, sin], [-sin, cos]])
    middle = np.array([WIDTH / 2, 112]) + rng.normal(0, 1.5, 2)
    canvas = round(WIDTH * ZOOM), round(HEIGHT * ZOOM)
    picture = Image.new("RGB", canvas)
    stuff = Image.new("RGB", canvas)  # red: skin, green: hair, blue: anything drawn
    marks = {"skin": (255, 0, 255), "hair": (0, 255, 255), "other": (0, 0, 255)}
    for kind, strokes in layers:
        strokes = [(np.asarray(o) @ matrix + middle, c, w) for o, c, w in strokes]
        paint(picture, strokes, ZOOM)
        paint(stuff, [(o, marks[kind], w) for o, _, w in strokes], ZOOM)
    shape = HEIGHT // HALF, WIDTH // HALF
    image, masks = (
        np.array(layer.resize(shape[::-1], Image.Resampling.BOX), "float32")
        for layer in (picture, stuff)
    )
    is_skin, is_hair, drawn = np.moveaxis(masks / 255, 2, 0)
    # Light, in the coordinates of the head: x and y are -1 to 1 over the face.
    y, x = np.ogrid[: shape[0], : shape[1]]
    x, y = (HALF * x - middle[0]) / 50, (HALF * y - middle[1]) / 65

    def spot(at_x, at_y, wide, tall):
        across, down = ((x - at_x) / wide) ** 2, ((y - at_y) / tall) ** 2
        return np.exp(-across) * np.exp(-down)

    turn = yaw / 50
    shading = 1.03 + 0.2 * light * x - 0.16 * (x - turn) ** 2 - 0.07 * (y - 0.1) ** 2
    shading += 0.03 * soft_noise(rng, shape, 6)
    shading += 0.1 * spot(0.3 * light, -0.55, 0.5, 0.25)  # the forehead shines
    shading -= 0.22 * spot(0, 1.3, 0.8, 0.16)  # and the chin throws a shadow
    cheek, blush = 0.12 if has["Smiling"] else 0.03, np.zeros(shape)
    for s in (-1, 1):
        shading -= 0.1 * spot(s * 0.4 + turn, -0.1, 0.26, 0.14)
        shading += cheek * spot(s * 0.5 + turn, 0.38, 0.2, 0.14)
        blush += spot(s * 0.56 + turn, 0.45, 0.26, 0.2)
    blush *= is_skin * (u(0.5, 0.7) if has["Rosy_Cheeks"] else 0.06)
    # Straight hair shows fine upright strands, wavy hair curls.
    strands = 0.18 * soft_noise(rng, shape, (24, 18) if has["Wavy_Hair"] else (5, 34))
    gloss = 1 + strands + 0.08 * soft_noise(rng, shape, (9, 18)) + 0.2 * light * x
    gloss += u(0.1, 0.35) * spot(0.4 * light, -1.05, 0.7, 0.12)
    folds = 1 + 0.12 * soft_noise(rng, shape, 7) + 0.15 * light * x
    shading = is_skin * shading + is_hair * gloss + (1 - is_skin - is_hair) * folds
    # The background: two colours that run into each other, and blurred things in it.
    far, near = _dye(rng), _dye(rng)
    blend = np.clip(0.5 + 0.35 * u(-1, 1) * y + 0.35 * u(-1, 1) * x, 0, 1)
    blobs = u(5, 35) * soft_noise(rng, shape, rng.integers(3, 8))
    rosy = np.array([226, 84, 88]) * (0.35 + 0.65 * skin.mean() / 200)
    warm = rng.normal(1, 0.03, 3) * u(0.88, 1.08)
    noise = rng.normal(0, 2, image.shape)
    for i in range(3):
        band = image[..., i] * (1 - blush) + rosy[i] * blush
        back = near[i] * 0.4 + far[i] * 0.6 + 0.4 * (far[i] - near[i]) * blend + blobs
        band = band * shading + back * (1 - drawn)
        image[..., i] = band * warm[i] + noise[..., i]
    return has, np.clip(np.round(image), 0, 255).astype("uint8")


def make(folder: Path, share: float = 1.0) -> None:
    """Write img_align_celeba/img_align_celeba/000001.jpg … and the two tables.

    A share of `SIZE` images of 89x109 (width x height). list_attr_celeba.csv has
    image_id and one column of 1 or -1 per attribute; list_eval_partition.csv has
    image_id and partition, 0 for training, 1 for validation, 2 for test (80, 10 and
    10 %, in the images' order).
    """
    size = int(SIZE * share)
    images = folder / "img_align_celeba" / "img_align_celeba"
    images.mkdir(parents=True)
    names = sorted([*CHANCES, *filter(None, HAIR), "No_Beard", "Wearing_Lipstick"])
    attributes, partition = [["image_id", *names]], [["image_id", "partition"]]
    for index, (has, image) in enumerate(draw_all(_draw, range(size))):
        file = f"{index + 1:06d}.jpg"
        Image.fromarray(image).save(images / file, quality=QUALITY)
        attributes.append([file, *(1 if has[name] else -1 for name in names)])
        partition.append([file, (index >= 0.8 * size) + (index >= 0.9 * size)])
    for table, rows in (("attr_celeba", attributes), ("eval_partition", partition)):
        with (folder / f"list_{table}.csv").open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
