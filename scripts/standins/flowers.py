"""Stand-in for the Oxford flowers: 4,200 drawn flowers of fourteen species.

The species differ in number, shape and colour of their petals and in how they are seen
(from above, from the side, as a spike). Each flower has its own proportions, tint, pose
and light, before leaves, grass, sky, soil or water that are out of focus, sometimes
with others of its kind behind it. The original (Nilsback and Zisserman 2008) has 8,189
photographs of 102 species, 500 pixels on the short side; here it is 96. The numbers of
the classes are the stand-in's own, and the test folder has classes, too.
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from .drawing import draw_all, ellipse, mirrored, paint, rounded, soft_noise, tube

SEED = 102
PER_SPECIES = {"train": 240, "valid": 30, "test": 30}
SHORT, SCALE = 96, 2  # the short side, drawn twice as large
QUALITY = 92
GOLDEN = np.pi * (3 - 5**0.5)  # the angle from one floret to the next

# A flower is a list of strokes (outline, colour, width), as `paint` takes them, around
# (0, 0) with radius 1. A petal's profile is rows of (distance from the centre, half
# width); its colours run from its foot to its tip.

WHITE, YELLOW, ORANGE = (246, 244, 238), (250, 205, 40), (240, 130, 35)
PINK, RED, PURPLE = (235, 120, 165), (205, 35, 40), (135, 70, 170)
BLUE, BROWN, GREEN = (95, 105, 215), (85, 50, 28), (85, 135, 55)
STRAP = [(0, 0.03), (0.3, 0.09), (0.7, 0.12), (0.95, 0.09), (1, 0.03)]
SPEAR = [(0, 0.05), (0.35, 0.13), (0.6, 0.13), (0.85, 0.07), (1.02, 0.0)]
LANCE = [(0, 0.08), (0.35, 0.22), (0.6, 0.24), (0.85, 0.12), (1.02, 0.0)]
OVAL = [(0, 0.1), (0.3, 0.28), (0.65, 0.34), (0.9, 0.2), (1, 0.03)]
FAN = [(0, 0.08), (0.35, 0.4), (0.7, 0.58), (0.95, 0.42), (1, 0.1)]
HEART = [(0, 0.06), (0.35, 0.36), (0.7, 0.55), (0.97, 0.44), (1, 0.25), (0.9, 0.0)]
THREAD = [(0, 0.01), (0.5, 0.035), (0.95, 0.04), (1, 0.02)]
BELL = mirrored([(0.12, 0), (0.3, 0.35), (0.32, 0.8), (0.48, 1.0), (0.2, 1.1)])


def _petal(rng, profile, angle, length, wide, colours, light, vein=0.9):
    """One petal that points to `angle`: shaded from foot to tip, with a dark rim."""
    profile = np.array(profile) * [length, length * wide]
    half = profile + rng.normal(0, 0.012, profile.shape) * length
    outline = rounded(np.concatenate([half, half[::-1] * [1, -1]]))
    cos, sin = np.cos(angle), np.sin(angle)
    turned = outline @ np.array([[cos, sin], [-sin, cos]])
    foot, tip = np.array(colours, float)
    shine = 1 + 0.14 * np.cos(angle - light) + rng.normal(0, 0.04)
    strokes = [(turned * 1.035, tip * 0.62 * shine, 0)]
    broad = profile[:, 1].max()
    for part in (1, 0.85, 0.68, 0.5, 0.32) if broad > 0.06 else (1, 0.6):
        mixed = (foot + (tip - foot) * min(1, part * 1.1)) * shine
        strokes.append((turned * part, mixed, 0))
    for bend in (-0.35, 0, 0.35) if length > 0.4 and broad > 0.1 else (0,):
        path = np.array([(0.15, bend * 0.1), (0.5, bend * 0.4), (0.85, bend * 0.5)])
        path = path * [length, 1.6 * broad]
        ridge = path @ np.array([[cos, sin], [-sin, cos]])
        strokes.append((ridge, (foot + tip) / 2 * vein * shine, 0.015))
    return strokes


def _whorl(rng, count, profile, colours, light, length=1.0, wide=1.0, start=None):
    """A ring of petals, drawn in an order that lets each overlap the next."""
    start = rng.uniform(0, 2 * np.pi) if start is None else start
    strokes = []
    for k in rng.permutation(count) if count > 8 else range(count):
        angle = start + 2 * np.pi * k / count + rng.normal(0, 0.25 / count)
        size = length * rng.uniform(0.93, 1.05)
        strokes += _petal(rng, profile, angle, size, wide, colours, light)
    return strokes


def _tint(rng, *choices):
    """One of the colours, a little off."""
    colour = np.array(choices[rng.integers(len(choices))], float)
    return np.clip(colour * rng.uniform(0.88, 1.06) + rng.normal(0, 9, 3), 0, 255)


def _disc(rng, radius, colours, count):
    """A head of florets in a sunflower spiral, from the middle colour to the rim's."""
    middle, rim = np.array(colours, float)
    strokes = [(ellipse(0, 0, radius, radius), rim * 0.75, 0)]
    for k in range(count, 0, -1):
        out = np.sqrt(k / count)
        x, y = radius * out * np.cos(k * GOLDEN), radius * out * np.sin(k * GOLDEN)
        colour = (middle + (rim - middle) * out) * rng.uniform(0.8, 1.2)
        dot = radius * 0.9 / np.sqrt(count)
        strokes.append((ellipse(x, y, dot, dot), colour, 0))
    return strokes


def _stamens(rng, count, length, stalk, head):
    strokes = []
    for angle in rng.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(count) / count:
        x, y = length * np.cos(angle), length * np.sin(angle)
        strokes.append(([(0, 0), (x, y)], stalk, 0.025))
        strokes.append((ellipse(x, y, 0.045, 0.028, angle + 1.5), head, 0))
    return strokes


def _oxeye_daisy(rng, light):
    petals = rng.integers(14, 24), STRAP, ((225, 228, 215), _tint(rng, WHITE)), light
    disc = _disc(rng, rng.uniform(0.25, 0.34), (ORANGE, YELLOW), 60)
    return _whorl(rng, *petals, wide=1.3) + disc


def _sunflower(rng, light):
    colours = _tint(rng, ORANGE), _tint(rng, YELLOW)
    strokes = _whorl(rng, rng.integers(16, 24), SPEAR, colours, light)
    strokes += _whorl(rng, rng.integers(14, 20), SPEAR, colours, light, 0.86)
    return strokes + _disc(rng, rng.uniform(0.4, 0.52), ((60, 50, 25), BROWN), 110)


def _buttercup(rng, light):
    tip = _tint(rng, (252, 220, 40))
    strokes = _whorl(rng, 5, FAN, (tip * [0.85, 0.8, 0.6], tip), light)
    strokes += _stamens(rng, 18, 0.24, YELLOW, (235, 170, 30))
    return strokes + _disc(rng, 0.13, ((150, 170, 60), (200, 190, 60)), 12)


def _wild_rose(rng, light):
    tip = _tint(rng, PINK, (245, 175, 200), (225, 80, 130))
    strokes = _whorl(rng, 5, HEART, ((250, 240, 225), tip), light)
    strokes += _stamens(rng, 22, rng.uniform(0.26, 0.34), (225, 200, 110), YELLOW)
    return strokes + _disc(rng, 0.1, (GREEN, (190, 200, 90)), 10)


def _tulip(rng, light):
    tip = _tint(rng, RED, PINK, YELLOW, PURPLE, ORANGE, WHITE)
    foot = tip * 0.6 + np.array(_tint(rng, YELLOW, WHITE, RED)) * 0.4
    wide, strokes = rng.uniform(0.9, 1.25), []
    cup = [(0, 0.12), (0.3, 0.3), (0.75, 0.27), (1.1, 0.1), (1.25, 0.0)]
    leans, shades = (-0.2, 0.22, -0.36, 0.38, 0.02), (0.8, 0.82, 0.95, 0.92, 1)
    for lean, shade in zip(leans, shades, strict=True):
        angle = -np.pi / 2 + lean + rng.normal(0, 0.04)
        size, colours = rng.uniform(1.2, 1.35), (foot * shade, tip * shade)
        strokes += _petal(rng, cup, angle, size, wide, colours, light)
    return [(np.add(o, (0, 0.75)), c, w) for o, c, w in strokes]


def _tiger_lily(rng, light):
    tip = _tint(rng, ORANGE, (240, 100, 40))
    strokes, start = [], rng.uniform(0, np.pi)
    strokes += _whorl(rng, 3, LANCE, (tip * 0.9, tip), light, 1, 0.9, start)
    strokes += _whorl(rng, 3, LANCE, (tip * 0.9, tip), light, 1, 1.2, start + np.pi / 3)
    for k in range(6):
        cos, sin = np.cos(start + k * np.pi / 3), np.sin(start + k * np.pi / 3)
        for _ in range(7):  # spots
            along, across = rng.uniform(0.2, 0.7), rng.normal(0, 0.07)
            x, y = along * cos - across * sin, along * sin + across * cos
            strokes.append((ellipse(x, y, 0.024, 0.018), (90, 25, 20), 0))
    length = rng.uniform(0.45, 0.6)
    return strokes + _stamens(rng, 6, length, (215, 190, 90), (110, 40, 15))


def _daffodil(rng, light):
    tip, cup = _tint(rng, YELLOW, WHITE), _tint(rng, ORANGE, YELLOW, (250, 170, 40))
    strokes = _whorl(rng, 6, OVAL, (tip * 0.92, tip), light)
    size = rng.uniform(0.34, 0.46)
    for part, shade in ((1, 1), (0.88, 0.85), (0.7, 0.62), (0.5, 0.45)):
        wavy = ellipse(0, 0, size * part, size * part)
        wavy = wavy * (1 + 0.07 * part * np.cos(np.arange(24) * np.pi)[:, None])
        strokes.append((wavy, cup * shade, 0))
    return strokes + _stamens(rng, 6, 0.1, YELLOW, (245, 215, 80))


def _morning_glory(rng, light):
    tip = _tint(rng, BLUE, PURPLE, (90, 80, 200), (190, 80, 160))
    strokes, start = [], rng.uniform(0, np.pi)
    rim = [(0, 0.1), (0.5, 0.5), (0.85, 0.66), (1, 0.5), (1.02, 0.0)]
    strokes += _whorl(rng, 5, rim, ((250, 245, 235), tip), light, start=start)
    strokes += _whorl(rng, 5, SPEAR, (WHITE, tip * 0.5 + 110), light, 0.92, 0.9, start)
    for size in (0.3, 0.2, 0.12):
        throat = tip * size * 1.5 + 245 * (1 - size * 1.5)
        strokes.append((ellipse(0, 0, size, size), throat, 0))
    return [*strokes, (ellipse(0, 0, 0.06, 0.06), (240, 215, 120), 0)]


def _water_lily(rng, light):
    tip = _tint(rng, PINK, WHITE, (245, 190, 210))
    colours, strokes = (tip * 0.9, tip * 0.75 + 60), []
    for length, count in ((1.0, 9), (0.84, 9), (0.66, 8), (0.46, 7)):
        strokes += _whorl(rng, count, LANCE, colours, light, length, 0.9)
    return strokes + _stamens(rng, 20, 0.2, YELLOW, (245, 180, 40))


def _dandelion(rng, light):
    tip, strokes = _tint(rng, YELLOW), []
    for length, count in ((1.0, 40), (0.85, 36), (0.68, 32), (0.5, 26), (0.32, 18)):
        colours = tip * (0.72 + 0.2 * (1 - length)), tip * (1.0 - 0.08 * length)
        strokes += _whorl(rng, count, THREAD, colours, light, length, 1.4)
    return strokes + _disc(rng, 0.16, ((215, 150, 20), (235, 180, 30)), 16)


def _wild_pansy(rng, light):
    top, low = _tint(rng, PURPLE, (85, 50, 140), BLUE), _tint(rng, YELLOW, WHITE)
    side, strokes = _tint(rng, YELLOW, WHITE, (170, 130, 210)), []
    for angle, colour in (
        (-1.15, top),
        (-2.0, top),
        (0.15, side),
        (np.pi - 0.15, side),
    ):
        angle += rng.normal(0, 0.06)
        strokes += _petal(rng, FAN, angle, 0.95, 0.95, (colour * 0.85, colour), light)
    strokes += _petal(rng, FAN, np.pi / 2, 1.0, 1.25, (YELLOW, low), light)
    for angle in (0.1, 0.3, 1.2, 1.57, 1.94, 2.84, 3.04):  # a bee's way in
        far = rng.uniform(0.35, 0.5)
        x, y = np.cos(angle), np.sin(angle)
        strokes.append(([(0.1 * x, 0.1 * y), (far * x, far * y)], (60, 25, 70), 0.03))
    return [*strokes, (ellipse(0, 0.06, 0.09, 0.08), (250, 190, 30), 0)]


def _purple_coneflower(rng, light):
    tip, strokes = _tint(rng, (200, 80, 160), (175, 90, 170), PINK), []
    for x in rng.permutation(np.linspace(-1, 1, 11)) + rng.normal(0, 0.05, 11):
        angle = np.pi / 2 - x * rng.uniform(1.2, 1.4)
        size, shade = rng.uniform(0.85, 1), 0.8 + 0.2 * (1 - abs(x))
        strokes += _petal(
            rng, STRAP, angle, size, 1.5, (tip * 0.75, tip * shade), light
        )
    for k in range(90):
        out, angle = np.sqrt(1 - k / 90), k * GOLDEN
        x, y = (
            0.42 * out * np.cos(angle),
            0.2 * out * np.sin(angle) - 0.3 * (1 - out**2),
        )
        colour = np.array(((110, 45, 25), (215, 105, 35))[k % 2]) * rng.uniform(
            0.8, 1.15
        )
        strokes.append(([(x, y + 0.04), (x * 1.05, y - 0.05)], colour, 0.045))
    return strokes


def _poppy(rng, light):
    tip = _tint(rng, RED, (225, 60, 35), ORANGE)
    dark, start = (
        (tip * 0.35) if rng.random() < 0.6 else tip * 0.85,
        rng.uniform(0, np.pi),
    )
    bowl = [(0, 0.2), (0.35, 0.62), (0.7, 0.82), (0.95, 0.6), (1.03, 0.1)]
    strokes = _whorl(rng, 2, bowl, (dark, tip), light, 1.0, 1.0, start)
    strokes += _whorl(rng, 2, bowl, (dark, tip), light, 0.95, 0.95, start + np.pi / 2)
    strokes += _stamens(rng, 26, 0.3, (40, 30, 40), (35, 25, 35))
    return strokes + _disc(rng, 0.15, ((150, 165, 90), (95, 120, 60)), 14)


def _foxglove(rng, light):
    tip, strokes = _tint(rng, PURPLE, PINK, (205, 95, 160), WHITE), []
    strokes.append(
        (tube([(0, -1.3), (0.05, 0), (0, 1.5)], [0.05, 0.09, 0.12]), GREEN, 0)
    )
    for y in np.linspace(-1.2, 0.95, rng.integers(10, 13)):
        size = 0.2 + 0.17 * (y + 1.2)
        for side in rng.permutation([-1, 0, 1]):
            lean, root = side * rng.uniform(0.6, 1.0), (side * 0.05, y)
            cos, sin = size * np.cos(lean), size * np.sin(lean)
            bell = [(rounded(BELL) * 1.06, tip * 0.62, 0)]
            bell.append((rounded(BELL), tip * rng.uniform(0.85, 1.05), 0))
            bell.append((ellipse(0, 0.98, 0.32, 0.13), tip * 0.4 + 120, 0))
            bell += [(ellipse(x, 1, 0.06, 0.05), tip * 0.4, 0) for x in (-0.12, 0.08)]
            for outline, colour, width in bell:
                placed = outline @ np.array([[cos, -sin], [sin, cos]]) + root
                strokes.append((placed, colour, width))
    return strokes


FROM_ABOVE = (_oxeye_daisy, _sunflower, _buttercup, _wild_rose, _tiger_lily, _daffodil)
FROM_ABOVE += (_morning_glory, _water_lily, _dandelion, _wild_pansy, _poppy)
SPECIES = (*FROM_ABOVE, _tulip, _purple_coneflower, _foxglove)


def _leaves(rng, where, count, size, green):
    """Leaves that spread from a point."""
    strokes = []
    for angle in rng.uniform(0, 2 * np.pi, count):
        reach = np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(0.6, 1.2)
        tip = where + size * reach
        bend = (where + tip) / 2 + rng.normal(0, 0.12 * size, 2)
        colour = green * rng.uniform(0.7, 1.2) + rng.normal(0, 6, 3)
        wide = size * rng.uniform(0.12, 0.4)
        blade = tube([where, bend, tip], [wide * 0.3, wide, wide * 0.05])
        strokes.append((blade, colour, 0))
        strokes.append(([where, bend, tip], colour * 1.25, size * 0.02))
    return strokes


def _ground(rng, size, place):
    """What is far behind, out of focus: an RGB image of (width, height) pixels."""
    u, (width, height) = rng.uniform, size
    green = np.array(GREEN) * u(0.4, 1.1) + rng.normal(0, 12, 3)
    base = {"leaves": green, "dark": green * 0.25, "water": (35, 60, 65)}
    base["soil"] = np.array((105, 85, 65)) * u(0.6, 1.2)
    base["sky"] = np.array((140, 180, 225)) * u(0.8, 1.1)
    colour = np.clip(base[place], 0, 255)
    image = Image.new("RGB", size, tuple(colour.astype(int).tolist()))
    strokes = []
    for _ in range(rng.integers(6, 24)):
        spot = u(0, 1, 2) * [width, height]
        other = colour * u(0.5, 1.5) + rng.normal(0, 14, 3)
        if place == "water":  # floating leaves
            pad = ellipse(*spot, u(20, 60), u(10, 25), rng.normal(0, 0.1))
            strokes.append((pad, np.array((70, 120, 70)) * u(0.6, 1.2), 0))
        elif place == "sky" or rng.random() < 0.4:  # lights
            radius = u(5, 40)
            strokes.append((ellipse(*spot, radius, radius), other, 0))
        else:
            strokes += _leaves(rng, spot, 2, u(40, 110), other)
    paint(image, strokes)
    return image.filter(ImageFilter.BoxBlur(u(3, 9)))


def _draw(item):
    """One flower: (height, width, 3) uint8, the shorter of them 96."""
    index, species = item
    rng = np.random.default_rng([SEED, index])
    u, grow = rng.uniform, SPECIES[species]
    size = np.full(2, SHORT)
    size[rng.integers(2)] *= u(1, 1.5)
    canvas = tuple((size * SCALE).tolist())
    place = rng.choice(["leaves", "dark", "soil", "sky"], p=[0.58, 0.16, 0.14, 0.12])
    place = "water" if grow is _water_lily else place
    image = _ground(rng, canvas, place)
    green = np.array(GREEN) * u(0.6, 1.1) + rng.normal(0, 10, 3)
    middle = np.array(canvas) * (0.5 + u(-0.1, 0.1, 2))
    radius, light = SHORT * SCALE * u(0.3, 0.52), u(0, 2 * np.pi)

    def flower(middle, radius):
        """Strokes in pixels, turned and seen at a slant."""
        if grow in FROM_ABOVE:
            turn, slant, lean = u(0, 2 * np.pi), u(0.5, 1), rng.normal(0, 0.5)
            turn = rng.normal(0, 0.2) if grow is _wild_pansy else turn
        else:
            turn, slant, lean = rng.normal(0, 0.15), u(0.92, 1.05), 0
            radius = radius * 0.8
        slant = u(0.45, 0.75) if grow is _water_lily else slant
        matrix = np.eye(2)
        for angle, squash in ((turn, slant), (lean, 1)):
            cos, sin = np.cos(angle), np.sin(angle)
            matrix = matrix @ np.array([[cos, sin], [-sin, cos]]) * [1, squash]
        for outline, colour, width in grow(rng, light):
            yield np.asarray(outline) @ matrix * radius + middle, colour, width * radius

    if rng.random() < 0.4:  # others of its kind, out of focus
        for _ in range(rng.integers(1, 4)):
            spot = np.array(canvas) * u(0, 1, 2)
            paint(image, flower(spot, radius * u(0.3, 0.7)))
        image = image.filter(ImageFilter.BoxBlur(u(2, 5)))
    layer, strokes = Image.new("RGBA", canvas), []
    if grow is not _water_lily:
        foot = np.add(middle, (u(-0.5, 0.5) * radius, 3 * radius))
        stem = [middle, (middle + foot) / 2 + rng.normal(0, radius * 0.1, 2), foot]
        strokes.append((tube(stem, [radius * u(0.07, 0.13)] * 3), green * 0.9, 0))
        for _ in range(rng.integers(0, 3)):
            root = middle + (foot - middle) * u(0.25, 0.6)
            strokes += _leaves(rng, root, 1, radius * u(0.7, 1.4), green)
    strokes += flower(middle, radius)
    paint(layer, strokes)
    mask = layer.getchannel("A")
    # A soft shadow around the flower, petals that round off, and the day's light.
    near = np.asarray(mask.filter(ImageFilter.BoxBlur(10)), "float32")[..., None] / 255
    hill = np.asarray(mask.filter(ImageFilter.BoxBlur(6)), "float32") / 255
    cover = np.asarray(mask, "float32")[..., None] / 255
    behind = np.asarray(image, "float32") * (1 - 0.5 * near)
    down, across = np.gradient(hill)
    shade = 0.8 + 0.22 * hill + 2.5 * (np.cos(light) * across + np.sin(light) * down)
    for cells, depth in ((20, 0.06), (4, 0.08)):
        shade += depth * soft_noise(rng, hill.shape, cells)
    lit = np.asarray(layer)[..., :3] * shade[..., None]
    picture = behind * (1 - cover) + lit * cover
    small = picture.reshape(size[1], SCALE, size[0], SCALE, 3).mean(axis=(1, 3))
    small *= u(0.82, 1.12) * rng.normal(1, 0.03, 3)
    small += rng.normal(0, 3, small.shape)
    return np.clip(np.round(small), 0, 255).astype("uint8")


def make(folder: Path, share: float = 1.0) -> None:
    """Write dataset/{train,valid,test}/<class>/*.jpg and cat_to_name.json.

    Classes are "1" to "14"; 240 images of each for training, 30 for validation, 30
    for test; or a share of them.
    """
    names = {
        str(k + 1): grow.__name__[1:].replace("_", " ")
        for k, grow in enumerate(SPECIES)
    }
    (folder / "cat_to_name.json").write_text(json.dumps(names, indent=4) + "\n")
    files, items = [], []
    for split, count in PER_SPECIES.items():
        for species in range(len(SPECIES)):
            place = folder / "dataset" / split / str(species + 1)
            place.mkdir(parents=True)
            for _ in range(int(count * share)):
                files.append(place / f"image_{len(files) + 1:05d}.jpg")
                items.append((len(items), species))
    for file, image in zip(files, draw_all(_draw, items), strict=True):
        Image.fromarray(image).save(file, quality=QUALITY)
