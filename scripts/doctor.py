"""Check this machine for the notebooks, a line for each check.

python scripts/doctor.py          OK, WARN or FAIL, and the command that helps
python scripts/doctor.py --json   the same for programs

FAIL: something is broken; the exit code is 1. WARN: the notebooks run, but not at their
best. The commands are for the repository's folder. No key is ever printed.
"""

# Python 3.8 must be able to read this file, to say that it is too old. And it runs
# where nothing is installed: standard library alone, until a line says otherwise.
import argparse
import functools
import importlib.metadata
import json
import os
import platform
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / Path(os.environ.get("GDL_DATA") or "data").expanduser()
RUNS = ROOT / Path(os.environ.get("GDL_RUNS") or "runs").expanduser()
PORT = 8888  # JupyterLab's
MEMORY = 4e9  # bytes, a rule of thumb: TensorFlow and two copies of a data set
SPACE = 1e9  # bytes that a run's weights and an unpacked archive easily take
DRIVER = 525  # the oldest that runs CUDA 12, by NVIDIA's compatibility table
MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")  # a container's
PCI_DEVICES = Path("/sys/bus/pci/devices")
WSL_NVIDIA_SMI = Path("/usr/lib/wsl/lib/nvidia-smi")  # not on everybody's PATH
TOOLKIT_PAGE = (
    "https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/"
    "install-guide.html"
)

# Runs in a process of its own, which TensorFlow may take down with it on a processor
# that it was not made for. Of what it prints, the last line counts.
PROBE = """
import importlib, json, sys
errors = {}
for name in sys.argv[1:]:
    print(name, flush=True)
    try:
        importlib.import_module(name)
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        errors[name] = " ".join(text.split())[:200]  # some fill a page
found = {"errors": errors}
if not errors:
    print("tensorflow", flush=True)
    import tensorflow as tf
    from jupyter_client.kernelspec import get_kernel_spec
    details = tf.config.experimental.get_device_details
    found["gpus"] = [
        details(gpu).get("device_name", "a GPU")
        for gpu in tf.config.list_physical_devices("GPU")
    ]
    found["cuda"] = tf.test.is_built_with_cuda()
    found["kernel"] = get_kernel_spec("python3").argv[0]
print(json.dumps(found))
"""


class Result(NamedTuple):
    """What a check found; fix: the command that helps, if one is needed."""

    status: str
    text: str
    fix: str = ""


def ok(text):
    return Result("OK", text)


def warn(text, fix):
    return Result("WARN", text, fix)


def fail(text, fix):
    return Result("FAIL", text, fix)


def short(path):
    """A path as one types it in the repository's folder, without the user's name."""
    path = Path(path)
    for folder, name in ((ROOT, "."), (Path.home(), "~")):
        if folder in (path, *path.parents):
            return str(name / path.relative_to(folder))
    return str(path)


def size(number):
    """A number of bytes for people."""
    return f"{number / 1e9:.1f} GB"


def nearest(folder):
    """The folder, or the nearest one above it that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder


def answer(*command):
    """(whether a command succeeded, what it printed) within a minute."""
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, str(error)
    return done.returncode == 0, done.stdout.strip()


def is_wsl():
    return "microsoft" in platform.release().lower()


def install(what="-r requirements.txt"):
    """The command that installs packages in their pinned versions."""
    if sys.prefix == sys.base_prefix:  # no environment: make one
        return "make setup && make doctor"
    return f"{short(sys.executable)} -m pip install {what} -c constraints.txt"


# The machine.


def check_python():
    version = platform.python_version()
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return ok(version)
    return fail(
        f"{version}, and 3.11, 3.12 or 3.13 is needed",
        "install one from https://www.python.org/downloads, then: "
        "rm -rf .venv && make setup && make doctor",
    )


def check_platform():
    system, machine = platform.system(), platform.machine()
    name = f"{system} {platform.release()}, {machine}"
    if system == "Darwin" and machine == "arm64":
        return ok(f"{name}: TensorFlow computes on the processor, not on Apple's GPU")
    if system == "Darwin":
        return fail(
            f"{name}: there is no TensorFlow for Intel's Macs, nor for a Python made "
            "for them",
            "on an Apple chip, install an arm64 Python; on Intel: docker compose up",
        )
    if system != "Linux":
        return fail(f"{name}: not supported", "wsl --install, and go on in there")
    if machine not in ("x86_64", "aarch64"):
        return fail(f"{name}: there is no TensorFlow for it", "use x86-64 or arm64")
    if platform.release().endswith("-Microsoft"):
        return warn(f"{name}: WSL 1 has no GPU", "in Windows: wsl --set-version NAME 2")
    return ok(name)


def check_memory():
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if MEMORY_LIMIT.exists():
        limit = MEMORY_LIMIT.read_text().strip()
        total = total if limit == "max" else min(total, int(limit))
    if total >= MEMORY:
        return ok(size(total))
    return warn(
        f"{size(total)}; below {size(MEMORY)} a kernel may be killed",
        "lower TRAIN_SIZE and BATCH_SIZE in the notebook's parameters"
        + (", or raise memory= in Windows' .wslconfig" if is_wsl() else ""),
    )


def check_port():
    with socket.socket() as client:
        client.settimeout(5)
        if client.connect_ex(("127.0.0.1", PORT)):
            return ok(f"{PORT} is free")
    return warn(
        f"{PORT} is in use; JupyterLab takes the next free port, Docker does not",
        f"{short(Path(sys.executable).with_name('jupyter'))} server stop {PORT}",
    )


def check_writing():
    for folder in (DATA, RUNS, ROOT / "notebooks"):
        try:
            with tempfile.TemporaryFile(dir=nearest(folder)):
                pass
        except OSError as error:
            name = short(folder)
            return fail(
                f"{name}: {error.strerror}",
                f'sudo mkdir -p {name} && sudo chown -R "$(id -u):$(id -g)" {name}',
            )
    return ok("data, runs and notebooks can be written")


# The packages.


def canonical(name):
    """A distribution's name as every index spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def required():
    """The distributions of requirements.txt."""
    text = (ROOT / "requirements.txt").read_text("utf-8")
    return {canonical(name) for name in re.findall(r"^[A-Za-z][\w.-]*", text, re.M)}


def pinned():
    """What constraints.txt allows: {distribution: versions}, for any Python."""
    text = (ROOT / "constraints.txt").read_text("utf-8")
    pins = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.M):
        pins.setdefault(canonical(name), set()).add(version)
    return pins


def installed():
    """{distribution: version} of this Python."""
    distributions = importlib.metadata.distributions()
    return {canonical(found.metadata["Name"]): found.version for found in distributions}


def check_packages():
    here, pins = installed(), pinned()
    missing = sorted(required() - set(here))
    if missing:
        return fail(f"not installed: {', '.join(missing)}", install())
    known = sorted(set(here) & set(pins))
    other = [name for name in known if here[name] not in pins[name]]
    if other:
        text = ", ".join(
            f"{name} {here[name]} (pinned: {' or '.join(sorted(pins[name]))})"
            for name in other
        )
        return warn(f"other versions: {text}", install(" ".join(other)))
    return ok(f"{len(known)} in their pinned versions")


@functools.lru_cache(maxsize=None)  # noqa: UP033 (Python 3.8 has no `cache`)
def probe():
    """What TensorFlow sees, in a fresh process: a dict.

    errors: {module: message}; if there are none: gpus: names of devices, cuda: whether
    TensorFlow is made with it, kernel: the command behind the kernel python3.
    """
    wanted = required() - {"kaggle"}  # which asks for a key when it is imported
    modules = [
        module
        for module, names in importlib.metadata.packages_distributions().items()
        if wanted & set(map(canonical, names))
    ]
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROBE, *sorted(modules)],
            capture_output=True,
            text=True,
            timeout=300,
        )
    except subprocess.TimeoutExpired:
        return {"errors": {"tensorflow": "is not imported after five minutes"}}
    last = done.stdout.splitlines()[-1]
    if done.returncode < 0:
        return {"errors": {last: f"crashes with signal {-done.returncode}"}}
    if done.returncode:
        return {"errors": {last: done.stderr.strip().splitlines()[-1]}}
    return json.loads(last)


def check_imports():
    for module, error in probe()["errors"].items():
        if module == "tensorflow" and "signal 4" in error:
            return fail(
                "this processor has no AVX, which TensorFlow needs",
                "use another machine; in a virtual one, pass the host's processor on",
            )
        again = install("--force-reinstall -r requirements.txt")
        return fail(f"{module}: {error}", again)
    return ok("TensorFlow and the rest")


def check_kernel():
    command = probe().get("kernel")
    if not command:
        return warn("not known until the packages import", install())
    # A name without a folder stands for the Python that runs Jupyter.
    folder = os.path.dirname(command)
    if not folder or os.path.realpath(folder) == os.path.realpath(
        os.path.dirname(sys.executable)
    ):
        return ok("python3 is this environment's")
    return fail(
        f"python3 is another environment's: {short(command)}",
        f"{short(sys.executable)} -m ipykernel install --sys-prefix",
    )


# The GPU. Not run here on a real one: the tests put commands in its place.


def nvidia_smi():
    """([(name, driver) of each NVIDIA GPU], what is wrong or "")."""
    command = shutil.which("nvidia-smi")
    if not command and WSL_NVIDIA_SMI.exists():
        command = str(WSL_NVIDIA_SMI)
    if command:
        query = "--query-gpu=name,driver_version", "--format=csv,noheader"
        worked, text = answer(command, *query)
        if not worked:
            return [], f"nvidia-smi fails: {text.splitlines()[0] if text else ''}"
        return [tuple(line.split(", ")) for line in text.splitlines()], ""
    for device in PCI_DEVICES.glob("*"):
        vendor, kind = ((device / part).read_text() for part in ("vendor", "class"))
        if vendor.strip() == "0x10de" and kind.startswith("0x03"):  # NVIDIA, display
            return [], "there is an NVIDIA GPU, but not its driver"
    return [], ""


def check_driver():
    gpus, problem = nvidia_smi()
    fix = "on the host (Ubuntu): sudo ubuntu-drivers install && sudo reboot"
    if is_wsl():
        fix = "in Windows, install NVIDIA's newest driver; then: wsl --shutdown"
    if problem:
        return warn(problem, fix)
    if not gpus:
        return ok("no NVIDIA GPU here, so none is needed")
    version = gpus[0][1]
    if int(version.split(".")[0]) < DRIVER:
        return fail(f"{version}, and CUDA 12 needs {DRIVER} or newer", fix)
    return ok(version)


def check_gpu():
    found = probe()
    if "gpus" not in found:
        return warn("not known until the packages import", install())
    if found["gpus"]:
        return ok(f"TensorFlow sees {', '.join(found['gpus'])}")
    gpus, _ = nvidia_smi()
    if not gpus:
        return ok("none that can be used: the notebooks take their laptop sizes")
    name = gpus[0][0]
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return ok(f"{name}, hidden from TensorFlow by CUDA_VISIBLE_DEVICES")
    if not found["cuda"]:
        return warn(
            f"{name}, but TensorFlow is made without CUDA for {platform.machine()}",
            "use an x86-64 machine",
        )
    if "nvidia-cudnn-cu12" not in installed():
        fix = install("-r requirements-gpu.txt")
    elif os.environ.get("LD_LIBRARY_PATH"):
        fix = "unset LD_LIBRARY_PATH  # it may name the libraries of another CUDA"
    else:  # say which library cannot be loaded
        fix = (
            f"TF_CPP_MAX_VLOG_LEVEL=3 {short(sys.executable)} -c 'import tensorflow "
            'as tf; tf.config.list_physical_devices("GPU")\' 2>&1 | grep -i dlerror'
        )
    return fail(f"{name} is here, but TensorFlow does not see it", fix)


def check_containers():
    gpus, _ = nvidia_smi()
    if not shutil.which("docker"):
        return ok("no Docker here; only the container images need it")
    answers, runtimes = answer("docker", "info", "--format", "{{json .Runtimes}}")
    if not answers:
        return warn(
            f"Docker does not answer: {runtimes.splitlines()[-1] if runtimes else ''}",
            "sudo systemctl start docker; "
            'sudo usermod -aG docker "$USER", and sign in again',
        )
    if not gpus:
        return ok("Docker answers; there is no GPU to hand in")
    if "nvidia" in runtimes:
        return ok("Docker answers, and the NVIDIA container toolkit hands GPUs in")
    if not shutil.which("nvidia-ctk"):
        return warn(
            "Docker answers, but the NVIDIA container toolkit is missing",
            f"sudo apt install nvidia-container-toolkit  # first: {TOOLKIT_PAGE}",
        )
    return warn(
        "Docker does not know of the NVIDIA container toolkit",
        "sudo nvidia-ctk runtime configure --runtime=docker && "
        "sudo systemctl restart docker",
    )


# The data. From here on the packages are needed: download.py knows all about it.


def check_data():
    from download import read_source, registry

    groups = {}
    for name in registry():
        folder = DATA / name
        source = read_source(folder) or {}
        filled = folder.is_dir() and any(folder.iterdir())
        kind = source.get("kind") or ("unknown" if filled else "absent")
        groups.setdefault(kind, []).append(name)
    text = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in groups.items())
    command = f"{short(sys.executable)} scripts/download.py"
    if "unknown" in groups:
        name = groups["unknown"][0]
        return warn(text, f"{command} {name} --from {short(DATA / name)}")
    if "absent" in groups:
        return warn(text, f"{command} --all --or-stand-in")
    return ok(text)


def wanting():
    """The registry's entries of which DATA does not hold the original, by name."""
    from download import registry, satisfied

    return {
        name: entry
        for name, entry in registry().items()
        if not satisfied(DATA / name, "original")
    }


def check_disk():
    entries = wanting().values()
    # Everything unpacked, and beside it the largest archive.
    need = sum(entry["disk"] for entry in entries)
    need += max((entry["size"] for entry in entries), default=0)
    free = shutil.disk_usage(nearest(DATA)).free
    text = f"{size(free)} free; the originals that are not here need {size(need)}"
    if free >= max(need, SPACE):
        return ok(text)
    result = fail if free < SPACE else warn
    return result(text, "export GDL_DATA=FOLDER_ON_A_LARGER_DISK")


def check_kaggle():
    from download import ENV_FILE
    from originals import NoOriginal, kaggle_keys, key_files, load_keys

    if problem := load_keys(ENV_FILE):  # as download.py does
        return warn(problem, f"write {short(ENV_FILE)} anew: see sample.env")
    exposed = [
        short(path)
        for path in (*key_files(), ENV_FILE)
        if path.is_file() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    if exposed:
        names = " ".join(exposed)
        return warn(f"others may read the keys in {names}", f"chmod 600 {names}")
    try:
        places = kaggle_keys()
    except NoOriginal as error:
        return warn(str(error), "put a new key into .env: see sample.env")
    if places:
        return ok(f"a key is there, for you alone ({places[0]})")
    return ok("no key, and none is needed until download.py asks for one")


CHECKS = (
    check_python,
    check_platform,
    check_memory,
    check_port,
    check_writing,
    check_packages,
    check_imports,
    check_kernel,
    check_driver,
    check_gpu,
    check_containers,
    check_data,
    check_disk,
    check_kaggle,
)


def examine(check):
    """The result of a check, even if this machine is odder than it was made for."""
    try:
        return check()
    except Exception as error:
        return warn(f"could not be checked: {error}", "first what the lines above say")


def main(arguments=None):
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    as_json = parser.parse_args(arguments).json
    report = []
    for check in CHECKS:
        name, result = check.__name__[len("check_") :], examine(check)
        report.append({"check": name, **result._asdict()})
        if not as_json:
            fix = f" → {result.fix}" if result.fix else ""
            print(f"{result.status:4}  {name:10}  {result.text}{fix}", flush=True)
        if check is check_python and result.status == "FAIL":
            break  # the others are written for a newer one
    if as_json:
        print(json.dumps(report, indent=2, ensure_ascii=False))
    return int(any(line["status"] == "FAIL" for line in report))


if __name__ == "__main__":
    sys.exit(main())
