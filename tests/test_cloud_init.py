"""cloud-init.yaml: its schema, and that it fits the rest of the repository."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from notebook_file import ROOT

CLOUD_INIT = ROOT / "cloud" / "cloud-init.yaml"
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_cloud_init_has_its_structure():
    text = CLOUD_INIT.read_text()
    assert text.startswith("#cloud-config\n")
    settings = yaml.safe_load(text)
    assert set(settings) == {
        "package_update",
        "packages",
        "write_files",
        "runcmd",
        "power_state",
    }
    commands = settings["runcmd"]
    assert commands[0] == "set -e"
    for command in commands:
        assert subprocess.run(["sh", "-n", "-c", command]).returncode == 0, command
    clone = next(c for c in commands if c.startswith("git clone"))
    assert clone.split()[2] == "REPOSITORY_URL"
    assert "REPOSITORY_URL" in (ROOT / "docs" / "cloud.md").read_text()

    (file,) = settings["write_files"]
    unit = dict(
        line.split("=", 1) for line in file["content"].splitlines() if "=" in line
    )
    assert f"systemctl enable {Path(file['path']).name}" in commands
    assert unit["WorkingDirectory"] == clone.split()[3]
    assert unit["ExecStart"].split()[-1] in SERVICES
    assert unit["ExecStartPre"].split()[2:] == ["1000:1000", "."]


@pytest.mark.skipif(not shutil.which("cloud-init"), reason="needs Debian's cloud-init")
def test_cloud_init_keeps_to_its_schema():
    done = subprocess.run(
        ["cloud-init", "schema", "--config-file", CLOUD_INIT],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
