"""cloud-init.yaml: its schema, and that it fits the rest of the repository."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from notebook_file import ROOT

CLOUD_INIT = ROOT / "cloud" / "cloud-init.yaml"
TEXT = CLOUD_INIT.read_text()
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
UNITS = Path("/etc/systemd/system")
NVIDIA = "C95B321B61E88C1809C4F759DDCAE044F796ECB0"


def settings_of(unit):
    """The settings of a systemd unit: {name: value}."""
    return dict(line.split("=", 1) for line in unit.splitlines() if "=" in line)


def check(text):
    """Raise AssertionError if the file does not do its work, or does more than that."""
    assert text.startswith("#cloud-config\n")
    settings = yaml.safe_load(text)
    # Not among them: users, passwords, keys for SSH.
    assert set(settings) == {
        "package_update",
        "packages",
        "write_files",
        "runcmd",
        "power_state",
    }, "settings"
    commands = settings["runcmd"]
    assert commands[0] == "set -e", "errors"
    for command in commands:
        assert subprocess.run(["sh", "-n", "-c", command]).returncode == 0, command
    assert not re.search(r"\bhttp:|--insecure|allow-insecure|\s-k\s", text), "secure"
    assert not re.search(r"\|\s*(sudo |env )*(ba)?sh\b", text), "secure"
    assert not re.search(r"apt-key|trusted=yes|allow-unauth|privileged", text), "secure"
    clone = next(c for c in commands if c.startswith("git clone"))
    assert clone.split()[2] == "REPOSITORY_URL"

    fetch, trust, source, *_ = [c for c in commands if "toolkit.asc" in c]
    assert fetch.split()[2] == "/usr/share/keyrings/nvidia-container-toolkit.asc"
    assert "--show-keys" in trust and f"= {NVIDIA} ]" in trust, "key"
    assert "signed-by=/usr/share/keyrings/nvidia-container-toolkit.asc" in source, "key"

    files = {Path(file["path"]): file["content"] for file in settings["write_files"]}
    unit = settings_of(files[UNITS / "lab.service"])
    (enable,) = [c for c in commands if c.startswith("systemctl enable")]
    started = {UNITS / name for name in enable.split()[2:]}
    assert started == {UNITS / "lab.service", UNITS / "stop-when-idle.timer"}, "started"
    assert unit["WorkingDirectory"] == clone.split()[3]
    assert unit["ExecStart"].split()[-1] in SERVICES
    # The timer starts the service of its name, and that a script which is there.
    idle = settings_of(files[UNITS / "stop-when-idle.service"])
    assert Path(idle["ExecStart"]) in files, "idle"
    assert re.fullmatch(r"IDLE_HOURS=[1-9]", idle["Environment"]), "idle"
    # What systemd hands to Docker as root must not belong to the container's user.
    owned = unit["ExecStartPre"].split()[1:]
    assert owned == ["-R", "1000:1000", "notebooks", "data", "runs"], "owner"
    assert len(re.findall(r"\bch(?:own|mod)\b", text)) == 1, "owner"


def test_cloud_init_has_its_structure():
    check(TEXT)


def test_the_page_puts_the_address_of_the_clone_in(tmp_path):
    page = (ROOT / "docs" / "cloud.md").read_text("utf-8")
    (command,) = re.findall(r"^sed .*", page, re.M)
    shutil.copytree(CLOUD_INIT.parent, tmp_path / "cloud")
    url = "https://example.org/someone/generative.git"
    for line in ("git init --quiet", f"git remote add origin {url}", command):
        subprocess.run(["sh", "-e", "-c", line], cwd=tmp_path, check=True)
    made = (tmp_path / "my-cloud-init.yaml").read_text("utf-8")
    assert made == TEXT.replace("REPOSITORY_URL", url)
    # In PowerShell, too.
    assert '.Replace("REPOSITORY_URL", (git remote get-url origin))' in page


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (r"(?=package_update)", "ssh_pwauth: true\n", "settings"),
        (r"  - set -e\n", "", "errors"),
        (r"https://nvidia.github.io/libnv.*/gpgkey", "http://example.org/k", "secure"),
        (r"curl -fsSLo", "curl -k -fsSLo", "secure"),
        (r"(?=  - apt-get update)", "  - curl https://example.org/x | sh\n", "secure"),
        (NVIDIA, "0" * 40, "key"),
        (r"\[signed-by=\S+\] ?", "[trusted=yes] ", "secure"),
        (r"1000:1000 notebooks data runs", "1000:1000 .", "owner"),
        (r"(?=  - systemctl enable)", "  - chmod -R 777 /srv\n", "owner"),
        (r" stop-when-idle.timer\n", "\n", "started"),
        (r"IDLE_HOURS=2", "IDLE_HOURS=0", "idle"),
    ],
)
def test_check_notices(old, new, rule):
    changed = re.sub(old, new, TEXT)
    assert changed != TEXT
    with pytest.raises(AssertionError, match=rule):
        check(changed)


@pytest.mark.parametrize(
    ("listing", "trusted"),
    [
        (["pub:", f"fpr:::::::::{NVIDIA}:", "sub:", f"fpr:::::::::{'5' * 40}:"], True),
        (["pub:", f"fpr:::::::::{'0' * 40}:"], False),
        (["pub:", f"fpr:::::::::{NVIDIA}:", "pub:", f"fpr:::::::::{'0' * 40}:"], False),
        (["pub:", f"fpr:::::::::{'0' * 40}:", "sub:", f"fpr:::::::::{NVIDIA}:"], False),
        ([], False),
    ],
    ids=["NVIDIA's", "another", "two", "as a subkey", "none"],
)
def test_only_nvidias_key_is_trusted(tmp_path, listing, trusted):
    gpg = tmp_path / "gpg"
    gpg.write_text("\n".join(["#!/bin/sh", *(f"echo '{line}'" for line in listing)]))
    gpg.chmod(0o755)
    (command,) = [c for c in yaml.safe_load(TEXT)["runcmd"] if "--show-keys" in c]
    done = subprocess.run(
        ["sh", "-e", "-c", command],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode == 0) == trusted
    assert ("the installation stops" in done.stdout) != trusted


@pytest.mark.parametrize(
    ("load", "minutes", "off"),
    [
        ("0.02", 121, True),
        ("0.02", 119, False),
        ("0.02", None, False),
        ("0.97", 500, False),
        ("12.40", 500, False),
    ],
    ids=["idle", "not for long", "just started", "trains", "trains on all cores"],
)
def test_an_idle_machine_powers_off(tmp_path, load, minutes, off):
    script = next(
        file["content"]
        for file in yaml.safe_load(TEXT)["write_files"]
        if file["path"].endswith("/stop-when-idle")
    )
    (tmp_path / "loadavg").write_text(f"0.00 9.00 {load} 1/300 4711\n")
    script = script.replace("/proc/loadavg", str(tmp_path / "loadavg"))
    script = script.replace("/run/", f"{tmp_path}/")
    assert str(tmp_path / "last-busy") in script
    if minutes is not None:
        (tmp_path / "last-busy").touch()
        then = time.time() - 60 * minutes
        os.utime(tmp_path / "last-busy", (then, then))
    (tmp_path / "systemctl").write_text('#!/bin/sh\necho "systemctl $*"\n')
    (tmp_path / "systemctl").chmod(0o755)
    done = subprocess.run(
        ["sh", "-e", "-c", script],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "IDLE_HOURS": "2"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert ("systemctl poweroff" in done.stdout) == off
    age = time.time() - (tmp_path / "last-busy").stat().st_mtime
    assert (age < 60) == (minutes is None or float(load) > 0.5)


@pytest.mark.skipif(not shutil.which("cloud-init"), reason="needs Debian's cloud-init")
def test_cloud_init_keeps_to_its_schema():
    done = subprocess.run(
        ["cloud-init", "schema", "--config-file", CLOUD_INIT],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
