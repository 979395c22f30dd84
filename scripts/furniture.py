# %%
"""The cells that stand in every notebook, each once.

The marks `# %%` divide them. A notebook holds copies of those it needs, in cells
tagged `furniture`; scripts/new_notebook.py puts them there, and a test compares.
Nothing imports this file but the tests. Imports marked `# music` serve the blocks
for music and texts, which the skeleton leaves out. It leaves out the blocks of chapter
13, too, from `as_tokens` on: they need names that its notebooks bind before, for which
small stand-ins follow on SEED.
"""

import fcntl
import io  # music
import json
import os
import re  # music
import time
import wave  # music
import zipfile
from collections import defaultdict  # music
from pathlib import Path
from xml.etree import ElementTree  # music

import keras
import matplotlib.pyplot as plt
import numpy as np
import ot
import pandas as pd
import tensorflow as tf
import verovio  # music
from IPython.display import Audio  # music
from keras import layers
from matplotlib.collections import LineCollection, PathCollection  # music
from matplotlib.path import Path as Outline  # music
from matplotlib.ticker import MaxNLocator
from music21 import layout, note, stream  # music
from music21.key import KeySignature  # music
from music21.meter import TimeSignature  # music
from music21.musicxml.m21ToXml import GeneralObjectExporter  # music
from numpy.lib.stride_tricks import sliding_window_view
from scipy.sparse import coo_matrix  # music
from scipy.sparse.csgraph import connected_components  # music
from sklearn.neighbors import NearestNeighbors

SEED = 42
IMAGE_SIZE = 32

# For the blocks of chapter 13 alone.
ops = keras.ops
captions = np.array([["a red ring left of a blue cross", "a red ring", "a ring"]])
images = np.zeros((1, IMAGE_SIZE, IMAGE_SIZE, 3), "uint8")
judge = keras.Sequential()  # in a notebook, what train_scene_judge returns
CHANNELS, TEXT_DIM, TEXT_BLOCKS, HEADS = (8, 8, 8), 8, 1, 2
EMBEDDING_DIM, FIRST_TEMPERATURE = 8, 0.07
EPOCH_SIZE, LEARNING_RATE = 64, 1e-3

# %%
keras.utils.set_random_seed(SEED)
tf.get_logger().setLevel("ERROR")  # no notes on the retracing of small networks
plt.rcParams.update({"figure.dpi": 120, "image.interpolation": "nearest"})
pd.options.display.float_format = lambda x: f"{x:,.{3 if abs(x) < 1000 else 6}g}"
DATA_DIR = Path("../..", Path(os.environ.get("GDL_DATA") or "data").expanduser())
RUNS = Path("../..", Path(os.environ.get("GDL_RUNS") or "runs").expanduser())
RUN_DIR = RUNS / "NN_chapter/NN_model"
RUN_DIR.mkdir(parents=True, exist_ok=True)
data_read = {}  # what data_folder found: the source of each data set by its name


# %%
def data_folder(name):
    """The folder of a data set; prints which source it holds."""
    folder = DATA_DIR / name
    if not (folder / "source.json").exists():
        found = f"No data in {folder}"
        command = f"make data NAME={name} (in a container: python scripts/download.py "
        command += f"{name}); with files of your own, see docs/your-data.md"
        if folder.is_dir() and any(folder.iterdir()):
            found = f"{folder} holds files, but no source.json that tells which"
            command = f"python scripts/download.py {name} --from data/{name}"
        raise FileNotFoundError(f"{found}. In the repository's folder, run: {command}")
    source = json.loads((folder / "source.json").read_text("utf-8"))
    print(f"{name}: {source['name']} ({source['kind']})")
    data_read[name] = source
    return folder


# %%
def need(count, items, what):
    """Raise ValueError, with both numbers, unless there are `count` items."""
    if len(items) < count:
        raise ValueError(
            f"The parameters ask for {count:,} {what}, and the data hold "
            f"{len(items):,}: lower the sizes in the parameters cell."
        )


def check_disjoint(*splits):
    """Raise ValueError if an item stands, byte for byte, in two of the splits.

    splits: arrays (n, …) or lists of strings, such as training, validation and test.
    """
    seen = set()
    for split in splits:
        items = {hash(np.asarray(item).tobytes()) for item in split}
        if shared := len(seen & items):
            raise ValueError(f"{shared:,} items stand in two of the splits.")
        seen |= items


# %%
def split_faces(folder, table):
    """Rows of the table of attributes for training, validation and test.

    By the file list_eval_partition.csv, which keeps a person's pictures together;
    where it is missing, at random, eight, one and one of ten.
    """
    if (folder / "list_eval_partition.csv").exists():
        part = pd.read_csv(folder / "list_eval_partition.csv", index_col="image_id")
        part = part["partition"].reindex(table.index).to_numpy()
    else:
        tenths = np.arange(len(table)) * 10 // len(table)
        part = np.random.default_rng(SEED).permutation(np.maximum(tenths - 7, 0))
    return [table[part == which] for which in range(3)]


def load_faces(folder, names):
    """Faces (n, IMAGE_SIZE, IMAGE_SIZE, 3), uint8, in the order of their file names.

    The middle square of each picture; a new pixel is the mean of those it covers.
    """

    def load_face(path):
        image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
        side = tf.reduce_min(tf.shape(image)[:2])
        image = tf.image.resize_with_crop_or_pad(image, side, side)
        image = tf.image.resize(image, (IMAGE_SIZE, IMAGE_SIZE), method="area")
        return tf.cast(tf.round(image), "uint8")

    faces = folder / "img_align_celeba" / "img_align_celeba"
    dataset = tf.data.Dataset.from_tensor_slices([str(faces / n) for n in names])
    dataset = dataset.map(load_face, num_parallel_calls=tf.data.AUTOTUNE)
    return np.concatenate(list(dataset.batch(500).as_numpy_iterator()))


# %%
def show_images(images, columns=10, rows=(), titles=()):
    """Draw images in a grid, each of their pixels as a square of screen pixels.

    images: (n, height, width, channels) in [0, 1]; grey ones are drawn dark on white.
    rows: labels to the left of the rows. titles: labels above the first images, so
    that as many as there are columns head the grid.
    """
    images = np.clip(np.asarray(images, "float32"), 0, 1)
    images = 1 - images if images.shape[-1] == 1 else images
    scale, gap, head = -(-64 // images.shape[1]), 4, 20  # in screen pixels
    height, width = scale * images.shape[1], scale * images.shape[2]
    lines = -(-len(images) // columns)
    tops = [line * (height + gap) for line in range(lines)]
    tops = [
        t + head * min(i + 1, -(-len(titles) // columns)) for i, t in enumerate(tops)
    ]
    canvas = np.ones((tops[-1] + height, columns * (width + gap) - gap, 3))
    figure = plt.figure(
        figsize=np.array(canvas.shape[1::-1]) / plt.rcParams["figure.dpi"]
    )
    axis = figure.add_axes((0, 0, 1, 1))
    axis.axis("off")
    for index, image in enumerate(images):
        top, left = tops[index // columns], index % columns * (width + gap)
        enlarged = image.repeat(scale, axis=0).repeat(scale, axis=1)
        canvas[top : top + height, left : left + width] = enlarged
        if index < len(titles):
            middle = left + width / 2
            axis.text(middle, top - 3, titles[index], ha="center", va="bottom", size=8)
    for top, label in zip(tops, rows, strict=False):
        axis.text(-8, top + height / 2, label, ha="right", va="center", size=8)
    axis.imshow(canvas, aspect="auto")
    plt.show()


# %%
def show_curves(history, names, ylabel):
    """Plot curves of a history's metrics: dashed for training, solid for validation.

    The axis is fitted to what follows the first epoch, which would dwarf the rest.
    """
    _, axis = plt.subplots(figsize=(6, 3.2))
    seen = []
    for color, name in zip(("#0072b2", "#d55e00", "#009e73"), names, strict=False):
        for key, style, of in (
            (name, "--", "training"),
            (f"val_{name}", "-", "validation"),
        ):
            if key in history:
                epochs = np.arange(1, len(history[key]) + 1)
                axis.plot(
                    epochs, history[key], style, color=color, label=f"{name}, {of}"
                )
                seen += history[key][1:] if len(epochs) > 3 else history[key]
    margin = 0.08 * (max(seen) - min(seen)) + 1e-9
    axis.set(
        xlabel="epoch", ylabel=ylabel, ylim=(min(seen) - margin, max(seen) + margin)
    )
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.legend(frameon=False)
    plt.show()


# %%
class Backup(keras.callbacks.Callback):
    """Prints a line an epoch and keeps all that is needed to go on from there.

    That is every variable of the model and its optimizers, random states among them,
    and the log so far, in one file that is replaced whole.
    """

    def __init__(self, model, path, recipe):
        super().__init__()
        self.set_model(model)
        self.path, self.log = path, []
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        parts = vars(model).values()
        optimizers = [p for p in parts if isinstance(p, keras.optimizers.Optimizer)]
        self.variables = [v for part in (model, *optimizers) for v in part.variables]
        self.recipe = json.dumps([*recipe, [list(v.shape) for v in self.variables]])

    def resume(self, epochs):
        """Restore the file's state; the number of epochs that it had seen."""
        self.epochs = epochs
        if not self.path.exists():
            return 0
        try:
            with np.load(self.path) as file:
                saved = {key: file[key] for key in file.files}
            recipe, log = str(saved["recipe"]), json.loads(str(saved["log"]))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return self.start_anew("cannot be read")
        if recipe != self.recipe:
            return self.start_anew("is of other parameters, data or layers")
        if len(log) > epochs:
            return self.start_anew(f"has seen {len(log)} epochs, more than {epochs}")
        for index, variable in enumerate(self.variables):
            variable.assign(saved[f"variable {index}"])
        print(f"resuming at epoch {len(log) + 1} of {epochs}")
        self.log = log
        return len(log)

    def start_anew(self, why):
        print(f"{self.path} {why}: training starts anew")
        return 0

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.perf_counter() - self.start
        self.log.append({"seconds": seconds, **{k: float(v) for k, v in logs.items()}})
        values = ", ".join(f"{key} {value:.4g}" for key, value in logs.items())
        print(f"epoch {epoch + 1} of {self.epochs}, {seconds:.0f} s, {values}")
        arrays = {f"variable {i}": v.numpy() for i, v in enumerate(self.variables)}
        part = self.path.with_suffix(".part.npz")
        try:
            np.savez(part, recipe=self.recipe, log=json.dumps(self.log), **arrays)
            part.replace(self.path)
            pd.DataFrame(self.log).to_csv(self.path.with_suffix(".csv"))
        except OSError as error:
            part.unlink(missing_ok=True)
            print(f"No backup could be written ({error.strerror}): training goes on.")


def resumable_fit(model, dataset, epochs, name, callbacks=(), **options):
    """Train a built and compiled model, or go on where an interrupted run stopped.

    dataset: a tf.data.Dataset that shuffles itself. name: of the backup in RUN_DIR.
    options: for model.fit. Returns the log: a list of values a metric, and seconds.
    """
    parameters = {k: v for k, v in globals().items() if k.isupper() and k != "EPOCHS"}
    kinds = bool, int, float, str, list, tuple
    parameters = {k: v for k, v in parameters.items() if isinstance(v, kinds)}
    backup = Backup(model, RUN_DIR / f"{name}.npz", [parameters, data_read])
    with (RUN_DIR / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError(
                f"Another run is training in {RUN_DIR}: let it end, or set GDL_RUNS "
                "to another folder before you start the kernel."
            ) from None
        done = backup.resume(epochs)
        for _ in range(2 * done):  # Keras opens two iterators an epoch
            iter(dataset)  # so that the next one shuffles as it would have
        model.fit(
            dataset,
            initial_epoch=done,
            epochs=epochs,
            shuffle=False,  # the dataset does it
            callbacks=[backup, *callbacks],
            verbose=0,
            **options,
        )
        backup.path.unlink(missing_ok=True)
    return {key: [line[key] for line in backup.log] for key in backup.log[0]}


# %%
def patch_distance(generated, real, seed=0):
    """Sliced Wasserstein distance between 7x7 patches at three scales, times 1000.

    generated, real: (n, height, width, channels) in [0, 1], equally many. Zero for
    equal sets; what two sets of real images score is the floor. After Karras et al.
    (2018).
    """
    distances = []
    for scale in (1, 2, 4):
        patches = []
        for images in (generated, real):
            rng = np.random.default_rng(seed)
            small = tf.nn.avg_pool2d(tf.cast(images, "float32"), scale, scale, "VALID")
            windows = sliding_window_view(small.numpy(), (7, 7), axis=(1, 2))
            rows = rng.integers(windows.shape[1], size=(len(windows), 16))
            cols = rng.integers(windows.shape[2], size=(len(windows), 16))
            picked = windows[np.arange(len(windows))[:, None], rows, cols]
            patches.append(picked.reshape(-1, 49 * images.shape[-1]))
        # In one dimension the best transport pairs the points in sorted order.
        lines = ot.sliced.get_random_projections(patches[0].shape[1], 128, seed)
        first, second = (np.sort(points @ lines, axis=0) for points in patches)
        distances.append(np.sqrt(np.mean((first - second) ** 2)))
    return 1000 * float(np.mean(distances))


# %%
def coverage(generated, real):
    """Share of real points with a generated one nearer than their 5th neighbour.

    generated, real: (n, features). After Naeem et al. (2020).
    """
    radii = NearestNeighbors(n_neighbors=6).fit(real).kneighbors(real)[0][:, -1]
    nearest = NearestNeighbors(n_neighbors=1).fit(generated).kneighbors(real)[0][:, 0]
    return float(np.mean(nearest <= radii))


# %%
def two_sample_accuracy(generated, real, epochs, half_size=False, seed=0):
    """How often a small network tells generated from real images it has not seen.

    generated, real: (n, height, width, channels) in [0, 1], equally many and in random
    order. The network learns from the first half of each and is asked about the
    second: 0.5 is perfect. half_size averages 2x2 pixels first. Sets the global seed.
    After Lopez-Paz and Oquab (2017).
    """
    images = tf.cast(np.stack([generated, real], axis=1), "float32")
    images = tf.reshape(images, (-1, *generated.shape[1:]))  # generated, real, …
    if half_size:
        images = tf.nn.avg_pool2d(images, 2, 2, "VALID")
    labels = np.arange(len(images)) % 2
    keras.utils.set_random_seed(seed)
    network = keras.Sequential(
        [
            *(layers.Conv2D(c, 3, 2, "same", activation="relu") for c in (32, 64, 128)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    network.compile(
        keras.optimizers.Adam(1e-3),
        "binary_crossentropy",
        run_eagerly=epochs == 1,  # not worth a compilation
    )
    middle = len(generated) // 2 * 2
    network.fit(
        images[:middle], labels[:middle], batch_size=64, epochs=epochs, verbose=0
    )
    answers = network(images[middle:], training=False).numpy()[:, 0] > 0.5
    return float(np.mean(answers == labels[middle:]))


# %%
def train_judge(images, labels, epochs):
    """Train a small classifier of real images; returns it and its feature extractor.

    images: (n, height, width, channels) in [0, 1]; labels: (n,) integers. The features
    are the 64 numbers before the logits.
    """
    image = keras.Input(images.shape[1:])
    x = image
    for channels in (32, 64, 64):
        x = layers.Conv2D(channels, 3, 2, "same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.Activation("relu")(x)
    features = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    logits = layers.Dense(int(np.max(labels)) + 1)(layers.Dropout(0.3)(features))
    judge = keras.Model(image, logits)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    judge.compile(
        keras.optimizers.Adam(1e-3),
        loss,
        metrics=["accuracy"],
        run_eagerly=epochs == 1,  # not worth a compilation
    )
    judge.fit(images, labels, batch_size=64, epochs=epochs, verbose=0)
    return judge, keras.Model(image, features)


# %%
def train_face_judge(images, labels, epochs):
    """Train a classifier of yes-or-no attributes; returns it and its features.

    images: (n, size, size, 3), uint8; labels: (n, attributes), booleans. The judge
    takes images in [0, 1] and gives a logit for each attribute; the features are the
    64 numbers before. Sets the global seed.
    """
    keras.utils.set_random_seed(SEED)
    image = keras.Input(images.shape[1:])
    x = image
    for channels in (32, 64, 128):
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.MaxPooling2D()(layers.Activation("relu")(x))
    features = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    logits = layers.Dense(labels.shape[1])(layers.Dropout(0.3)(features))
    judge = keras.Model(image, logits)
    judge.compile(
        keras.optimizers.Adam(1e-3),
        keras.losses.BinaryCrossentropy(from_logits=True),
        run_eagerly=epochs == 1,  # not worth a compilation
    )
    batches = tf.data.Dataset.from_tensor_slices((images, labels.astype("float32")))
    batches = batches.shuffle(len(images), seed=SEED).batch(64)
    batches = batches.map(lambda x, y: (tf.cast(x, "float32") / 255, y)).prefetch(2)
    judge.fit(batches, epochs=epochs, shuffle=False, verbose=0)
    return judge, keras.Model(image, features)


# %%
def frechet_distance(generated, real):
    """Fréchet distance between the Gaussians fitted to two sets of features.

    generated, real: (n, features). Zero for equal means and covariances. After
    Heusel et al. (2017), who take the features of a large network.
    """
    means = generated.mean(axis=0) - real.mean(axis=0)
    first, second = np.cov(generated.T), np.cov(real.T)
    # The trace of the root of a matrix is the sum of the roots of its eigenvalues.
    roots = np.sqrt(np.maximum(np.linalg.eigvals(first @ second).real, 0))
    return float(means @ means + np.trace(first + second) - 2 * roots.sum())


# %%
def share_near_training(generated, training, held_out):
    """Share of generated points nearer to a training than to a held-out point.

    generated, training, held_out: (n, features), the last two equally many, so that
    0.5 is what a model without a memory scores; 1 means copies.
    """
    to_training, to_held_out = (
        NearestNeighbors(n_neighbors=1).fit(points).kneighbors(generated)[0][:, 0]
        for points in (training, held_out)
    )
    return float(np.mean(to_training < to_held_out))


# %%
def fit_gaussian(points):
    """The Gaussian of points (n, d): mean, variances in falling order, directions.

    The directions, as rows, are the principal ones, at most n of them.
    """
    mean = points.mean(axis=0)
    centred = (points - mean).astype("float32")
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    return mean, lengths.astype("float64") ** 2 / (len(points) - 1), directions


def log_density(points, gaussian, kept):
    """Log density (n,) of points (n, d) under probabilistic PCA, in nats.

    It keeps the first directions; all others share one variance. After Tipping and
    Bishop (1999).
    """
    mean, variances, directions = gaussian
    others = variances[kept:].sum() / (len(mean) - kept)
    along = ((points - mean) @ directions[:kept].T) ** 2
    away = ((points - mean) ** 2).sum(axis=1) - along.sum(axis=1)
    squares = (along / variances[:kept]).sum(axis=1) + away / others
    logs = np.log(variances[:kept]).sum() + (len(mean) - kept) * np.log(others)
    return -0.5 * (squares + logs + len(mean) * np.log(2 * np.pi))


def draw_gaussian(gaussian, kept, count, rng):
    """Points (count, d) drawn from probabilistic PCA with `kept` directions."""
    mean, variances, directions = gaussian
    others = variances[kept:].sum() / (len(mean) - kept)
    along = rng.normal(size=(count, kept)) * np.sqrt(variances[:kept] - others)
    noise = rng.normal(size=(count, len(mean))) * np.sqrt(others)
    return mean + along @ directions[:kept] + noise


# %%
def engrave(voices, quarter, metre="4/4", sharps=0, upbeat=0):
    """Draw music, a staff a voice, four bars a line.

    voices: arrays (n, 2) of pitches, as keys of MIDI or below 0 for a rest, and ticks.
    quarter: ticks of a quarter note. sharps: of the key signature, flats below 0.
    upbeat: ticks before the first bar line.
    """
    parts = [to_part(voice, quarter, metre, sharps, upbeat) for voice in voices]
    verovio.enableLog(verovio.LOG_ERROR)  # no notes on scores of a single line
    toolkit = verovio.toolkit()
    options = {"pageWidth": 2400, "scale": 43, "breaks": "encoded", "header": "none"}
    toolkit.setOptions({**options, "footer": "none", "adjustPageHeight": True})
    toolkit.loadData(GeneralObjectExporter(stream.Score(parts)).parse().decode())
    draw_score(toolkit.renderToSVG(1))


def to_part(voice, quarter, metre, sharps, upbeat):
    """A voice as a music21 part in bars, its notes spelled for the key."""
    signature = TimeSignature(metre)
    part = stream.Part([signature, KeySignature(sharps)])
    missing = signature.barDuration.quarterLength - upbeat / quarter if upbeat else 0.0
    place = missing
    for pitch, length in np.asarray(voice).tolist():
        item = note.Rest()
        if pitch >= 0:
            fifths = sharps - 3 + (7 * pitch - sharps + 3) % 12  # 0 is C, 1 is G
            letter, alter = "FCGDAEB"[(fifths + 1) % 7], (fifths + 1) // 7
            name = letter + alter * "#" + -alter * "-"  # "-" is a flat
            item = note.Note(name, octave=(pitch - alter) // 12 - 1)
        item.quarterLength = length / quarter
        part.insert(place, item)
        place += length / quarter
    part.makeMeasures(inPlace=True)
    part = part.makeNotation()  # ties, while the first bar is as long as the others
    bars = part.getElementsByClass(stream.Measure)
    if upbeat:
        bars[0].shiftElements(-missing, startOffset=missing)
        bars[0].padAsAnacrusis()
    for bar in bars[4 + bool(upbeat) :: 4]:
        bar.insert(0, layout.SystemLayout(isNew=True))
    return part


def outline(text):
    """The Matplotlib path of an SVG path, with the commands that verovio writes."""
    size = {"M": 2, "L": 2, "C": 6, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4}
    points, codes, here, handle = [], [], np.zeros(2), np.zeros(2)
    for command, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", text):
        if command == "z":
            points.append(here)
            codes.append(Outline.CLOSEPOLY)
            continue
        values = np.array(re.findall(r"-?[\d.]+", numbers), float)
        for part in values.reshape(-1, size[command]):
            if command in "hv":
                part = np.insert(part, int(command == "h"), 0)
            new = list(part.reshape(-1, 2) + (here if command.islower() else 0))
            new = [2 * here - handle, *new] if command == "s" else new
            straight = Outline.MOVETO if command == "M" else Outline.LINETO
            codes += [Outline.CURVE4 if len(new) > 1 else straight] * len(new)
            points += new
            handle, here = new[-2:][0], new[-1]
    return Outline(points, codes)


def draw_score(svg):
    """Draw one of verovio's pages, the text of an SVG: a PNG is shown everywhere."""
    root = ElementTree.fromstring(re.sub(r' xmlns="[^"]*"|xlink:(?=href)', "", svg))
    page = root.find("svg")
    width, height = map(float, page.get("viewBox").split()[2:])
    inch = width / int(root.get("width")[:-2]) * plt.rcParams["figure.dpi"]
    glyphs = {g.get("id"): outline(g[0].get("d")) for g in root.find("defs")}
    hidden = [g for g in page.iter("g") if "placeholder" in g.get("class", "")]
    hidden = {shape for g in hidden for shape in g.iter()}
    filled, lines, widths = [], [], []
    for shape in [shape for shape in page.iter() if shape not in hidden]:
        numbers = shape.get("transform", "") + shape.get("points", "")
        numbers = np.array(re.findall(r"-?[\d.]+", numbers), float)
        if shape.tag == "use":
            glyph, flip = glyphs[shape.get("href")[1:]], numbers[2:] * [1, -1]
            filled.append(Outline(glyph.vertices * flip + numbers[:2], glyph.codes))
        elif shape.tag == "polygon":
            filled.append(Outline(numbers.reshape(-1, 2)))
        elif shape.tag == "ellipse":
            x, y, radius = (float(shape.get(name)) for name in ("cx", "cy", "rx"))
            filled.append(Outline.circle((x, y), radius))
        elif shape.tag == "path" and "C" in shape.get("d"):  # a tie
            filled.append(outline(shape.get("d")))
        elif shape.tag in ("path", "polyline"):
            drawn = shape.get("d")
            points = outline(drawn).vertices if drawn else numbers.reshape(-1, 2)
            lines.append(points)
            widths.append(float(shape.get("stroke-width")) * 72 / inch)
    axis = plt.figure(figsize=(width / inch, height / inch)).add_axes((0, 0, 1, 1))
    axis.set(xlim=(-500, width - 500), ylim=(height - 500, -500))  # the margin is 500
    axis.axis("off")
    axis.add_collection(PathCollection(filled, color="black", linewidth=0))
    axis.add_collection(LineCollection(lines, color="black", linewidths=widths))
    plt.show()


# %%
def audio_player(voices, tempo, name):
    """A player of plucked strings; keeps the sound as NAME.wav in the run folder.

    voices: arrays (n, 2) of pitch (below 0: a rest) and ticks. tempo: ticks a minute.
    The samples have 8 bits, so that a page stays small.
    """
    samples = pluck_strings(voices, tempo)
    noise = np.random.default_rng(0).random(len(samples)) - 0.5  # hides the steps
    levels = np.rint(128 + 120 * samples + noise).clip(0, 255).astype("uint8")
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(11_025)
        file.writeframes(levels.tobytes())
    (RUN_DIR / f"{name}.wav").write_bytes(buffer.getvalue())
    return Audio(data=buffer.getvalue())


def pluck_strings(voices, tempo, rate=11_025):
    """Samples in [-1, 1]: each note is a fundamental and overtones that die away."""
    tick, ring = 60 * rate / tempo, int(0.3 * rate)  # samples; ring: after a note's end
    longest = max(np.sum(voice, axis=0)[1] for voice in voices)
    samples = np.zeros(int(longest * tick) + ring + 2)
    for voice in voices:
        ends = (np.cumsum(np.asarray(voice)[:, 1]) * tick).astype(int)
        for pitch, start, end in zip(voice[:, 0], [0, *ends[:-1]], ends, strict=True):
            if pitch < 0:
                continue
            t = np.arange(end + ring - start) / rate
            frequency, tone = 440 * 2 ** ((pitch - 69) / 12), np.zeros(len(t))
            for overtone in range(1, 1 + min(8, int(rate / 2 / frequency))):
                sine = np.sin(2 * np.pi * overtone * frequency * t)
                tone += sine * np.exp(-(1 + overtone) * t) / overtone**1.5
            fades = np.minimum(t / 0.004, t[::-1] * rate / ring)  # no clicks
            samples[start : end + ring] += tone * np.minimum(fades, 1)
    return samples / max(np.abs(samples).max(), 1e-9)


# %%
def fit_backoff(counted, validation, target, contexts):
    """Fit p(target | contexts) by counting; returns a function of rows that gives it.

    counted, validation: tables with a row an event. contexts: columns, from the first
    to the rarest: each makes the context longer, and where it was seldom met, the guess
    of the shorter one weighs more, as that many events as validation likes best. After
    MacKay and Peto (1995).
    """
    levels, columns = [], []

    def probability(rows, extra=()):
        p = np.full(len(rows), 1 / (counted[target].nunique() + 1))
        for total, both, strength in (*levels, *extra):
            p = look_up(both, rows) + strength * p
            p = p / (look_up(total, rows) + strength)
        return p

    for context in contexts:
        columns.append(context)
        total = counted.groupby(columns).size().rename("size")
        both = counted.groupby([*columns, target]).size().rename("size")
        nats = {}
        for strength in (1, 3, 10, 30, 100, 300, 1000):
            tried = probability(validation, [(total, both, strength)])
            nats[strength] = -np.log(tried).mean()
        levels.append((total, both, min(nats, key=nats.get)))
    return probability


def look_up(counts, rows):
    """How often what stands in each row's index columns was counted: (n,)."""
    names = list(counts.index.names)
    found = rows[names].merge(counts, "left", left_on=names, right_index=True)
    return found["size"].fillna(0).to_numpy()


# %%
def families(melodies, run):
    """A number for each melody, the same for those that share `run` codes in a row.

    melodies: arrays (n, 2) of pitch and ticks; for the codes, see relative_codes. The
    relatives of a relative are of the family, too.
    """
    owner, links = {}, []
    for number, melody in enumerate(melodies):
        codes = relative_codes(melody)
        for start in range(len(codes) - run + 1):
            first = owner.setdefault(tuple(codes[start : start + run]), number)
            links.append((first, number))
    first, second = np.reshape(links, (-1, 2)).T
    graph = coo_matrix((np.ones(len(links)), (first, second)), [len(melodies)] * 2)
    return connected_components(graph, directed=False)[1]


def relative_codes(melody):
    """Events without their key: (interval from the one before, ticks) of each."""
    pitches, lengths = np.asarray(melody).T
    rests = (pitches[1:] < 0) | (pitches[:-1] < 0)
    steps = np.where(rests, 99, np.diff(pitches))
    return list(zip(steps.tolist(), lengths[1:].tolist(), strict=True))


# %%
def word_positions(texts):
    """Where each word stands in the texts, laid end to end with a gap before each.

    texts: lists of words. Returns a dictionary of arrays, and the whole length.
    """
    positions, place = defaultdict(list), 0
    for text in texts:
        place += 1
        for word in text:
            positions[word].append(place)
            place += 1
    return {word: np.array(places) for word, places in positions.items()}, place


def longest_shared_run(text, positions, size):
    """Length of the longest run of words of a text that word_positions knows."""
    runs, before, longest = np.zeros(size, "int32"), [], 0
    for word in text:
        here = positions.get(word, np.array([], "int64"))
        lengths = runs[here - 1] + 1  # one more than the run that ended just before
        runs[before] = 0
        runs[here] = lengths
        before, longest = here, max(longest, lengths.max(initial=0))
    return int(longest)


# %%
def mean_sd(values):
    """Mean and standard deviation of a measure over draws, for a row of results."""
    return float(np.mean(values)), float(np.std(values, ddof=1))


# %%
def results_table(rows):
    """The table of results. rows: metric, value, baseline, reference, sd, better."""
    columns = ["metric", "value", "baseline", "reference", "sd", "better"]
    return pd.DataFrame(rows, columns=columns).astype(object).fillna("")


# %%
vocabulary = sorted({word for text in captions.ravel() for word in text.split()})
number_of = {word: number for number, word in enumerate(vocabulary, start=2)}
LENGTH = 1 + max(len(text.split()) for text in captions.ravel())


def as_tokens(sentences):
    """Numbers (n, LENGTH), int32, of n sentences."""
    tokens = np.zeros((len(sentences), LENGTH), "int32")
    tokens[:, 0] = 1
    for row, sentence in zip(tokens, sentences, strict=True):
        found = [number_of[word] for word in sentence.split()]
        row[1 : 1 + len(found)] = found
    return tokens


# %%
KINDS = {"layout": 7, "colour": 8, "shape": 4, "size": 2}
KINDS |= {"colour 2": 8, "shape 2": 4, "size 2": 2}


def truth(labels):
    """What is to be read, (n, 7): layout, left or upper thing, other thing or -1."""
    one, other, where = labels[:, 1:4], labels[:, 4:7], labels[:, 7]
    turned = ((labels[:, 0] == 2) & (where % 2 == 1))[:, None]
    layout = np.where(labels[:, 0] == 2, 5 + where // 2, where)
    first, second = np.where(turned, other, one), np.where(turned, one, other)
    return np.column_stack([layout, first, second]).astype("int32")


def judge_loss(true, logits):
    """Sum of the cross-entropies of what there is to be read."""
    true = ops.cast(true, "int32")  # Keras hands over floats
    parts = tf.split(logits, list(KINDS.values()), axis=-1)
    each = [
        ops.sparse_categorical_crossentropy(ops.maximum(t, 0), part, from_logits=True)
        * ops.cast(t >= 0, "float32")
        for t, part in zip(tf.unstack(true, axis=1), parts, strict=True)
    ]
    return sum(each)


def train_scene_judge(images, labels, epochs):
    """Train a network that gives logits of what `truth` says of pictures; returns it.

    images: (n, side, side, 3), uint8; labels: (n, 8). Sets the global seed.
    """
    keras.utils.set_random_seed(SEED)
    network = keras.Sequential(
        [
            keras.Input(images.shape[1:]),
            layers.Rescaling(1 / 127.5, -1),
            *(layers.Conv2D(c, 4, 2, "same", activation="relu") for c in (32, 64, 128)),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(sum(KINDS.values())),
        ]
    )
    network.compile(keras.optimizers.Adam(1e-3), judge_loss)
    data = tf.data.Dataset.from_tensor_slices((images, truth(labels)))
    data = data.shuffle(len(images), SEED).batch(128).prefetch(2)
    network.fit(data, epochs=epochs, shuffle=False, verbose=0)
    return network


def read_off(pictures):
    """What the judge reads off pictures (n, 32, 32, 3) in [0, 255]: (n, 7)."""
    logits = judge.predict(pictures, batch_size=500, verbose=0)
    parts = np.split(logits, np.cumsum(list(KINDS.values()))[:-1], axis=1)
    return np.stack([part.argmax(axis=1) for part in parts], axis=1)


def shown_right(pictures, labels):
    """Share of pictures in which layout, colours, shapes, sizes and all are right."""
    true = truth(labels)
    right = (read_off(pictures) == true) | (true < 0)
    parts = [right[:, 0], *(right[:, k] & right[:, k + 3] for k in (1, 2, 3))]
    names = ["layout", "colour", "shape", "size", "all"]
    return dict(zip(names, np.mean([*parts, right.all(axis=1)], axis=1), strict=True))


# %%
def show_captioned(pictures, texts, columns=4):
    """Draw pictures in a grid, each with its sentence, broken into lines, below it."""
    rows = -(-len(pictures) // columns)
    _, axes = plt.subplots(rows, columns, figsize=(8.4, 2.3 * rows))
    for axis, picture, text in zip(axes.flat, pictures, texts, strict=True):
        axis.imshow(picture)
        axis.axis("off")
        said = text.split()
        lines = [" ".join(said[i : i + 4]) for i in range(0, len(said), 4)]
        place = {"transform": axis.transAxes, "ha": "center", "va": "top", "size": 8}
        axis.text(0.5, -0.05, "\n".join(lines), **place)
    plt.subplots_adjust(hspace=0.5, wspace=0.1)
    plt.show()


# %%
def what_is_kept(pictures, labels):
    """Shares: right colours; right shapes; if both, right pairs; if these, order."""
    read, true = read_off(pictures), truth(labels)
    got, wanted = (side[:, 1:].reshape(-1, 2, 3) for side in (read, true))
    colours, shapes, pairs = (
        (np.sort(got @ code) == np.sort(wanted @ code)).all(axis=1)
        for code in ([1, 0, 0], [0, 1, 0], [4, 1, 0])  # 4 shapes to each colour
    )
    placed = pairs & (read[:, 0] == true[:, 0])
    parts = pairs[colours & shapes], (read[:, 1] == true[:, 1])[placed]
    parts = [part.mean() if len(part) else 0.0 for part in parts]
    return [colours.mean(), shapes.mean(), *parts]


# %%
def drawn(arrays, batch_size, per_item=1):
    """Batches of EPOCH_SIZE items drawn anew; the first array has fewer rows."""
    arrays, count = [tf.constant(array) for array in arrays], len(arrays[-1])
    numbers = tf.data.Dataset.range(count).shuffle(count, SEED).repeat()
    numbers = numbers.take(EPOCH_SIZE).batch(batch_size, drop_remainder=True)
    return numbers.map(
        lambda i: (
            (
                tf.gather(arrays[0], i // per_item),
                *(tf.gather(a, i) for a in arrays[1:]),
            ),
        )
    ).prefetch(2)


def rate(epochs, batch_size):
    """Rises for a twentieth of the steps, and falls along a cosine to zero."""
    steps = epochs * (EPOCH_SIZE // batch_size)
    warmup = max(steps // 20, 1)
    return keras.optimizers.schedules.CosineDecay(
        0.0, max(steps - warmup, 1), warmup_target=LEARNING_RATE, warmup_steps=warmup
    )


# %%
class WordsAndPositions(layers.Layer):
    """Numbers (batch, LENGTH) to vectors (batch, LENGTH, TEXT_DIM)."""

    def __init__(self):
        super().__init__()
        self.words = layers.Embedding(len(vocabulary) + 2, TEXT_DIM)

    def build(self, shape):
        self.words.build(shape)
        self.positions = self.add_weight(
            shape=(LENGTH, TEXT_DIM), initializer="random_normal", name="positions"
        )

    def call(self, tokens):
        return self.words(tokens) + self.positions


# %%
def build_text_encoder():
    """Sentences (LENGTH,) to vectors (EMBEDDING_DIM,) of any length."""
    tokens = keras.Input((LENGTH,), dtype="int32")
    x = WordsAndPositions()(tokens)
    filled = ops.not_equal(tokens, 0)[:, None]  # (batch, 1, LENGTH)
    for _ in range(TEXT_BLOCKS):
        y = layers.LayerNormalization()(x)
        attention = layers.MultiHeadAttention(HEADS, TEXT_DIM // HEADS)
        x = x + attention(y, y, attention_mask=filled)
        y = layers.Dense(4 * TEXT_DIM, activation="gelu")(
            layers.LayerNormalization()(x)
        )
        x = x + layers.Dense(TEXT_DIM)(y)
    start = layers.LayerNormalization()(x)[:, 0]
    return keras.Model(tokens, layers.Dense(EMBEDDING_DIM)(start))


# %%
class CLIP(keras.Model):
    """An encoder of pictures, one of sentences, and a temperature."""

    def __init__(self, temperature=None):
        super().__init__()
        self.image_encoder, self.text_encoder = (
            build_image_encoder(),
            build_text_encoder(),
        )
        start = -np.log(temperature or FIRST_TEMPERATURE)
        self.log_scale = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(start), name="log_scale"
        )
        self.log_scale.trainable = temperature is None
        self.right = keras.metrics.Mean("right choices")

    def call(self, inputs, training=False):
        """Pictures (n, …) and sentences (n, 1 + k, LENGTH), the true one first."""
        pictures, tokens = inputs
        vectors = self.text_encoder(ops.reshape(tokens, (-1, LENGTH)))
        shape = (-1, ops.shape(tokens)[1], EMBEDDING_DIM)
        w = ops.reshape(ops.normalize(vectors), shape)
        u = ops.normalize(self.image_encoder(pictures, training=training))
        scale = ops.minimum(ops.exp(self.log_scale), 100.0)
        scores = scale * u @ ops.transpose(w[:, 0])
        return scores, scale * ops.einsum("nd,nkd->nk", u, w[:, 1:])

    def compute_loss(self, x=None, y=None, y_pred=None, *_, **__):
        scores, false_scores = y_pred
        every = ops.concatenate([scores, false_scores], axis=1)
        own = ops.arange(ops.shape(scores)[0])
        self.right.update_state(ops.equal(ops.argmax(every, axis=1), own))
        return contrastive_loss(scores, false_scores)


def contrastive_loss(scores, false_scores):
    """Mean cross-entropy of choosing one's own, in nats.

    scores: (n, n), a row for each picture, a column for each sentence, the true ones
    on the diagonal. false_scores: (n, k) of each picture with k false sentences.
    """
    own = ops.arange(ops.shape(scores)[0])

    def choice(table):
        return ops.sparse_categorical_crossentropy(own, table, from_logits=True)

    to_sentence = choice(ops.concatenate([scores, false_scores], axis=1))
    to_picture = choice(ops.transpose(scores))
    return ops.mean(to_sentence + to_picture) / 2


def build_image_encoder():
    """Pictures (side, side, 3), uint8, to vectors (EMBEDDING_DIM,) of any length."""
    image = keras.Input(images.shape[1:])
    x = layers.Rescaling(1 / 127.5, -1)(image)
    for channels in CHANNELS:
        x = layers.Conv2D(channels, 4, 2, "same", use_bias=False)(x)
        x = layers.Activation("swish")(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
    x = layers.Activation("swish")(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Dense(2 * TEXT_DIM, activation="swish")(layers.Flatten()(x))
    return keras.Model(image, layers.Dense(EMBEDDING_DIM)(x))


# %%
def waves(values, slowest, fastest, size):
    """Sines and cosines (…, size) of values (…, 1), in so many turns per unit."""
    turns = np.geomspace(slowest, fastest, size // 2)
    angles = values * (2 * np.pi * turns).astype("float32")
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)


def denoising_block(x, embedding, channels):
    """Two convolutions, told the time by a factor and a shift; added to the input.

    x: (batch, height, width, any). embedding: (batch, size).
    Returns (batch, height, width, channels).
    """
    shortcut = x if x.shape[-1] == channels else layers.Conv2D(channels, 1)(x)
    factor = layers.Reshape((1, 1, channels))(layers.Dense(channels)(embedding))
    shift = layers.Reshape((1, 1, channels))(layers.Dense(channels)(embedding))
    x = layers.Activation("swish")(layers.RMSNormalization()(x))
    x = layers.Conv2D(channels, 3, padding="same")(x)
    x = layers.RMSNormalization()(x) * (1 + factor) + shift
    x = layers.Activation("swish")(x)
    x = layers.Conv2D(channels, 3, padding="same", kernel_initializer="zeros")(x)
    return layers.Add()([shortcut, x])
