"""Dockerfile, docker-compose.yml and docker/, as far as they need no Docker engine."""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml

from notebook_file import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
HEALTHCHECK = [sys.executable, ROOT / "docker" / "healthcheck.py"]


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def instructions():
    """The Dockerfile's instructions by stage: {stage: [(keyword, arguments), …]}."""
    text = (ROOT / "Dockerfile").read_text()
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    stages = {}
    for line in filter(None, text.splitlines()):
        keyword, arguments = line.split(maxsplit=1)
        if keyword == "FROM":
            parent, _, stage = arguments.split()
            stages[stage] = list(stages.get(parent, []))
        elif stages:
            stages[stage].append((keyword, arguments))
    return stages


def test_dockerfile_passes_hadolint():
    hadolint = Path(sys.executable).with_name("hadolint")
    done = run(hadolint, "--failure-threshold", "warning", ROOT / "Dockerfile")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("target", ["cpu", "gpu"])
def test_a_changed_notebook_installs_nothing(target):
    stage = instructions()[target]
    keywords = [keyword for keyword, _ in stage]
    copy = stage.index(("COPY", "--chown=reader:reader . ."))
    assert "RUN" not in keywords[copy:]
    assert stage[-1] == ("USER", "reader")


def test_only_wheels_are_installed():
    commands = [a for k, a in instructions()["gpu"] if k == "RUN" and "pip" in a]
    assert len(commands) == 2
    assert all("--only-binary=:all:" in c and "constraints.txt" in c for c in commands)


def test_the_image_gets_what_it_copies_and_no_secrets():
    first, *kept = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if not line.startswith("#")
    ]
    assert first == "*"
    kept = {line[1:].rstrip("/") for line in kept if line.startswith("!")}
    assert kept.isdisjoint({".env", "data", "runs", ".git"})
    for keyword, arguments in instructions()["gpu"]:
        if keyword == "COPY" and arguments.split()[-2] != ".":
            for source in arguments.split()[:-1]:
                assert (ROOT / source).is_file()
                assert kept & {source, source.split("/")[0]}


def test_compose_file_keeps_to_its_schema():
    schema = ["--builtin-schema", "compose-spec"]
    done = run(
        *(sys.executable, "-m", "check_jsonschema"),
        *(*schema, ROOT / "docker-compose.yml"),
    )
    assert done.returncode == 0, done.stdout


def test_only_this_machine_reaches_the_ports():
    ports = [p for s in COMPOSE["services"].values() for p in s.get("ports", [])]
    assert ports == ["127.0.0.1:8888:8888", "127.0.0.1:6006:6006"]


def test_services_and_their_profiles():
    services = COMPOSE["services"]
    assert {name: s.get("profiles") for name, s in services.items()} == {
        "lab": None,
        "lab-gpu": ["gpu"],
        "tensorboard": ["tensorboard"],
    }
    targets = {s["build"]["target"] for s in services.values()}
    assert targets == {"cpu", "gpu"} <= set(instructions())


def test_compose_works_without_settings():
    options = COMPOSE["services"]["lab"]
    assert options["env_file"] == [{"path": ".env", "required": False}]
    assert options["build"]["args"] == {"UID": "${UID:-1000}", "GID": "${GID:-1000}"}


class Lab(BaseHTTPRequestHandler):
    def do_GET(self):
        allowed = self.headers["Authorization"] == "token right"
        self.send_response(200 if allowed and self.path == "/api/status" else 403)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments):
        pass


@pytest.mark.parametrize(("token", "healthy"), [("right", True), ("wrong", False)])
def test_healthcheck_asks_with_the_token(tmp_path, token, healthy):
    with HTTPServer(("127.0.0.1", 0), Lab) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        described = {"port": server.server_port, "token": token}
        (tmp_path / "jpserver-7.json").write_text(json.dumps(described))
        environment = os.environ | {"JUPYTER_RUNTIME_DIR": str(tmp_path)}
        done = run(*HEALTHCHECK, env=environment)
        server.shutdown()
    assert (done.returncode == 0) == healthy


def test_healthcheck_before_the_start(tmp_path):
    environment = os.environ | {"JUPYTER_RUNTIME_DIR": str(tmp_path)}
    done = run(*HEALTHCHECK, env=environment)
    assert done.returncode == 1
    assert done.stderr.strip() == "JupyterLab has not started yet."


@pytest.fixture
def book():
    """A folder like the image's, that every user may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    for name in ("notebooks", "data"):
        (folder / name).mkdir()
    yield folder
    shutil.rmtree(folder)


def test_start_warns_of_a_folder_it_cannot_write(book):
    jupyter = book / "jupyter"
    jupyter.write_text("#!/bin/sh\necho started\n")
    jupyter.chmod(0o755)
    book.chmod(0o777)
    (book / "data").chmod(0o555)
    (book / "notebooks").chmod(0o777)
    start = shutil.copy(ROOT / "docker" / "start.sh", book)
    done = run(
        start,
        cwd=book,
        env={"PATH": f"{book}:{os.environ['PATH']}"},
        user=65534 if os.getuid() == 0 else None,  # root may write everywhere
    )
    assert done.stdout == "started\n"
    assert done.stderr.startswith("WARNING: nothing can be saved in data/: it belongs")
    assert done.stderr.count("WARNING") == 1


def status(port, token=None):
    """The HTTP status of /api/status."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/status")
    if token:
        request.add_header("Authorization", f"token {token}")
    try:
        return urllib.request.urlopen(request, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("given", ["", secrets.token_hex(24)], ids=["made up", "given"])
def test_jupyterlab_starts_with_a_token(book, given):
    (book / "jupyter_server_config.json").write_text(
        json.dumps({"ServerApp": {"allow_root": True}})
    )
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(book),
        "JUPYTER_RUNTIME_DIR": str(book / "runtime"),
        "JUPYTER_TOKEN": given,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    log = book / "log"
    with log.open("w") as stream:
        lab = subprocess.Popen(
            ROOT / "docker" / "start.sh", cwd=book, env=environment, stderr=stream
        )
    try:
        deadline = time.monotonic() + 180
        while run(*HEALTHCHECK, env=environment).returncode:
            assert lab.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        server = json.loads(
            next((book / "runtime").glob("jpserver-*.json")).read_text()
        )
        assert status(server["port"]) == 403
        assert status(server["port"], "wrong") == 403
        assert status(server["port"], server["token"]) == 200
        url = rf"http://127\.0\.0\.1:{server['port']}/lab\?token=(\S+)"
        printed = set(re.findall(url, log.read_text()))
        if given:
            assert server["token"] == given
            assert printed == {"..."}
        else:
            assert printed == {server["token"]}
            assert len(server["token"]) >= 32
    finally:
        lab.terminate()
        lab.wait(timeout=30)
