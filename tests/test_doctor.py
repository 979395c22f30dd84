"""doctor.py: each check on a machine that fails it, and on one that does not."""

import ast
import json
import os
import socket
import subprocess
import sys
import types
import venv
from pathlib import Path
from unittest import mock

import pytest

import doctor
from loopback import KEY, data_fixture, describe  # noqa: F401
from notebook_file import ROOT

SCRIPT = ROOT / "scripts" / "doctor.py"
SIGHTED = {"errors": {}, "gpus": ["NVIDIA L4"], "cuda": True, "kernel": "python"}
BLIND = {**SIGHTED, "gpus": []}


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine without NVIDIA's hardware, Docker, or any other command.

    machine(name, script) puts a command there that runs a line of shell.
    """
    folder = tmp_path / "commands"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for name in ("CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(doctor, "PCI_DEVICES", tmp_path / "pci")
    monkeypatch.setattr(doctor, "WSL_NVIDIA_SMI", tmp_path / "none")
    monkeypatch.setattr(doctor, "MEMORY_LIMIT", tmp_path / "none")
    doctor.probe.cache_clear()

    def put(name, script):
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)

    return put


def system(monkeypatch, name, release, architecture):
    monkeypatch.setattr(doctor.platform, "system", lambda: name)
    monkeypatch.setattr(doctor.platform, "release", lambda: release)
    monkeypatch.setattr(doctor.platform, "machine", lambda: architecture)


def says(result, status, *words):
    """A result has this status, these words, and a fix where one is needed."""
    assert result.status == status, result
    for word in words:
        assert word in result.text + " → " + result.fix, result
    assert bool(result.fix) == (status != "OK"), result


# The machine.


def test_python_too_old_ends_the_report(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.10.12")
    assert doctor.main([]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("FAIL  python      3.10.12, and 3.11")


def test_python_too_new(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    says(doctor.check_python(), "FAIL", "3.13 is needed")


def test_supported_pythons_are_the_makefiles():
    condition = "(3, 11) <= sys.version_info[:2] <= (3, 13)"
    assert condition in SCRIPT.read_text("utf-8")
    assert condition in (ROOT / "Makefile").read_text("utf-8")


def test_an_old_python_can_read_it():
    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize(
    ("name", "release", "architecture", "status", "word"),
    [
        ("Linux", "6.8.0", "x86_64", "OK", "x86_64"),
        ("Linux", "6.8.0", "aarch64", "OK", "aarch64"),
        ("Linux", "6.6.36-microsoft-standard-WSL2", "x86_64", "OK", "WSL2"),
        ("Linux", "4.4.0-19041-Microsoft", "x86_64", "WARN", "--set-version"),
        ("Linux", "6.8.0", "riscv64", "FAIL", "no TensorFlow"),
        ("Darwin", "25.1.0", "arm64", "OK", "not on Apple's GPU"),
        ("Darwin", "22.6.0", "x86_64", "FAIL", "Intel"),
        ("Windows", "11", "AMD64", "FAIL", "wsl --install"),
    ],
)
def test_platform(monkeypatch, name, release, architecture, status, word):
    system(monkeypatch, name, release, architecture)
    says(doctor.check_platform(), status, word)


def test_memory(monkeypatch, tmp_path):
    pages = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 2_000_000}
    monkeypatch.setattr(doctor.os, "sysconf", pages.get)
    says(doctor.check_memory(), "OK", "8.2 GB")
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(doctor, "MEMORY_LIMIT", limit)
    limit.write_text("max\n")
    says(doctor.check_memory(), "OK", "8.2 GB")
    limit.write_text("2000000000\n")
    says(doctor.check_memory(), "WARN", "2.0 GB", "TRAIN_SIZE")
    system(monkeypatch, "Linux", "6.6.36-microsoft-standard-WSL2", "x86_64")
    says(doctor.check_memory(), "WARN", ".wslconfig")


def test_port(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(doctor, "PORT", port)
        says(doctor.check_port(), "WARN", f"server stop {port}")
    says(doctor.check_port(), "OK", "free")


def test_writing(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "RUNS", tmp_path / "not" / "yet" / "there")
    says(doctor.check_writing(), "OK")
    assert not (tmp_path / "not").exists()
    (tmp_path / "file").touch()  # even root can make nothing in a file
    monkeypatch.setattr(doctor, "DATA", tmp_path / "file" / "data")
    says(doctor.check_writing(), "FAIL", "file/data: Not a directory", "chown")


# The packages.


@pytest.fixture
def environment(monkeypatch):
    """An environment of which a test may change what is installed: {name: version}."""
    monkeypatch.setattr(sys, "prefix", "/some/where")
    versions = {name: min(pins) for name, pins in doctor.pinned().items()}
    monkeypatch.setattr(doctor, "installed", lambda: versions)
    return versions


def test_packages(environment):
    environment["another"] = "1"
    says(doctor.check_packages(), "OK", "pinned")
    assert doctor.required() <= set(environment)


def test_a_version_that_differs_between_pythons():
    assert doctor.pinned()["contourpy"] == {"1.3.3", "1.4.0"}


def test_packages_missing(environment, monkeypatch):
    environment.pop("keras")
    says(doctor.check_packages(), "FAIL", "keras", "-m pip install -r requirements.txt")
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    says(doctor.check_packages(), "FAIL", "make setup")


def test_packages_in_other_versions(environment):
    environment.update(keras="2.15.0", pot="0", numpy="1", scipy="1", tqdm="1")
    says(
        doctor.check_packages(),
        "WARN",
        "keras 2.15.0 (pinned: 3.",
        "tqdm 1 (",
        "pip install keras numpy pot scipy tqdm -c",
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("os.kill(os.getpid(), signal.SIGILL)", ["AVX"]),
        ("os.kill(os.getpid(), signal.SIGSEGV)", ["tensorflow: crashes", "signal 11"]),
        ("raise RuntimeError('no room')", ["tensorflow: RuntimeError: no room"]),
        ('print(\'{"errors": {"ot": "no BLAS"}}\')', ["ot: no BLAS", "--force-rein"]),
    ],
)
def test_imports_failing(monkeypatch, environment, code, words):
    start = "import os, signal; print('tensorflow', flush=True); "
    monkeypatch.setattr(doctor, "PROBE", start + code)
    says(doctor.check_imports(), "FAIL", *words)
    says(doctor.check_kernel(), "WARN", "not known")
    says(doctor.check_gpu(), "WARN", "not known")


def test_imports_taking_too_long(monkeypatch):
    late = mock.Mock(side_effect=subprocess.TimeoutExpired("python", 300))
    monkeypatch.setattr(doctor.subprocess, "run", late)
    says(doctor.check_imports(), "FAIL", "tensorflow: is not imported")
    says(doctor.check_gpu(), "WARN", "not known")
    assert late.call_count == 1


@pytest.fixture
def seen(monkeypatch):
    """Sets what the process that imports TensorFlow finds."""
    return lambda found: monkeypatch.setattr(doctor, "probe", lambda: found)


def test_imports(seen):
    seen(SIGHTED)
    says(doctor.check_imports(), "OK")


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("python", "OK"),
        (sys.executable, "OK"),
        (str(Path(sys.executable).with_name("python3")), "OK"),
        ("/opt/another/bin/python", "FAIL"),
    ],
)
def test_kernel(seen, command, status):
    seen({**SIGHTED, "kernel": command})
    says(doctor.check_kernel(), status, *["ipykernel install"] * (status != "OK"))


# The GPU.

SMI = "echo NVIDIA L4, 550.54.15"


def test_no_gpu_is_fine(seen):
    seen(BLIND)
    for check in (doctor.check_driver, doctor.check_gpu, doctor.check_containers):
        says(check(), "OK")


def test_gpu(machine, seen):
    machine("nvidia-smi", SMI)
    seen(SIGHTED)
    says(doctor.check_driver(), "OK", "550.54.15")
    says(doctor.check_gpu(), "OK", "TensorFlow sees NVIDIA L4")


def test_driver_missing(tmp_path, monkeypatch, seen):
    device = tmp_path / "pci" / "0000:01:00.0"
    device.mkdir(parents=True)
    (device / "vendor").write_text("0x10de\n")
    (device / "class").write_text("0x040300\n")  # its sound
    says(doctor.check_driver(), "OK")
    (device / "class").write_text("0x030000\n")
    says(doctor.check_driver(), "WARN", "not its driver", "ubuntu-drivers install")
    seen(BLIND)
    says(doctor.check_gpu(), "OK")


def test_driver_failing(machine, monkeypatch):
    machine("nvidia-smi", "echo Failed to initialize NVML; exit 18")
    says(doctor.check_driver(), "WARN", "Failed to initialize NVML")
    system(monkeypatch, "Linux", "6.6.36-microsoft-standard-WSL2", "x86_64")
    says(doctor.check_driver(), "WARN", "in Windows")


def test_driver_of_wsl_off_the_path(machine, monkeypatch, tmp_path):
    machine("nvidia-smi", SMI)
    monkeypatch.setattr(doctor, "WSL_NVIDIA_SMI", tmp_path / "commands" / "nvidia-smi")
    monkeypatch.setenv("PATH", str(tmp_path))
    says(doctor.check_driver(), "OK", "550")


def test_driver_too_old(machine):
    machine("nvidia-smi", "echo Tesla K80, 470.256.02")
    says(doctor.check_driver(), "FAIL", "470.256.02", "525")


def test_gpu_unseen(machine, seen, environment, monkeypatch):
    machine("nvidia-smi", SMI)
    seen(BLIND)
    says(doctor.check_gpu(), "FAIL", "does not see it", "TF_CPP_MAX_VLOG_LEVEL")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/usr/local/cuda-11/lib64")
    says(doctor.check_gpu(), "FAIL", "unset LD_LIBRARY_PATH")
    environment.pop("nvidia-cudnn-cu12")
    says(doctor.check_gpu(), "FAIL", "-r requirements-gpu.txt -c constraints.txt")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    says(doctor.check_gpu(), "OK", "hidden")


def test_gpu_without_cuda(machine, seen):
    machine("nvidia-smi", "echo NVIDIA GH200, 570.1")
    seen({**BLIND, "cuda": False})
    says(doctor.check_gpu(), "WARN", "without CUDA")


def test_containers(machine):
    machine("docker", "echo Cannot connect to the Docker daemon >&2; exit 1")
    says(doctor.check_containers(), "WARN", "Cannot connect", "systemctl start docker")
    machine("docker", "echo '{\"runc\":{}}'")
    says(doctor.check_containers(), "OK", "no GPU to hand in")
    machine("nvidia-smi", SMI)
    says(doctor.check_containers(), "WARN", "install nvidia-container-toolkit")
    machine("nvidia-ctk", "true")
    says(doctor.check_containers(), "WARN", "nvidia-ctk runtime configure")
    machine("docker", 'echo \'{"nvidia":{},"runc":{}}\'')
    says(doctor.check_containers(), "OK", "hands GPUs in")


# The data.


@pytest.fixture
def sets(data, monkeypatch):
    """The empty data folder of a registry with one set from Kaggle and one not."""
    monkeypatch.setattr(doctor, "DATA", data.folder)
    data.register(
        plain=describe(size=1e9, disk=2e9),
        far=describe(size=5e8, disk=1e9, kaggle="owner/name"),
    )
    with mock.patch.dict(os.environ):  # .env is read into it
        yield data


def test_data(sets):
    says(doctor.check_data(), "WARN", "absent: plain, far", "--all --or-stand-in")
    sets.old("plain", kind="original")
    sets.old("far")
    says(doctor.check_data(), "OK", "original: plain; stand-in: far")
    (sets.folder / "far" / "source.json").write_text("{")
    says(doctor.check_data(), "WARN", "unknown: far", "download.py far --from ")


@pytest.mark.parametrize(
    ("value", "folder"),
    [
        ("", ROOT / "data"),
        ("elsewhere", ROOT / "elsewhere"),
        ("~/x", Path.home() / "x"),
    ],
)
def test_data_folder_is_that_of_the_notebooks(value, folder):
    command = [sys.executable, "-c", "import doctor; print(doctor.DATA)"]
    environment = os.environ | {"GDL_DATA": value, "PYTHONPATH": str(SCRIPT.parent)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == str(folder), done.stderr


@pytest.mark.parametrize(
    ("free", "status"), [(4.1e9, "OK"), (3.9e9, "WARN"), (9e8, "FAIL")]
)
def test_disk(sets, monkeypatch, free, status):
    usage = types.SimpleNamespace(free=free)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: usage)
    says(doctor.check_disk(), status, "need 4.0 GB")
    sets.old("plain", kind="original")
    sets.old("far", kind="subset")
    says(doctor.check_disk(), "FAIL" if free < 1e9 else "OK", "need 0.0 GB")


def test_kaggle_without_a_key(sets):
    says(doctor.check_kaggle(), "OK", "none is needed")


def test_kaggle_key_in_env_file(sets):
    env = sets.folder.parent / ".env"
    env.write_text(f"KAGGLE_API_TOKEN={KEY}\n")
    env.chmod(0o644)
    says(doctor.check_kaggle(), "WARN", "others may read", f"chmod 600 {env}")
    env.chmod(0o600)
    says(doctor.check_kaggle(), "OK", "for you alone (KAGGLE_API_TOKEN in .env)")


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_env_file_in_another_encoding(sets, encoding):
    env = sets.folder.parent / ".env"
    env.write_bytes(f"# für Kaggle\nKAGGLE_API_TOKEN={KEY}\n".encode(encoding))
    env.chmod(0o600)
    says(doctor.check_kaggle(), "WARN", "not in UTF-8", "see sample.env")


def test_kaggle_key_that_is_none(sets, monkeypatch):
    monkeypatch.setenv("KAGGLE_API_TOKEN", f"{KEY}\n")
    result = doctor.check_kaggle()
    says(result, "WARN", "KAGGLE_API_TOKEN in the environment", "sample.env")
    assert KEY not in str(result)


@pytest.mark.parametrize("name", ["kaggle.json", "access_token"])
def test_kaggle_key_in_its_folder(sets, name):
    path = Path.home() / ".kaggle" / name
    path.parent.mkdir(parents=True)
    content = json.dumps({"username": "reader", "key": KEY})
    path.write_text(content if name == "kaggle.json" else KEY)
    path.chmod(0o640)
    result = doctor.check_kaggle()
    says(result, "WARN", f"chmod 600 ~/.kaggle/{name}")
    assert KEY not in str(result) and str(Path.home()) not in str(result)
    path.chmod(0o600)
    says(doctor.check_kaggle(), "OK")


# The report.


def test_report(monkeypatch, capsys):
    def check_good():
        return doctor.ok("fine")

    def check_odd():
        raise ValueError("an odd machine")

    monkeypatch.setattr(doctor, "CHECKS", (check_good, check_odd))
    assert doctor.main([]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "OK    good        fine",
        "WARN  odd         could not be checked: an odd machine → "
        "first what the lines above say",
    ]
    monkeypatch.setattr(doctor, "CHECKS", (lambda: doctor.fail("broken", "mend"),))
    monkeypatch.setattr(doctor.CHECKS[0], "__name__", "check_bad")
    assert doctor.main(["--json"]) == 1
    assert json.loads(capsys.readouterr().out) == [
        {"check": "bad", "status": "FAIL", "text": "broken", "fix": "mend"}
    ]


def run(python, *options, **environment):
    return subprocess.run(
        [python, SCRIPT, *options],
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )


def test_on_this_machine(tmp_path):
    done = run(sys.executable, "--json", GDL_DATA=str(tmp_path), HOME=str(tmp_path))
    report = {line["check"]: line for line in json.loads(done.stdout)}
    assert len(report) == len(doctor.CHECKS) and not done.stderr
    assert report["imports"]["status"] == report["kernel"]["status"] == "OK"
    for line in report.values():
        assert bool(line["fix"]) == (line["status"] != "OK"), line
    assert done.returncode == any(line["status"] == "FAIL" for line in report.values())


def test_where_nothing_is_installed(tmp_path):
    venv.create(tmp_path / "bare", symlinks=True)
    done = run(tmp_path / "bare" / "bin" / "python", GDL_DATA=str(tmp_path))
    assert done.returncode == 1 and not done.stderr
    lines = {line.split()[1]: line for line in done.stdout.splitlines()}
    assert len(lines) == len(doctor.CHECKS)
    assert lines["packages"].startswith("FAIL") and "tensorflow" in lines["packages"]
    assert lines["imports"].startswith("FAIL") and "tensorflow" in lines["imports"]
    assert lines["data"].startswith("WARN") and "No module named" in lines["data"]
