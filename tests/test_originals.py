"""originals.py: encrypted and honest sources, archives within bounds, the registry."""

import ast
import errno
import gzip
import io
import re
import shutil
import ssl
import subprocess
import sys
import threading
import zipfile

import pytest
import requests
import yaml

import download
import originals
from loopback import (
    Server,
    data_fixture,  # noqa: F401
    describe,
    fails,
    make_tar,
    make_zip,
    server_fixture,  # noqa: F401
)
from notebook_file import ROOT

FILES = {"a.txt": b"one", "b.txt": b"two"}


def tiny(server, content, name="tiny.zip", **entry):
    """Put an archive on the server; the registry entry for it."""
    server.files[f"/{name}"] = content
    return describe(base=[f"{server.url}/"], download=[name], **entry)


# Encryption: nobody has vouched for this server's certificate.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The file of a key, made for this test, and of a certificate that it signed."""
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate")
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout key -out cert"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [*command.split(), *names], cwd=folder, check=True, capture_output=True
    )
    return folder / "key", folder / "cert"


@pytest.fixture
def encrypted(certificate):
    """A Server that speaks https."""
    server = Server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.url = server.url.replace("http:", "https:")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_certificate_that_nobody_vouches_for(data, encrypted):
    data.register(tiny=tiny(encrypted, make_zip(FILES)))
    fails(data, "tiny", "certificate of 127.0.0.1", "set its clock")
    assert not encrypted.reached


def test_certificate_behind_a_redirect(data, server, encrypted):
    data.register(tiny=tiny(server, b""))
    encrypted.files["/tiny.zip"] = make_zip(FILES)
    to = [("Location", f"{encrypted.url}/tiny.zip")]
    server.fail("/tiny.zip", lambda handler: handler.answer(302, b"", to))
    fails(data, "tiny", "certificate of 127.0.0.1")
    assert len(server.seen) == 1 and not encrypted.reached


def test_certificate_that_the_reader_vouches_for(
    data, encrypted, certificate, monkeypatch
):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[1]))
    data.register(tiny=tiny(encrypted, make_zip(FILES)))
    assert data.run("tiny").code == 0
    asked = requests.Request("GET", f"{encrypted.url}/tiny.zip").prepare()
    with originals.resume(asked, {"Range": "bytes=5-"}) as response:
        assert response.status_code == 206


@pytest.fixture
def kaggle_encrypted(encrypted, monkeypatch):
    """The endpoint of Kaggle's client, encrypted, and a key that it may use."""
    from kagglesdk import kaggle_env

    monkeypatch.setenv("KAGGLE_API_ENVIRONMENT", "LOCALHOST")
    table = kaggle_env._env_to_endpoint
    monkeypatch.setitem(table, kaggle_env.KaggleEnv.LOCAL, encrypted.url)
    monkeypatch.setenv("KAGGLE_USERNAME", "nobody")
    monkeypatch.setenv("KAGGLE_KEY", "none")
    encrypted.open_to_all = True
    return encrypted


def test_certificate_of_kaggle(data, kaggle_encrypted):
    data.register(photos=describe(kaggle="someone/photos"))
    fails(data, "photos", "certificate of Kaggle")
    with pytest.raises(originals.NoOriginal, match="certificate of Kaggle"):
        originals.kaggle_source("someone/photos", "4")
    assert not kaggle_encrypted.reached


def test_each_source_checks_the_certificate(data, kaggle_encrypted, monkeypatch):
    """Also once the host was found to answer."""
    monkeypatch.setattr(originals, "obstacle", lambda url, host: "")
    from kaggle.api.kaggle_api_extended import KaggleApi

    monkeypatch.setattr(KaggleApi, "args", ["--local"])
    for make in (originals.open_source, originals.kaggle_source):
        for headers in ({}, {"Range": "bytes=5-"}):
            with pytest.raises(requests.exceptions.SSLError):
                make("someone/photos", "4")(headers)
    with pytest.raises(requests.exceptions.SSLError):
        originals.plain_source(kaggle_encrypted.url)({})
    assert not kaggle_encrypted.reached


def test_a_resumed_download_checks_the_certificate(data, encrypted, server):
    """The client's answer came unencrypted, and its repetition is sent elsewhere."""
    asked = requests.Request("GET", f"{encrypted.url}/photos.zip").prepare()
    with pytest.raises(requests.exceptions.SSLError):
        originals.resume(asked, {"Range": "bytes=5-"})
    assert not encrypted.reached


# Redirects.


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("file:///etc/passwd", "“file:///etc/passwd”, which is no address on the web"),
        ("ftp://127.0.0.1/a", "“ftp://127.0.0.1/a”, which is no"),
        ("file:///a\x1b[31m" + "b" * 200, "“file:///a"),
        ("http://[::1", "redirects to something that is no address"),
        ("http://a..b/", "redirects to something that is no address"),
        ("/tiny.zip", "redirects in a circle"),
    ],
)
def test_redirect(data, server, target, words):
    data.register(tiny=tiny(server, make_zip(FILES)))
    to = [("Location", target)]
    server.fail("/tiny.zip", *[lambda handler: handler.answer(302, b"", to)] * 40)
    result = fails(data, "tiny", words)
    assert "\x1b" not in result.text and "b" * 99 not in result.text


# Unpacking within bounds.


def refused(data, server, content, *words, name="tiny.zip", **entry):
    """An archive is refused in one sentence and nothing of it stays."""
    data.register(tiny=tiny(server, content, name, files={"*": 1}, **entry))
    fails(data, "tiny", "refused as damaged", *words, "--stand-in")
    assert not (data.folder / ".tiny.download").exists()
    assert data.run("tiny", "--or-stand-in").code == 0


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_more_bytes_than_the_registry_states(data, server, make):
    name = "tiny.zip" if make is make_zip else "tiny.tar.gz"
    content = {"a.txt": b"1", "b.txt": bytes(3_500_000)}
    refused(data, server, make(content), "far more than the original", name=name)
    data.register(tiny=tiny(server, make(content), name, disk=3_500_000))
    assert data.run("tiny", "--force").code == 0


def test_a_bomb_is_not_unpacked_to_be_measured(data, server, monkeypatch):
    """A thousand times its size: refused by its table, before anything is written."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", bytes(16 << 20))
    content = bomb.getvalue()
    written = []
    monkeypatch.setattr(originals.shutil, "copyfileobj", lambda *_: written.append(1))
    data.register(tiny=tiny(server, content, files={"*": 1}))
    fails(data, "tiny", "refused as damaged")
    assert len(content) < 20_000 and not written


def test_more_files_than_the_registry_states(data, server):
    names = {f"{number}.txt": b"" for number in range(150)}
    refused(data, server, make_zip(names), "far more than the original")
    data.register(tiny=tiny(server, make_zip(names), files={"*.txt": 150}))
    assert data.run("tiny", "--force").code == 0


@pytest.mark.parametrize(
    "names",
    [
        ["n" * 300 + ".txt"],
        ["n/" * 3_000 + "a.txt"],
        ["f", "f/g"],
        ["f/g", "f"],
        ["f/", "f"],
    ],
)
@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_names_that_no_file_may_have(data, server, names, make):
    name = "tiny.zip" if make is make_zip else "tiny.tar.gz"
    files = dict.fromkeys(names, b"x")
    if "f/" in files and make is make_tar:
        files = {"f/g": b"x", "f": b"x"}  # a tar's folder is no member by its name
    refused(data, server, make(files), "which no file may be", name=name)


def test_a_hostile_name_is_shown_tame(data, server):
    files = {"../\x1b[2J\n" + "n" * 200: b"x"}
    refused(data, server, make_zip(files), "holds “../??[2J?nnn".replace("??", "?"))


def test_a_disk_that_fails_is_not_the_archives_fault(data, server, monkeypatch):
    def fail(*_):
        raise OSError(errno.EIO, "Input/output error")

    data.register(tiny=tiny(server, make_zip(FILES)))
    monkeypatch.setattr(originals.shutil, "copyfileobj", fail)
    fails(data, "tiny", "Input/output error")
    assert (data.folder / ".tiny.download" / "tiny.zip").exists()


def test_gunzip_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(originals, "LARGEST", 1000)
    for size in (1000, 1001):
        (tmp_path / "a.gz").write_bytes(gzip.compress(bytes(size)))
        if size > 1000:
            with pytest.raises(ValueError):
                originals.gunzip(tmp_path / "a.gz")
        else:
            assert len(originals.gunzip(tmp_path / "a.gz")) == size


# The registry and the weekly workflow.


@pytest.mark.parametrize("name", download.registry())
def test_what_comes_unencrypted_has_a_hash(name):
    entry = download.registry()[name]
    for base in entry.get("base", []):
        assert base.startswith("https://") or {"sha256", "content"} & set(entry)
    assert entry.get("page", "https://").startswith("https://")


def weekly(job):
    text = (ROOT / ".github" / "workflows" / "links.yml").read_text("utf-8")
    return yaml.safe_load(text)["jobs"][job]


def test_every_set_of_kaggle_is_fetched_weekly_without_a_key():
    ours = [name for name, entry in download.registry().items() if "kaggle" in entry]
    assert weekly("kaggle")["strategy"]["matrix"]["name"] == ours
    assert "KAGGLE" not in str(weekly("kaggle"))


@pytest.mark.parametrize("job", ["sources", "kaggle"])
def test_the_weekly_workflow_installs_what_is_imported(job):
    names = {"dotenv": "python-dotenv"}
    wanted, scripts = set(), {path.stem for path in (ROOT / "scripts").glob("*.py")}
    for script in ("download", "originals", "notebook_file"):
        tree = ast.parse((ROOT / "scripts" / f"{script}.py").read_text("utf-8"))
        for node in tree.body:
            if isinstance(node, ast.Import):
                wanted |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                wanted.add(node.module.split(".")[0])
    wanted = {names.get(name, name) for name in wanted - sys.stdlib_module_names}
    wanted |= {"kaggle"} if job == "kaggle" else set()
    commands = " ".join(step.get("run", "") for step in weekly(job)["steps"])
    assert wanted - scripts <= set(re.findall(r"[\w-]+", commands))
