"""Train notebook 3.2's autoencoder on several machines at once.

    TF_CONFIG='{"cluster": …, "task": …}' python scripts/train_workers.py

Every worker runs this command, each with its own number in TF_CONFIG: docs/scaling.md
explains it. The model, its parameters and its backup are those of the notebook, but for
the two lines in CHANGES. Without TF_CONFIG, this process trains alone.
"""

import ast
import os
import signal
import sys
from types import SimpleNamespace

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # no start-up notes

import keras
import numpy as np
import tensorflow as tf

from notebook_file import NOTEBOOKS, code_cells, data_dir, read, runs_dir, tagged_cells

NOTEBOOK = NOTEBOOKS / "03_variational_autoencoders" / "02_vae_fashion.ipynb"
NAMES = "data_folder prepare make_dataset build_encoder residual build_decoder"
NAMES += " reconstruction_loss kl_divergence vae_losses VAE Backup"
CHANGES = {
    "gradients = tape.gradient(losses[0], self.trainable_variables)": """\
gradients = tape.gradient(losses[0], self.trainable_variables)
        gradients = [gradient / replicas for gradient in gradients]""",
    "BatchNormalization(momentum=0.9)": (
        "BatchNormalization(momentum=0.9, synchronized=True)"
    ),
}

# What TensorFlow raises in the other workers when one has gone.
LOST = (
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.FailedPreconditionError,
    tf.errors.UnavailableError,
)


def notebook_source(changes=CHANGES):
    """The functions and classes in NAMES, with changes, and the imports they need.

    changes: a dict of code and what takes its place. Raises ValueError if the notebook
    has lost one of the names or that code.
    """
    nodes = [n for c in code_cells(read(NOTEBOOK)) for n in ast.parse(c.source).body]
    named = {n.name: n for n in nodes if getattr(n, "name", None) in NAMES.split()}
    used = {
        n.id for d in named.values() for n in ast.walk(d) if isinstance(n, ast.Name)
    }
    imports = [n for n in nodes if isinstance(n, ast.Import | ast.ImportFrom)]
    needed = [n for n in imports if used & {a.asname or a.name for a in n.names}]
    source = "\n\n".join(map(ast.unparse, [*needed, *named.values()]))
    missing = [name for name in NAMES.split() if name not in named]
    missing += [code for code in changes if code not in source]
    if missing:
        raise ValueError(f"{NOTEBOOK.name} has no more {', '.join(missing)}")
    for code, changed in changes.items():
        source = source.replace(code, changed)
    return source


def load_notebook(replicas, **changed):
    """What notebook_source holds, and the notebook's parameters, as attributes.

    replicas: how many replicas train together. changed: values in place of those in
    the notebook's parameters cell. All parameters together are in `.parameters`.
    """
    names = {"replicas": replicas, "DATA_DIR": data_dir(), "data_read": {}}
    parameters = {}
    exec(notebook_source(), names)
    (cell,) = tagged_cells(read(NOTEBOOK), "parameters")
    exec(cell.source, names, parameters)
    if unknown := sorted(changed.keys() - parameters.keys()):
        raise ValueError(f"The notebook has no parameter {', '.join(unknown)}")
    parameters |= changed
    names |= parameters  # in place: the functions look for them here
    return SimpleNamespace(**names, parameters=parameters)


def train(**parameters):
    """Train the notebook's VAE with all workers that TF_CONFIG names.

    parameters: values in place of those in the notebook's parameters cell. The worker
    with number 0, the chief, prints, writes the backup and saves the weights.
    """
    if "TF_CONFIG" in os.environ:
        print("waiting for the other workers …")
    # Before all else: TensorFlow joins no other workers once it has computed something.
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    chief = not strategy.cluster_resolver.task_id
    # TensorFlow has a handler of its own by now, which passes the signal over.
    signal.signal(signal.SIGTERM, lambda *_: end("This worker was told to end."))

    book = load_notebook(strategy.num_replicas_in_sync, **parameters)
    with np.load(book.data_folder("fashion_mnist") / "fashion_mnist.npz") as arrays:
        train_images = arrays["x_train"][: -book.VALIDATION_SIZE][: book.TRAIN_SIZE]
    train_images = book.prepare(train_images)
    train_dataset = book.make_dataset(train_images, shuffle=True)
    run_dir = runs_dir() / "03_variational_autoencoders/02_vae_fashion"
    run_dir.mkdir(parents=True, exist_ok=True)
    # What a backup must agree with; more epochs are no other training.
    recipe = [{**book.parameters, "EPOCHS": None}, book.data_read]

    keras.utils.set_random_seed(book.SEED)
    with strategy.scope():
        vae = book.VAE(
            book.build_encoder(2 * book.LATENT_DIM), book.build_decoder(book.LATENT_DIM)
        )
        vae(train_images[:1])
        vae.compile(optimizer=keras.optimizers.Adam(book.LEARNING_RATE))
        backup = book.Backup(vae, run_dir / "workers.npz", recipe)
    batches = strategy.experimental_distribute_dataset(train_dataset)
    done = backup.resume(book.EPOCHS)
    for _ in range(done):
        iter(batches)  # so that the next one shuffles as it would have

    @tf.function
    def step(batch):
        logs = strategy.run(vae.train_step, args=(batch,))
        return {name: strategy.reduce("MEAN", logs[name], axis=None) for name in logs}

    for epoch in range(done, book.EPOCHS):
        vae.reset_metrics()
        backup.on_epoch_begin(epoch)
        for batch in batches:
            logs = step(batch)
        if chief:
            backup.on_epoch_end(epoch, logs)
    if chief:
        vae.save_weights(run_dir / "workers.weights.h5")
        backup.path.unlink()


def end(why):
    """Say why, and end at once: the other workers are not waited for."""
    print(
        f"{why} Start all workers again: training goes on from the last backup.",
        file=sys.stderr,
        flush=True,
    )
    os._exit(1)


def main():
    sys.stdout.reconfigure(line_buffering=True)  # a log that is read while it grows
    try:
        train()
    except LOST as error:
        print(error.message, file=sys.stderr)
        end("Another worker ended or cannot be reached, so this one ends, too.")


if __name__ == "__main__":
    main()
