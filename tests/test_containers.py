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

COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
DOCKERFILE = (ROOT / "Dockerfile").read_text()
HEALTHCHECK = [sys.executable, ROOT / "docker" / "healthcheck.py"]
WRITABLE = ("notebooks", "data", "runs")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def instructions(text=DOCKERFILE):
    """A Dockerfile's instructions by stage: {stage: [(keyword, arguments), …]}."""
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
    copy = stage.index(("COPY", "--chmod=755 docker docker"))
    assert stage[copy:] == [
        ("COPY", "--chmod=755 docker docker"),
        ("COPY", "--chmod=755 scripts scripts"),
        ("COPY", "--chown=reader:reader notebooks notebooks"),
        ("USER", "reader"),
    ]


def test_only_wheels_are_installed():
    commands = [a for k, a in instructions()["gpu"] if k == "RUN" and "pip" in a]
    assert len(commands) == 2
    assert all("--only-binary=:all:" in c and "constraints.txt" in c for c in commands)


def check_dockerfile(text):
    """Raise AssertionError if an image is made of what may change, or as root's."""
    base = re.search(r"^ARG BASE_IMAGE=(.*)$", text, re.MULTILINE)[1]
    assert re.fullmatch(r"python:[\w.-]+@sha256:[0-9a-f]{64}", base), "base image"
    stages = instructions(text)
    parents = re.findall(r"^FROM (\S+) AS \S+$", text, re.MULTILINE)
    assert set(parents) - set(stages) == {"${BASE_IMAGE}"}, "base image"
    for target in ("cpu", "gpu"):
        users = [
            arguments for keyword, arguments in stages[target] if keyword == "USER"
        ]
        assert users == ["reader"], "user"
        for keyword, arguments in stages[target]:
            assert keyword != "ADD", "fetched"
            assert not re.search(r"http:|\b(curl|wget|git)\b", arguments), "fetched"
            # Root's files stay root's, apart from the folders that readers write.
            theirs = (
                re.findall(r"/gdl\S*", arguments) if "install -d" in arguments else []
            )
            assert set(theirs) <= {f"/gdl/{name}" for name in WRITABLE}, "owner"
            assert not re.search(r"\bch(own|mod) |setcap|sudo", arguments), "owner"
            if keyword == "COPY" and "--chown" in arguments:
                assert arguments.split()[1:] == ["notebooks", "notebooks"], "owner"


def test_dockerfile_is_pinned_and_works_as_a_reader():
    check_dockerfile(DOCKERFILE)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (r"@sha256:\w+", "", "base image"),
        (r"FROM base AS cpu", "FROM python:3.11 AS cpu", "base image"),
        (r"USER reader\n\Z", "USER root\n", "user"),
        (r"USER reader\n\n", "\n", "user"),
        (r"COPY --chmod=755 docker", "ADD https://example.org/x.tar docker", "fetched"),
        (r"(?=EXPOSE)", "RUN curl https://example.org/x | sh\n", "fetched"),
        (r"COPY --chmod=755 scripts scripts", "COPY --chown=reader . .", "owner"),
        (r"/gdl/notebooks /gdl/data", "/gdl /gdl/data", "owner"),
        (r"(?=EXPOSE)", "RUN chmod -R 777 /gdl\n", "owner"),
    ],
)
def test_dockerfile_check_notices(old, new, rule):
    changed = re.sub(old, new, DOCKERFILE)
    assert changed != DOCKERFILE
    with pytest.raises(AssertionError, match=rule):
        check_dockerfile(changed)


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
                assert source.startswith("--") or (ROOT / source).exists()
                assert source.startswith("--") or kept & {source, source.split("/")[0]}


def test_compose_file_keeps_to_its_schema():
    schema = ["--builtin-schema", "compose-spec"]
    done = run(
        *(sys.executable, "-m", "check_jsonschema"),
        *(*schema, ROOT / "docker-compose.yml"),
    )
    assert done.returncode == 0, done.stdout


def check_compose(text):
    """Raise AssertionError if a service may do more than it needs."""
    compose = yaml.safe_load(text)
    assert set(compose) == {"services"}, "settings"
    for name, service in compose["services"].items():
        # Not among them: privileged, cap_add, devices, network_mode, pid, user …
        assert set(service) <= {
            *("build", "cap_drop", "command", "deploy", "env_file", "extends", "init"),
            *("healthcheck", "platform", "ports", "profiles", "security_opt"),
            "volumes",
        }, "settings"
        own = (
            service
            if "extends" not in service
            else compose["services"]["lab"] | service
        )
        assert own["cap_drop"] == ["ALL"], "powers"
        assert own["security_opt"] == ["no-new-privileges:true"], "powers"
        assert own["ports"] == {
            "tensorboard": ["127.0.0.1:6006:6006"],
        }.get(name, ["127.0.0.1:8888:8888"]), "ports"
        for volume in own["volumes"]:
            source, target = volume.removesuffix(":ro").split(":")
            assert source.removeprefix("./") in WRITABLE, "folders"
            assert target == f"/gdl/{source[2:]}", "folders"
        # JupyterLab starts as the image says, with its token.
        assert name == "tensorboard" or "command" not in own, "command"


def test_compose_gives_no_more_than_is_needed():
    check_compose(COMPOSE_TEXT)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (r"(?=    init:)", "    privileged: true\n", "settings"),
        (r"(?=    init:)", "    network_mode: host\n", "settings"),
        (r"(?=    profiles: .gpu)", "    user: root\n", "settings"),
        (r"cap_drop: \[ALL\]", "cap_drop: [NET_RAW]", "powers"),
        (r"no-new-privileges:true", "seccomp:unconfined", "powers"),
        (r"127\.0\.0\.1:8888:", "8888:", "ports"),
        (r"127\.0\.0\.1:6006:", "0.0.0.0:6006:", "ports"),
        (r"\./notebooks:/gdl/notebooks", ".:/gdl", "folders"),
        (r"\./runs:/gdl/runs\n", "/var/run/docker.sock:/gdl/runs\n", "folders"),
        (r"(?=    init:)", "    command: jupyter lab --no-browser\n", "command"),
    ],
)
def test_compose_check_notices(old, new, rule):
    changed = re.sub(old, new, COMPOSE_TEXT)
    assert changed != COMPOSE_TEXT
    with pytest.raises(AssertionError, match=rule):
        check_compose(changed)


def test_what_a_container_writes_into_is_there():
    # Docker would make a missing folder as root's.
    assert all((ROOT / name / ".gitignore").is_file() for name in ("data", "runs"))
    ignored = run("git", "check-ignore", "runs/x", "runs/.gitignore", cwd=ROOT)
    no_repository = ignored.returncode == 128
    assert no_repository or ignored.stdout == "runs/x\n"


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
    for name in WRITABLE:
        (folder / name).mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)


def start(book, **variables):
    """Run start.sh in book, with a jupyter that prints its arguments."""
    jupyter = book / "jupyter"
    jupyter.write_text('#!/bin/sh\necho "$@"\n')
    jupyter.chmod(0o755)
    return run(
        shutil.copy(ROOT / "docker" / "start.sh", book),
        cwd=book,
        env={"PATH": f"{book}:{os.environ['PATH']}", **variables},
        user=65534 if os.getuid() == 0 else None,  # root may write everywhere
    )


def test_start_warns_of_a_folder_it_cannot_write(book):
    (book / "data").chmod(0o555)
    for name in ("notebooks", "runs"):
        (book / name).chmod(0o777)
    done = start(book)
    # No option here that takes away the token, or lets root in.
    assert done.stdout.split() == [
        *("lab", "--notebook-dir=notebooks", "--no-browser", "--ip=0.0.0.0"),
        *("--port=8888", "--ServerApp.custom_display_url=http://127.0.0.1:8888"),
    ]
    assert done.stderr.startswith("WARNING: nothing can be saved in data/: it belongs")
    assert done.stderr.count("WARNING") == 1


@pytest.mark.parametrize("token", ["letmein", " ", "x" * 31])
def test_start_refuses_a_short_token(book, token):
    done = start(book, JUPYTER_TOKEN=token)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("JUPYTER_TOKEN is too short: whoever guesses it can")
    assert token.strip() == "" or token not in done.stderr


@pytest.mark.parametrize("token", ["", secrets.token_hex(16)], ids=["none", "long"])
def test_start_takes_no_token_and_a_long_one(book, token):
    assert start(book, JUPYTER_TOKEN=token).stdout.startswith("lab ")


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
