"""The cells that stand in every notebook: data folders, splits, resumable training."""

import errno
import fcntl
import json
import wave

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from keras import layers, ops
from scipy.stats import multivariate_normal

import furniture

POINTS = np.random.default_rng(0).normal(size=(64, 6)).astype("float32")


class Noisy(keras.Model):
    """A model with every kind of random state, and a metric of its own."""

    def __init__(self):
        super().__init__()
        self.encoder = keras.Sequential(
            [layers.Dense(8), layers.Dropout(0.3), layers.BatchNormalization()]
        )
        self.decoder = layers.Dense(6)
        self.seeds = keras.random.SeedGenerator(1)
        self.tracker = keras.metrics.Mean(name="error")

    def call(self, x, training=None):
        code = self.encoder(x, training=training)
        return self.decoder(
            code + keras.random.normal(ops.shape(code), seed=self.seeds)
        )

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
        self.tracker.update_state(ops.mean((x - y_pred) ** 2))
        return ops.mean((x - y_pred) ** 2)

    @property
    def metrics(self):
        return [*super().metrics, self.tracker]


class Adversaries(keras.Model):
    """Two networks with an optimizer each."""

    def __init__(self):
        super().__init__()
        self.generator = keras.Sequential([keras.Input((3,)), layers.Dense(6)])
        self.critic = keras.Sequential([keras.Input((6,)), layers.Dense(1)])
        self.seeds = keras.random.SeedGenerator(3)

    def compile(self, optimizer, critic_optimizer, **options):
        super().compile(optimizer, **options)
        self.critic_optimizer = critic_optimizer
        optimizer.build(self.generator.trainable_variables)
        critic_optimizer.build(self.critic.trainable_variables)

    def call(self, x):
        return self.critic(x)

    def train_step(self, real):
        noise = keras.random.normal((ops.shape(real)[0], 3), seed=self.seeds)
        losses = {}
        for name, sign, network, optimizer in (
            ("critic", 1, self.critic, self.critic_optimizer),
            ("generator", -1, self.generator, self.optimizer),
        ):
            with tf.GradientTape() as tape:
                fake = ops.mean(self.critic(self.generator(noise)))
                loss = sign * (fake - ops.mean(self.critic(real)))
            variables = network.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
            losses[name] = loss
        return losses


def plain():
    model = keras.Sequential([keras.Input((6,)), layers.Dropout(0.5), layers.Dense(6)])
    model.compile("adam", "mse", metrics=["mae"], run_eagerly=True)
    return model, (POINTS, POINTS), {}


def subclass():
    model = Noisy()
    model.compile("adam", run_eagerly=True)
    validation = tf.data.Dataset.from_tensor_slices((POINTS,)).batch(32)
    return model, POINTS, {"validation_data": validation}


def adversarial():
    model = Adversaries()
    model.compile(keras.optimizers.Adam(), keras.optimizers.Adam(), run_eagerly=True)
    return model, POINTS, {}


class Interrupt(keras.callbacks.Callback):
    """Ends a training in its second epoch, as a killed kernel would."""

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def run_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(furniture, "RUN_DIR", tmp_path)
    return tmp_path


def train(make, epochs=3, callbacks=()):
    """The log and the variables of one training from the same seed."""
    keras.utils.set_random_seed(5)
    model, data, options = make()
    model(POINTS[:2])
    dataset = tf.data.Dataset.from_tensor_slices(data).shuffle(64, seed=7).batch(16)
    log = furniture.resumable_fit(model, dataset, epochs, "model", callbacks, **options)
    return log, [variable.numpy() for variable in model.variables]


def interrupted(make=plain):
    with pytest.raises(KeyboardInterrupt):
        train(make, callbacks=[Interrupt()])


@pytest.mark.parametrize("make", [plain, subclass, adversarial])
def test_resumed_training_equals_an_uninterrupted_one(make, run_folder, capsys):
    whole, expected = train(make)
    interrupted(make)
    log, variables = train(make)
    assert "resuming at epoch 3 of 3" in capsys.readouterr().out
    for key in set(whole) - {"seconds"}:
        np.testing.assert_allclose(log[key], whole[key], rtol=1e-5)
    for first, second in zip(expected, variables, strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-6)
    assert len(log["seconds"]) == 3  # of both parts
    assert not (run_folder / "model.npz").exists()
    assert len((run_folder / "model.csv").read_text().splitlines()) == 4


def change_seed(monkeypatch, _):
    monkeypatch.setattr(furniture, "SEED", 43)


def change_data(monkeypatch, _):
    monkeypatch.setattr(furniture, "data_read", {"cats": {"sha256": "other"}})


def truncate(_, path):
    path.write_bytes(path.read_bytes()[:-500])


def empty(_, path):
    path.write_bytes(b"")


def replace(_, path):
    np.savez(path, log="[]")


@pytest.mark.parametrize(
    "harm, why",
    [
        (change_seed, "is of other parameters, data or layers"),
        (change_data, "is of other parameters, data or layers"),
        (truncate, "cannot be read"),
        (empty, "cannot be read"),
        (replace, "cannot be read"),
    ],
)
def test_other_or_damaged_backup_is_not_resumed(
    harm, why, run_folder, monkeypatch, capsys
):
    interrupted()
    harm(monkeypatch, run_folder / "model.npz")
    log, _ = train(plain)
    assert f"{why}: training starts anew" in capsys.readouterr().out
    assert len(log["loss"]) == 3


def test_backup_with_more_epochs_than_asked_for_is_not_resumed(capsys):
    interrupted()
    log, _ = train(plain, epochs=1)
    assert "has seen 2 epochs, more than 1" in capsys.readouterr().out
    assert len(log["loss"]) == 1


def test_more_epochs_may_be_asked_for_after_an_interruption(monkeypatch):
    monkeypatch.setattr(furniture, "EPOCHS", 3, raising=False)
    interrupted()
    monkeypatch.setattr(furniture, "EPOCHS", 4)
    assert len(train(plain, epochs=4)[0]["loss"]) == 4


def test_two_trainings_do_not_share_a_run_folder(run_folder):
    with (run_folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(RuntimeError, match="Another run is training in"):
            train(plain, epochs=1)


def test_full_disk_stops_no_training(run_folder, monkeypatch, capsys):
    def full(path, **_):
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    log, _ = train(plain, epochs=1)
    assert "No backup could be written (No space left" in capsys.readouterr().out
    assert len(log["loss"]) == 1
    assert [path.name for path in run_folder.iterdir()] == ["lock"]


def test_need_names_both_numbers():
    furniture.need(2, [1, 2], "images")
    with pytest.raises(ValueError, match=r"ask for 1,000 images.* hold 2"):
        furniture.need(1000, [1, 2], "images")


def test_splits_that_share_an_item_are_refused():
    furniture.check_disjoint(POINTS[:20], POINTS[20:40], POINTS[40:])
    furniture.check_disjoint(["a", "b"], ["c"])
    with pytest.raises(ValueError, match="2 items stand in two"):
        furniture.check_disjoint(POINTS[:20], POINTS[18:])
    with pytest.raises(ValueError, match="1 items stand in two"):
        furniture.check_disjoint(["a", "b"], ["c"], ["b"])


def test_data_folder_says_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(furniture, "DATA_DIR", tmp_path)
    with pytest.raises(FileNotFoundError, match="run: make data NAME=cats"):
        furniture.data_folder("cats")
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats" / "one.jpg").write_bytes(b"1")
    with pytest.raises(FileNotFoundError, match="cats --from data/cats"):
        furniture.data_folder("cats")
    source = {"name": "my cats", "kind": "own"}
    (tmp_path / "cats" / "source.json").write_text(json.dumps(source))
    assert furniture.data_folder("cats") == tmp_path / "cats"
    assert capsys.readouterr().out == "cats: my cats (own)\n"
    assert furniture.data_read["cats"] == source


def test_faces_of_one_person_stay_in_one_split(tmp_path):
    names = [f"{i:06}.jpg" for i in range(1, 101)]
    table = pd.DataFrame({"Smiling": 1}, index=names)
    at_random = furniture.split_faces(tmp_path, table)
    assert [len(split) for split in at_random] == [80, 10, 10]
    furniture.check_disjoint(*(list(split.index) for split in at_random))
    part = pd.DataFrame({"image_id": names[::-1], "partition": [0, 1, 2, 2] * 25})
    part.to_csv(tmp_path / "list_eval_partition.csv", index=False)
    given = furniture.split_faces(tmp_path, table)
    assert [len(split) for split in given] == [25, 25, 50]
    assert list(given[0].index[:2]) == ["000004.jpg", "000008.jpg"]


def test_a_gaussian_that_keeps_all_directions_is_scipys():
    gaussian = furniture.fit_gaussian(POINTS)
    expected = multivariate_normal(POINTS.mean(axis=0), np.cov(POINTS.T))
    density = furniture.log_density(POINTS, gaussian, kept=5)
    np.testing.assert_allclose(density, expected.logpdf(POINTS), rtol=1e-4)
    rng = np.random.default_rng(1)
    drawn = furniture.draw_gaussian(gaussian, 5, 100_000, rng)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(POINTS.T), atol=0.02)


SCALE = np.array([(pitch, 12) for pitch in range(55, 89)])  # half a quarter note each


def test_notes_sound_at_their_pitch():
    """To a fifth of a semitone, by the strongest frequency while each sounds."""
    samples, size = furniture.pluck_strings([SCALE], tempo=60 * 24), 11_025 // 2
    heard = []
    for index in range(len(SCALE)):
        part = samples[index * size : (index + 1) * size] * np.hanning(size)
        frequency = np.abs(np.fft.rfft(part, 16 * size)).argmax() * 11_025 / (16 * size)
        heard.append(69 + 12 * np.log2(frequency / 440))
    np.testing.assert_allclose(heard, SCALE[:, 0], atol=0.2)


def test_a_player_keeps_its_sound(run_folder):
    voice = np.array([(60, 24), (-1, 24), (64, 24)])  # a rest in the middle
    player = furniture.audio_player([voice], 60 * 24, "tones")
    with wave.open(str(run_folder / "tones.wav")) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(3.3, abs=0.01)
        levels = np.frombuffer(file.readframes(40_000), "uint8").astype(int) - 128
    loud = (
        np.abs(levels).reshape(-1)[: 3 * 11_025].reshape(3, -1)[:, 5_000:].max(axis=1)
    )
    assert loud[0] > 10 < loud[2] and loud[1] < 3
    assert player.src_attr().startswith("data:audio/")


def test_a_score_has_a_head_for_each_note(monkeypatch):
    """An upbeat, two bars of 6/8 and a rest, spelled for E flat major."""
    drawn = []
    monkeypatch.setattr(furniture, "draw_score", drawn.append)
    pitches = [70, 75, 74, 72, 70, 68, 67, 65, 63, -1, 63]
    voice = np.array([(pitch, 12) for pitch in pitches])
    furniture.engrave([voice], 24, "6/8", -3, upbeat=12)
    [page] = drawn
    assert page.count('class="note"') == 10
    assert page.count('class="rest"') == 1
    assert page.count('class="measure"') == 3
    assert page.count('class="keyAccid"') == 3
    assert "#E262" not in page and "#E261" not in page  # no sharp, no natural


def test_a_score_is_drawn(monkeypatch):
    sizes = []
    monkeypatch.setattr(plt, "show", lambda: sizes.append(plt.gcf().get_size_inches()))
    monkeypatch.setitem(plt.rcParams, "figure.dpi", 120)
    furniture.engrave([SCALE, SCALE], 24)  # two staves
    glyphs, lines = plt.gca().collections
    assert len(glyphs.get_paths()) > 2 * len(SCALE) and len(lines.get_segments()) > 20
    assert 900 < 120 * sizes[0][0] < 1100
    plt.close("all")


def test_svg_paths():
    path = furniture.outline("M10 20l5 0h-5v10zM0 0c1 0 2 1 2 2s1 2 2 2")
    expected = [(10, 20), (15, 20), (10, 20), (10, 30), (10, 30)]
    expected += [(0, 0), (1, 0), (2, 1), (2, 2), (2, 3), (3, 4), (4, 4)]
    np.testing.assert_array_equal(path.vertices, expected)
    assert path.codes.tolist() == [1, 2, 2, 2, 79, 1, 4, 4, 4, 4, 4, 4]


def test_families_are_found_in_any_key():
    rng = np.random.default_rng(0)
    melodies = [
        np.stack([rng.integers(60, 80, 30), rng.choice([6, 12], 30)], 1)
        for _ in range(4)
    ]
    melodies.append(np.vstack([melodies[1][:15] + np.array([5, 0]), melodies[3][-15:]]))
    family = furniture.families(melodies, 10)
    assert family[1] == family[3] == family[4]
    assert len(set(family)) == 3
    assert len(set(furniture.families(melodies, 20))) == 5


def test_longest_shared_run():
    known = furniture.word_positions([list("abcabd"), list("xabcde")])
    assert furniture.longest_shared_run(list("zabcabq"), *known) == 5
    assert furniture.longest_shared_run(list("abdxab"), *known) == 3
    assert furniture.longest_shared_run(list("zz"), *known) == 0


def test_backoff_gives_probabilities_and_uses_its_contexts():
    rng = np.random.default_rng(0)
    before = rng.integers(0, 4, 2_000)
    rows = pd.DataFrame(
        {"always": 0, "before": before, "noise": rng.integers(0, 90, 2_000)}
    )
    rows["next"] = np.where(rng.random(2_000) < 0.9, before, rng.integers(0, 4, 2_000))
    counted, held_out = rows[:1_000], rows[1_000:]
    probability = furniture.fit_backoff(
        counted, held_out, "next", ["always", "before", "noise"]
    )
    nats = -np.log(probability(held_out)).mean()
    truth = -(0.925 * np.log(0.925) + 0.075 * np.log(0.025))
    assert nats == pytest.approx(truth, abs=0.05)
    every = held_out.iloc[[0] * 4].assign(next=range(4))
    assert 0.99 < probability(every).sum() <= 1  # the rest is for what was never seen
    unknown = held_out.iloc[:1].assign(next=9, before=7)
    assert 0 < probability(unknown)[0] < 0.01


def test_sentences_become_numbers():
    first, second = furniture.as_tokens(["a ring", "a red ring left of a blue cross"])
    assert first.tolist() == [1, *second[[1, 3]], *[0] * (furniture.LENGTH - 3)]
    assert (second > 0).all() and len(set(second.tolist())) == len(second) - 1


# Their columns: how many; colour, shape, size of each; where.
SCENES = np.array(
    [
        [2, 0, 1, 0, 3, 2, 1, 1],  # the first thing right of the second
        [2, 3, 2, 1, 0, 1, 0, 0],  # the same scene: the second left of the first
        [1, 5, 3, 1, -1, -1, -1, 4],
    ]
)


def test_truth_is_in_the_order_of_the_picture():
    turned, plain, alone = furniture.truth(SCENES).tolist()
    assert turned == plain == [5, 3, 2, 1, 0, 1, 0]
    assert alone == [4, 5, 3, 1, -1, -1, -1]


def judge_that_reads(answers):
    """A judge for monkeypatching that reads what it is told, (n, 7)."""

    class Judge:
        @staticmethod
        def predict(pictures, **options):
            sizes = zip(furniture.KINDS.values(), answers.T, strict=True)
            return np.concatenate([np.eye(size)[row] for size, row in sizes], axis=1)

    return Judge


def test_shown_right_asks_about_what_is_there(monkeypatch):
    read = np.maximum(furniture.truth(SCENES), 0)
    read[1, 4] = 7  # the colour of the other thing
    monkeypatch.setattr(furniture, "judge", judge_that_reads(read))
    shares = furniture.shown_right(None, SCENES)
    assert shares.pop("colour") == shares.pop("all") == pytest.approx(2 / 3)
    assert set(shares.values()) == {1.0}


def test_what_is_kept_asks_one_thing_after_the_other(monkeypatch):
    labels = SCENES[[0, 0, 0, 0]]
    read = furniture.truth(labels)  # all right; then order, pairs and a shape wrong
    read[1] = [5, 0, 1, 0, 3, 2, 1]
    read[2, [1, 4]] = read[2, [4, 1]]
    read[3, 2] = 3
    monkeypatch.setattr(furniture, "judge", judge_that_reads(read))
    shares = furniture.what_is_kept(None, labels)
    np.testing.assert_allclose(shares, [1, 3 / 4, 2 / 3, 1 / 2])


def test_judge_loss_asks_about_what_is_there():
    true = furniture.truth(SCENES)
    logits = np.zeros((3, sum(furniture.KINDS.values())), "float32")
    answers = np.array(list(furniture.KINDS.values()))
    expected = [np.log(answers[row >= 0]).sum() for row in true]
    loss = furniture.judge_loss(true, logits)
    np.testing.assert_allclose(loss, expected, rtol=1e-5)


def test_clip_compares_each_picture_with_each_sentence():
    pictures = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3)).astype("uint8")
    tokens = furniture.as_tokens(furniture.captions[0])
    scores, false_scores = furniture.CLIP()((pictures, tokens[:, None]))
    assert scores.shape == (3, 3) and false_scores.shape == (3, 0)
    assert np.abs(scores).max() <= 1 / furniture.FIRST_TEMPERATURE + 1e-3
    _, false_scores = furniture.CLIP()((pictures, np.stack([tokens] * 3, axis=1)))
    assert false_scores.shape == (3, 2)
