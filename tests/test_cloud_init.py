"""cloud-init.yaml: its schema, and that it fits the rest of the repository."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from notebook_file import ROOT

CLOUD_INIT = ROOT / "cloud" / "cloud-init.yaml"
TEXT = CLOUD_INIT.read_text()
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
NVIDIA = "C95B321B61E88C1809C4F759DDCAE044F796ECB0"


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

    (file,) = settings["write_files"]
    unit = dict(
        line.split("=", 1) for line in file["content"].splitlines() if "=" in line
    )
    assert f"systemctl enable {Path(file['path']).name}" in commands
    assert unit["WorkingDirectory"] == clone.split()[3]
    assert unit["ExecStart"].split()[-1] in SERVICES
    # What systemd hands to Docker as root must not belong to the container's user.
    owned = unit["ExecStartPre"].split()[1:]
    assert owned == ["-R", "1000:1000", "notebooks", "data", "runs"], "owner"
    assert len(re.findall(r"\bch(?:own|mod)\b", text)) == 1, "owner"


def test_cloud_init_has_its_structure():
    check(TEXT)
    assert "REPOSITORY_URL" in (ROOT / "docs" / "cloud.md").read_text()


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


@pytest.mark.skipif(not shutil.which("cloud-init"), reason="needs Debian's cloud-init")
def test_cloud_init_keeps_to_its_schema():
    done = subprocess.run(
        ["cloud-init", "schema", "--config-file", CLOUD_INIT],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
