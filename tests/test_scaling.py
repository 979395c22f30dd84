"""What docs/scaling.md says of the VAE under MirroredStrategy, on two logical CPUs.

TensorFlow splits its devices before it does anything else, so the training runs in a
process of its own: this file, started as a script.
"""

import ast
import json
import os
import subprocess
import sys

import pytest

from notebook_file import NOTEBOOKS, ROOT, code_cells, read

NOTEBOOK = NOTEBOOKS / "03_variational_autoencoders" / "02_vae_fashion.ipynb"
LINE = "gradients = tape.gradient(losses[0], self.trainable_variables)"
ADDED = "gradients = [gradient / replicas for gradient in gradients]"
LEARNING_RATE = 1e-4


def model_source():
    """The notebook's Setup, and its functions and classes up to the VAE."""
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    nodes = []
    for cell in code_cells(read(NOTEBOOK)):
        nodes += [n for n in ast.parse(cell.source).body if isinstance(n, kinds)]
        if nodes and getattr(nodes[-1], "name", "") == "VAE":
            return ast.unparse(nodes)
    raise AssertionError("the notebook has no class VAE")


def train_on_two_devices():
    """Train one step with and without the added line; print what came of it."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, halves)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])

    import keras
    import numpy as np

    source = model_source()
    plain, scaled = {"SEED": 42}, {"SEED": 42, "replicas": 2}
    exec(source, plain)
    exec(source.replace(LINE, f"{LINE}\n        {ADDED}"), scaled)

    def build(names):
        keras.utils.set_random_seed(42)
        model = names["VAE"](names["build_encoder"](4), names["build_decoder"](2))
        model(images[:1])
        model.noise.state.assign([42, 0])
        return model

    # What the two devices should do: each half of the batch with the same noise.
    images = np.random.default_rng(0).random((8, 32, 32, 1)).astype("float32")
    losses, gradients = [], []
    for half in (images[:4], images[4:]):
        model = build(plain)
        with tf.GradientTape() as tape:
            loss = plain["vae_losses"](model, half, training=True)[0]
        gradient = tape.gradient(loss, model.trainable_variables)
        losses.append(float(loss))
        gradients.append(np.concatenate([g.numpy().ravel() for g in gradient]))
    expected = np.mean(gradients, axis=0)

    batches = tf.data.Dataset.from_tensor_slices(images).batch(8)
    batches = batches.map(lambda x: (x, x))
    outcome = {"replicas": strategy.num_replicas_in_sync, "loss": np.mean(losses)}

    with strategy.scope():
        model = build(plain)
        model.compile(loss=plain["reconstruction_loss"])
    try:
        model.fit(batches, verbose=0, shuffle=False)
    except KeyError:
        outcome["unused loss"] = "KeyError"
    for name, names in (("plain", plain), ("scaled", scaled)):
        with strategy.scope():
            model = build(names)
            model.compile(optimizer=keras.optimizers.SGD(LEARNING_RATE))
        before = [v.numpy() for v in model.trainable_variables]
        history = model.fit(batches, verbose=0, shuffle=False).history
        after = [v.numpy() for v in model.trainable_variables]
        moves = [(b - a).ravel() for b, a in zip(before, after, strict=True)]
        step = np.concatenate(moves) / LEARNING_RATE
        differing = set()
        for variable in model.variables:
            copies = [copy.numpy() for copy in variable.value.values]
            if not np.array_equal(*copies):
                differing.add(variable.path.split("/")[-1])
        outcome[name] = {
            "loss": history["loss"][0],
            "times": float(step @ expected / (expected @ expected)),
            "differing": sorted(differing),
        }
    print(json.dumps(outcome))


@pytest.fixture(scope="module")
def outcome():
    done = subprocess.run(
        [sys.executable, __file__],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "scripts")},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_the_page_and_the_notebook_have_the_lines():
    page = (ROOT / "docs" / "scaling.md").read_text()
    assert f"{LINE}\n{ADDED}\n" in page
    assert model_source().count(LINE) == 1


def test_two_replicas_report_the_loss_of_one(outcome):
    assert outcome["replicas"] == 2
    for name in ("plain", "scaled"):
        assert outcome[name]["loss"] == pytest.approx(outcome["loss"], rel=1e-4)


def test_a_compiled_loss_that_the_step_does_not_use_fails(outcome):
    assert outcome["unused loss"] == "KeyError"


def test_gradients_are_added_up_over_the_replicas(outcome):
    assert outcome["plain"]["times"] == pytest.approx(2, rel=1e-3)


def test_the_added_line_makes_it_their_mean(outcome):
    assert outcome["scaled"]["times"] == pytest.approx(1, rel=1e-3)


def test_only_batch_statistics_differ_between_replicas(outcome):
    statistics = ["moving_mean", "moving_variance"]
    assert outcome["plain"]["differing"] == outcome["scaled"]["differing"] == statistics


if __name__ == "__main__":
    train_on_two_devices()
