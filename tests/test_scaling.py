"""What docs/scaling.md says: two logical CPUs, two workers on loopback, a manifest.

TensorFlow splits its devices and joins other workers before it does anything else, so
each training runs in a process of its own. They are forks of one process, this file
started as a script, which imports TensorFlow once for all.
"""

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from functools import partialmethod
from pathlib import Path

import pytest
import yaml
from kubeflow_trainer_api import models

from notebook_file import ROOT

PAGE = (ROOT / "docs" / "scaling.md").read_text("utf-8")
SCRIPT = ROOT / "scripts" / "train_workers.py"
JOB = ROOT / "cloud" / "trainjob.yaml"
NOTEBOOK = "03_variational_autoencoders/02_vae_fashion"
LINE = "gradients = tape.gradient(losses[0], self.trainable_variables)"
ADDED = "gradients = [gradient / replicas for gradient in gradients]"
LEARNING_RATE = 1e-4
SMALL = {"VALIDATION_SIZE": 8, "BATCH_SIZE": 16, "EPOCHS": 2}
LIMIT = 600  # seconds, on a busy machine


def train_on_two_devices():
    """Train one step with and without the added line; print what came of it."""
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, halves)
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])

    import keras
    import numpy as np

    from train_workers import notebook_source

    plain, scaled = {"SEED": 42}, {"SEED": 42, "replicas": 2}
    exec(notebook_source({}), plain)
    exec(notebook_source({LINE: f"{LINE}\n        {ADDED}"}), scaled)

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
            # Eagerly: one step is faster than its compilation.
            optimizer = keras.optimizers.SGD(LEARNING_RATE)
            model.compile(optimizer=optimizer, run_eagerly=True)
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


def train_in_one_process():
    """The script without other workers: the whole batch, with the workers' noise."""
    import keras

    import train_workers

    normal = keras.random.normal

    def twice(shape, seed):  # two replicas draw the same for their halves
        if shape[0] == 1:
            return normal(shape, seed=seed)
        return keras.ops.tile(normal((shape[0] // 2, shape[1]), seed=seed), (2, 1))

    keras.random.normal = twice
    train_workers.train(**SMALL)


def train_with_another(number, addresses, silence, ends=False):
    """The script as worker `number`; if it ends, before its second epoch.

    silence: seconds after which the others miss a worker that says nothing.
    """
    import keras
    import numpy as np
    from tensorflow.python.eager import context

    import train_workers

    task = {"type": "worker", "index": number}
    os.environ["TF_CONFIG"] = json.dumps(
        {"cluster": {"worker": addresses}, "task": task}
    )
    train, reset = train_workers.train, keras.Model.reset_metrics
    backup = Path(os.environ["GDL_RUNS"], NOTEBOOK, "workers.npz")
    epochs = []

    def reset_metrics(model):
        epochs.append(reset(model))
        if ends and len(epochs) == 2:
            while not backup.exists():
                time.sleep(0.01)
            signal.raise_signal(signal.SIGTERM)

    # TensorFlow gives a worker up that is not heard of for ten seconds, which can be
    # too soon on a busy machine.
    configure = context.Context.configure_coordination_service
    context.Context.configure_coordination_service = partialmethod(
        configure, heartbeat_timeout_in_ms=1000 * silence
    )
    if number:  # only the chief may write
        np.savez = keras.Model.save_weights = None
    keras.Model.reset_metrics = reset_metrics
    train_workers.train = lambda: train(**SMALL)
    train_workers.main()


def fork(folder, name, function, *arguments, **environment):
    """Start a function in a process of its own, what it prints going to a file."""
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        os.environ.update(environment)
        file = os.open(folder / name, os.O_WRONLY | os.O_CREAT)
        os.dup2(file, 1), os.dup2(file, 2)
        signal.alarm(LIMIT)
        function(*arguments)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush(), sys.stderr.flush()
        os._exit(code)


def free_addresses():
    """Two addresses on loopback that nobody listens on."""
    with socket.socket() as first, socket.socket() as second:
        for one in (first, second):
            one.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{one.getsockname()[1]}" for one in (first, second)]


def run_all(folder):
    """Run the trainings in a folder; print their exit codes and what they printed."""
    import numpy as np

    import train_workers

    data = folder / "data" / "fashion_mnist"
    data.mkdir(parents=True)
    images = np.random.default_rng(0).integers(0, 256, (40, 28, 28), dtype="uint8")
    np.savez(data / "fashion_mnist.npz", x_train=images)
    (data / "source.json").write_text('{"name": "noise", "kind": "own"}')
    os.environ |= {"GDL_DATA": str(folder / "data"), "GDL_RUNS": str(folder / "runs")}
    exec(train_workers.notebook_source(), {"replicas": 1})  # what it imports, too

    outcome = {}

    def wait(name, process):
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        outcome[name] = {"code": code, "printed": (folder / name).read_text()}

    def start_workers(run, *options):
        addresses = free_addresses()
        return [
            fork(folder, f"{run} {number}", train_with_another, number, addresses, *o)
            for number, o in enumerate(options)
        ]

    chief, killed = start_workers("first", [15], [15, True])
    wait("first 1", killed)
    # While the chief misses the other worker, the machine has nothing else to do.
    devices = fork(folder, "devices", train_on_two_devices)
    one = fork(folder, "one", train_in_one_process, GDL_RUNS=f"{folder}/one_runs")
    wait("first 0", chief)
    wait("devices", devices)
    wait("one", one)
    chief, other = start_workers("second", [LIMIT], [LIMIT])
    wait("second 0", chief)
    wait("second 1", other)
    print(json.dumps(outcome))


@pytest.fixture(scope="module")
def runs():
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, __file__, folder],
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT / "scripts")},
        )
        assert done.returncode == 0, done.stderr[-3000:]
        runs = json.loads(done.stdout.splitlines()[-1])
        log = Path(NOTEBOOK, "workers.csv")
        for name, parent in (("one", "one_runs"), ("second 0", "runs")):
            assert runs[name]["code"] == 0, runs[name]["printed"][-3000:]
            with (Path(folder) / parent / log).open() as file:
                runs[name]["log"] = list(csv.DictReader(file))
            files = (Path(folder) / parent / NOTEBOOK).iterdir()
            runs[name]["files"] = sorted(file.name for file in files)
    return runs


@pytest.fixture(scope="module")
def outcome(runs):
    assert runs["devices"]["code"] == 0, runs["devices"]["printed"][-3000:]
    return json.loads(runs["devices"]["printed"].splitlines()[-1])


def test_the_page_has_the_added_line():
    assert f"{LINE}\n{ADDED}\n" in PAGE


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


def test_the_page_has_the_code_that_the_workers_run():
    """The page calls the notebook's names without `book.`, and has less indentation."""
    code = re.sub(r"\s|book\.", "", SCRIPT.read_text("utf-8"))
    (block,) = re.findall(
        r"```python\n(strategy = tf.distribute.Multi.*?)```", PAGE, re.S
    )
    for line in block.splitlines():
        assert re.sub(r"\s", "", line) in code, line


def test_workers_have_the_losses_of_one_process(runs):
    """Of the first epoch before one was killed, of the second after all resumed."""
    together, alone = runs["second 0"]["log"], runs["one"]["log"]
    assert len(together) == len(alone) == SMALL["EPOCHS"]
    for ours, its in zip(together, alone, strict=True):
        for name in ("loss", "reconstruction", "kl"):
            assert float(ours[name]) == pytest.approx(float(its[name]), rel=1e-4)
    assert float(alone[1]["loss"]) < float(alone[0]["loss"])


def test_a_killed_worker_ends_all_with_a_message(runs):
    chief, killed = runs["first 0"], runs["first 1"]
    assert (chief["code"], killed["code"]) == (1, 1)
    again = "Start all workers again: training goes on from the last backup."
    assert killed["printed"].endswith(f"This worker was told to end. {again}\n")
    lost = "Another worker ended or cannot be reached, so this one ends, too."
    assert chief["printed"].endswith(f"{lost} {again}\n")
    for worker in (chief, killed):
        assert "Traceback" not in worker["printed"]


def test_workers_resume_from_the_backup(runs):
    assert "epoch 1 of 2" in runs["first 0"]["printed"]
    for number in (0, 1):
        assert runs[f"second {number}"]["code"] == 0
        assert "resuming at epoch 2 of 2" in runs[f"second {number}"]["printed"]


def test_only_the_chief_reports_and_saves(runs):
    assert "epoch 2 of 2, " in runs["second 0"]["printed"]
    assert "epoch 2 of 2, " not in runs["second 1"]["printed"]
    assert runs["second 0"]["files"] == ["workers.csv", "workers.weights.h5"]


# The manifest for a cluster


def manifest(text):
    return {document["kind"]: document for document in yaml.safe_load_all(text)}


def check_manifest(text):
    """Raise an error if Kubeflow Trainer would not take the manifest as it is meant."""
    documents = manifest(text)
    for kind, model in (
        ("PersistentVolumeClaim", models.IoK8sApiCoreV1PersistentVolumeClaim),
        ("TrainingRuntime", models.TrainerV1alpha1TrainingRuntime),
        ("TrainJob", models.TrainerV1alpha1TrainJob),
    ):
        # The models refuse a wrong type and drop what they do not know.
        assert model.from_dict(documents[kind]).to_dict() == documents[kind], kind
    job, runtime = documents["TrainJob"], documents["TrainingRuntime"]
    assert job["spec"]["runtimeRef"]["name"] == runtime["metadata"]["name"], "runtime"
    (node,) = runtime["spec"]["template"]["spec"]["replicatedJobs"]
    pod = node["template"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (port,) = container["ports"]

    # Each pod gets the addresses of all, by the names that the operator gives them.
    trainer, name = job["spec"]["trainer"], job["metadata"]["name"]
    number, config = trainer["env"]
    assert f"$({number['name']})" in config["value"], "number"
    config = json.loads(config["value"].replace(f"$({number['name']})", "1"))
    assert config["task"] == {"type": "worker", "index": 1}, "number"
    assert config["cluster"]["worker"] == [
        f"{name}-{node['name']}-0-{i}.{name}:{port['containerPort']}"
        for i in range(trainer["numNodes"])
    ], "addresses"
    assert (ROOT / trainer["command"][1]).samefile(SCRIPT), "script"

    claim = documents["PersistentVolumeClaim"]
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"], "volume"
    volumes = {v["name"]: v for v in pod["volumes"]}
    claimed = volumes["runs"]["persistentVolumeClaim"]["claimName"]
    assert claimed == claim["metadata"]["name"], "volume"
    for each in (container, *pod["initContainers"]):
        mounts = {m["name"]: m["mountPath"] for m in each["volumeMounts"]}
        assert mounts == {"data": "/gdl/data", "runs": "/gdl/runs"}, "volume"
        assert each["image"] == "IMAGE", "image"
        assert each["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        }, "powers"
    assert pod["securityContext"]["runAsNonRoot"], "powers"
    assert pod["automountServiceAccountToken"] is False, "powers"


def test_manifest_is_valid():
    check_manifest(JOB.read_text("utf-8"))
    assert f"cloud/{JOB.name}" in PAGE and "IMAGE" in PAGE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"numNodes: 2", "numNodes: two"),
        (r"numNodes: 2", "numNodes: 3"),
        (r"numNodes: 2", "nodes: 2"),
        (r"maxRestarts:", "restarts:"),
        (r"containerPort: 2222", "containerPort: 2223"),
        (r"\$\(NUMBER\)", "0"),
        (r"  name: vae\n", "  name: other\n"),
        (r"drop: \[ALL\]", "add: [SYS_ADMIN]"),
        (r"claimName: vae-runs", "claimName: none"),
        (r"scripts/train_workers.py", "scripts/doctor.py"),
    ],
)
def test_manifest_check_notices(old, new):
    text = JOB.read_text("utf-8")
    changed = re.sub(old, new, text)
    assert changed != text
    with pytest.raises((AssertionError, ValueError)):
        check_manifest(changed)


if __name__ == "__main__":
    run_all(Path(sys.argv[1]))
