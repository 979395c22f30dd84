"""A source of data sets on this machine, which fails in the ways that real ones do."""

import io
import json
import os
import stat
import sys
import tarfile
import threading
import types
import zipfile
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from unittest import mock

import pytest

import download
import originals

KEY = "not-for-any-output-0123456789"
OPEN = "/api/v1/datasets/download/someone/photos?datasetVersionNumber=4"
API = "/api/v1/datasets.DatasetApiService/DownloadDataset"
INTROSPECT = "/api/v1/security.OAuthService/IntrospectToken"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=(), sent=None):
        """Send `body`, or only its first `sent` bytes and hang up."""
        self.send_response(status)
        for header in headers:
            self.send_header(*header)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])
        self.wfile.flush()
        if sent is not None:
            self.close_connection = True

    def answer_json(self, status, /, **body):
        kind = ("Content-Type", "application/json")
        self.answer(status, json.dumps(body).encode(), [kind])

    def send_file(self, sent=None):
        """Send a file or the part that Range asks for, as If-Range allows."""
        body = self.server.files.get(self.path)
        if body is None:
            return self.answer(404)
        headers = [("ETag", self.server.etag), ("Accept-Ranges", "bytes")]
        status, start = 200, 0
        unchanged = self.headers.get("If-Range") in (None, self.server.etag)
        if "Range" in self.headers and unchanged:
            start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
            status = 206
        if start >= len(body) > 0:
            return self.answer(416, b"", [("Content-Range", f"bytes */{len(body)}")])
        self.answer(status, body[start:], headers, sent)

    def signed_in(self):
        given = self.headers.get("Authorization", "")
        return given in (f"Bearer {KEY}", self.server.basic)

    def ask_kaggle(self):
        """What Kaggle does: send on to where the archive lies, without the key."""
        if self.path == API:
            name = f"{self.question['ownerSlug']}/{self.question['datasetSlug']}"
            allowed = self.signed_in()
        else:
            name = "/".join(self.path.partition("?")[0].split("/")[-2:])
            allowed = self.server.open_to_all or self.signed_in()
        if not allowed:
            return self.answer_json(401, code=401, message="Unauthenticated")
        if f"/{name}.zip" not in self.server.files:
            return self.answer_json(404, code=404, message="Not found")
        self.answer(302, b"", [("Location", f"/{name}.zip")])

    def handle_all(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.question = json.loads(self.rfile.read(length) or "{}")
        self.server.reached = True
        if self.command == "HEAD":
            return self.answer(200)
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        self.server.questions.append(self.question)
        if self.server.faults.get(self.path):
            self.server.faults[self.path].popleft()(self)
        elif self.path in (API, OPEN):
            self.ask_kaggle()
        elif self.path == INTROSPECT:
            valid = self.question["token"] == KEY
            self.answer_json(200, active=valid, username="reader" if valid else "")
        else:
            self.send_file()

    do_GET = do_HEAD = do_POST = handle_all


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.files, self.faults, self.seen, self.questions = {}, {}, [], []
        self.etag, self.basic, self.open_to_all = '"first"', None, False
        self.reached = False  # by any request, HEAD included
        self.hold = threading.Event()  # what a stalled answer waits for

    def handle_error(self, *_):
        pass  # the client hung up, as some tests make it

    def fail(self, path, *faults):
        """Answer the next requests for a path with these functions of the handler."""
        self.faults[path] = deque(faults)

    def paths(self):
        return [path for _, path, _ in self.seen]


def status(code, /, **body):
    return lambda handler: handler.answer_json(code, **body)


def cut(sent):
    """Hang up after that many bytes."""
    return lambda handler: handler.send_file(sent)


def stall(sent):
    """Stop after that many bytes until the server's `hold` is set, then hang up."""

    def fault(handler):
        body = handler.server.files[handler.path]
        handler.send_response(200)
        handler.send_header("ETag", handler.server.etag)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[:sent])
        handler.wfile.flush()
        handler.server.hold.wait(30)
        handler.close_connection = True

    return fault


def make_zip(files, links=()):
    """The bytes of a zip archive of {name: bytes}; those in `links` are symbolic."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            if name in links:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def make_tar(files, **kinds):
    """The bytes of a .tar.gz archive; kinds: tar types of links, devices."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.type = kinds.get(name, tarfile.REGTYPE)
            info.linkname = "/etc/passwd"
            info.size = len(content) if info.type == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def toml(entries):
    """A registry with these entries: {name: {key: value}}, nested tables allowed."""

    def value(item):
        if isinstance(item, dict):
            pairs = (f'"{key}" = {value(of)}' for key, of in item.items())
            return "{ " + ", ".join(pairs) + " }"
        return json.dumps(item)

    lines = []
    for name, entry in entries.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {value(item)}" for key, item in entry.items()]
    return "\n".join(lines) + "\n"


def describe(**entry):
    """A registry entry of which only what matters to a test is given."""
    return {
        "title": "The original",
        "version": "4",
        "licence": "none",
        "page": "https://example.org/page",
        "size": 1,
        "disk": 1_000_000,
        "files": {"*.txt": 2},
        "preview": "texts",
        "stand_in": {"title": "The stand-in", "licence": "none"},
        **entry,
    }


def snapshot(folder):
    """The contents of a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(name="server")
def server_fixture():
    """A running Server."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.hold.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(name="data")
def data_fixture(tmp_path, monkeypatch):
    """The command line on an empty data folder and a machine without accounts.

    data.folder: the data folder. data.register(name=entry, …): what there is to bring.
    data.run(*arguments): code, text. data.old(name): puts an older stand-in there.
    """
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in [n for n in os.environ if n.startswith("KAGGLE_")]:
        monkeypatch.delenv(name)
    for name in ("XDG_CONFIG_HOME", "VERBOSE", "GDL_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(download, "REGISTRY", tmp_path / "datasets.toml")
    monkeypatch.setattr(download, "ENV_FILE", tmp_path / ".env")
    monkeypatch.setattr(originals, "BACKOFF", 0.001)
    originals.obstacle.cache_clear()
    monkeypatch.setattr(originals, "FROM_FILE", {})
    folder = tmp_path / "data"

    def register(**entries):
        download.REGISTRY.write_text(toml(entries))
        for name in entries:
            module = types.ModuleType(f"standins.{name}")
            module.make = lambda new, share: [
                (new / f"{letter}.txt").write_text(f"drawn {letter}")
                for letter in "abc"
            ]
            monkeypatch.setitem(sys.modules, f"standins.{name}", module)

    def run(*arguments):
        out, err = io.StringIO(), io.StringIO()
        with monkeypatch.context() as patch, mock.patch.dict(os.environ):
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            try:
                code = download.main(["--data-dir", str(folder), *arguments])
            except SystemExit as error:
                code = error.code
        text = out.getvalue() + err.getvalue()
        assert KEY not in text and "Traceback" not in text
        return SimpleNamespace(code=code, text=text)

    def old(name, **source):
        (folder / name / "sub").mkdir(parents=True)
        (folder / name / "sub" / "old.txt").write_text("precious")
        source = {"kind": "stand-in", "name": "An older one", **source}
        (folder / name / "source.json").write_text(json.dumps(source))
        return snapshot(folder / name)

    return SimpleNamespace(folder=folder, register=register, run=run, old=old)


def fails(data, name, *words):
    """Ask for the original over an older stand-in, and see it fail as it should.

    That is: exit code 1, one sentence with these words, the older folder untouched, and
    nothing half made beside it.
    """
    before = data.old(name)
    result = data.run(name)
    assert result.code == 1, result.text
    lines = result.text.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith(f"{name}: "), result.text
    assert lines[0].endswith(".") and ". " not in lines[0], result.text
    for word in words:
        assert word in lines[0], result.text
    assert snapshot(data.folder / name) == before
    beside = {path.name for path in data.folder.iterdir()} - {name}
    assert beside <= {f".{name}.lock", f".{name}.download"}
    return result
