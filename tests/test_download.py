"""download.py with sources that need no account: what it brings, and every failure."""

import errno
import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import music21
import numpy as np
import pytest
from PIL import Image

import download
import originals
import preview
from loopback import (
    cut,
    data_fixture,  # noqa: F401
    describe,
    fails,
    make_tar,
    make_zip,
    server_fixture,  # noqa: F401
    snapshot,
    stall,
    status,
)

FILES = {"a.txt": b"one", "b.txt": os.urandom(300_000)}
ZIP = make_zip(FILES)
HOSTILE = ["../evil.txt", "/tmp/evil.txt", "sub/../../evil.txt"]


def archive(server, content=ZIP, name="tiny.zip", **entry):
    """Put an archive on the server; the registry entry for it."""
    server.files[f"/{name}"] = content
    return describe(base=[f"{server.url}/"], download=[name], **entry)


OUTSIDE = """
import pathlib, sys
sys.path.insert(0, sys.argv.pop(1))
import download, originals
download.REGISTRY, originals.BACKOFF = pathlib.Path(sys.argv.pop(1)), 0.01
sys.exit(download.main())
"""


def run_outside(data, *arguments):
    """Start the command line in a process of its own, on the test's registry."""
    command = [sys.executable, "-c", OUTSIDE, download.ROOT / "scripts"]
    command += [download.REGISTRY, "--data-dir", data.folder, *arguments]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A suite that runs in the background is deaf to Ctrl-C, and so its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def wait_for(condition):
    """Wait up to ten seconds until a function returns something true."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


# What it brings.


def test_original(data, server):
    data.register(tiny=archive(server))
    assert data.run("tiny").code == 0
    found = snapshot(data.folder / "tiny")
    source = json.loads(found.pop("source.json"))
    assert found == FILES
    assert source["kind"] == "original" and source["name"] == "The original"
    assert source["files"] == 2 and source["bytes"] == 300_003
    assert set(source) == {
        *("kind", "name", "version", "licence", "files", "bytes", "sha256", "date")
    }
    assert {path.name for path in data.folder.iterdir()} == {"tiny", ".tiny.lock"}
    # A file compressed on its way could not be resumed.
    assert server.seen[0][2]["Accept-Encoding"] == "identity"


def test_second_run_asks_nobody_and_force_does(data, server):
    data.register(tiny=archive(server))
    data.run("tiny")
    server.seen.clear()
    for arguments in (["tiny"], ["tiny", "--stand-in"], ["--all", "--or-stand-in"]):
        assert data.run(*arguments).code == 0
    assert not server.seen
    assert data.run("tiny", "--force").code == 0
    assert server.paths() == ["/tiny.zip"]


def test_stand_in(data, server):
    data.register(tiny=archive(server))
    assert data.run("tiny", "--stand-in").code == 0
    assert not server.seen
    first = snapshot(data.folder / "tiny")
    source = json.loads(first["source.json"])
    assert (source["kind"], source["name"]) == ("stand-in", "The stand-in")
    assert first["a.txt"] == b"drawn a"
    assert data.run("tiny", "--or-stand-in").code == 0
    assert not server.seen
    data.run("tiny", "--stand-in", "--force")
    assert snapshot(data.folder / "tiny") == first
    assert data.run("tiny").code == 0
    assert download.read_source(data.folder / "tiny")["kind"] == "original"


@pytest.mark.parametrize("kind", ["original", "subset"])
def test_real_data_put_there_by_others_is_kept(data, server, kind):
    data.register(tiny=archive(server))
    before = data.old("tiny", kind=kind)
    for wanted in ([], ["--stand-in"], ["--or-stand-in"]):
        assert data.run("tiny", *wanted).code == 0
    assert snapshot(data.folder / "tiny") == before and not server.seen


def test_or_stand_in_says_why(data, server):
    data.register(tiny=archive(server))
    server.fail("/tiny.zip", status(404))
    result = data.run("tiny", "--or-stand-in")
    assert result.code == 0
    assert "refuses the file (404)" in result.text
    assert "The stand-in (stand-in)" in result.text
    assert not (data.folder / ".tiny.download").exists()


def test_or_stand_in_keeps_an_original_it_cannot_replace(data, server):
    data.register(tiny=archive(server))
    server.fail("/tiny.zip", status(404))
    before = data.old("tiny", kind="original")
    assert data.run("tiny", "--or-stand-in", "--force").code == 1
    assert snapshot(data.folder / "tiny") == before


def test_second_place_when_the_first_is_out_of_reach(data, server):
    entry = archive(server)
    entry["base"].insert(0, "http://127.0.0.1:1/")
    data.register(tiny=entry)
    assert data.run("tiny").code == 0


def test_all_goes_on_after_a_failure(data, server):
    data.register(gone=archive(server, name="gone.zip"), tiny=archive(server))
    del server.files["/gone.zip"]
    result = data.run("--all")
    assert result.code == 1 and "gone: " in result.text
    assert (data.folder / "tiny" / "a.txt").exists()


def test_list(data, server):
    data.register(here=archive(server), not_here=archive(server))
    data.old("here")
    rows = [line.split() for line in data.run("--list").text.splitlines()]
    assert [row[:2] for row in rows[1:]] == [
        ["here", "stand-in"],
        ["not_here", "absent"],
    ]


def test_fashion_mnist_from_an_installed_package(data, tmp_path):
    pixels = np.arange(3 * 784, dtype="uint8").reshape(3, 28, 28)
    labels = np.array([5, 0, 9], "uint8")
    names = []
    for prefix in ("train", "t10k"):
        for kind, head, array in (
            ("images-idx3", 16, pixels),
            ("labels-idx1", 8, labels),
        ):
            names.append(f"{prefix}-{kind}-ubyte.gz")
            content = gzip.compress(bytes(head) + array.tobytes())
            (tmp_path / names[-1]).write_bytes(content)
    entry = describe(
        installed=str(tmp_path),
        download=names,
        base=[],
        files={"fashion_mnist.npz": 1},
    )
    data.register(fashion_mnist=entry)
    assert data.run("fashion_mnist").code == 0
    with np.load(data.folder / "fashion_mnist" / "fashion_mnist.npz") as arrays:
        for split in ("train", "test"):
            np.testing.assert_array_equal(arrays[f"x_{split}"], pixels)
            np.testing.assert_array_equal(arrays[f"y_{split}"], labels)
    data.register(fashion_mnist={**entry, "content": "0" * 64})
    result = data.run("fashion_mnist", "--force")
    assert result.code == 1 and "are not the original's" in result.text
    assert (tmp_path / names[0]).exists()


def test_cifar10_from_the_binary_version(data, server):
    rng = np.random.default_rng(0)
    images = rng.integers(256, size=(6, 2, 32, 32, 3)).astype("uint8")
    labels = rng.integers(10, size=(6, 2)).astype("uint8")
    files = {}
    for index in range(6):
        name = f"data_batch_{index + 1}" if index < 5 else "test_batch"
        planes = images[index].transpose(0, 3, 1, 2).reshape(2, -1)
        records = np.hstack([labels[index, :, None], planes])
        files[f"cifar-10-batches-bin/{name}.bin"] = records.tobytes()
    tar = make_tar(files)
    data.register(cifar10=archive(server, tar, "c.tar.gz", files={"cifar10.npz": 1}))
    assert data.run("cifar10").code == 0
    with np.load(data.folder / "cifar10" / "cifar10.npz") as arrays:
        np.testing.assert_array_equal(
            arrays["x_train"], images[:5].reshape(10, 32, 32, 3)
        )
        np.testing.assert_array_equal(arrays["y_train"], labels[:5].reshape(10, 1))
        np.testing.assert_array_equal(arrays["x_test"], images[5])
        np.testing.assert_array_equal(arrays["y_test"], labels[5][:, None])
    assert len(snapshot(data.folder / "cifar10")) == 2


def test_a_page_in_place_of_midi(data, server):
    entry = archive(server, b"<html>", "one.mid", files={"*.mid": 1})
    data.register(cellosuites=entry)
    fails(data, "cellosuites", "damaged")


def test_content_hash_is_that_of_the_arrays(tmp_path):
    hashes = set()
    for save, shape in ((np.savez, 6), (np.savez_compressed, 6), (np.savez, (2, 3))):
        save(tmp_path / "a.npz", x=np.arange(6).reshape(shape))
        hashes.add(originals.content_hash(tmp_path))
    assert len(hashes) == 2


# Failures.


def test_unknown_name(data, server):
    data.register(tiny=archive(server), other=archive(server))
    result = data.run("tinny")
    assert result.code == 2 and "did you mean tiny?" in result.text


def test_no_name(data, server):
    data.register(tiny=archive(server))
    assert data.run().code == 2
    assert data.run("tiny", "tiny", "--preview", "out.png").code == 2


def test_preview_of_nothing(data, server):
    data.register(tiny=archive(server))
    result = data.run("tiny", "--preview", "out.png")
    assert result.code == 1 and "yet" in result.text


def test_out_of_reach(data):
    data.register(tiny=describe(base=["http://127.0.0.1:1/"], download=["a.zip"]))
    fails(data, "tiny", "127.0.0.1 cannot be reached", "--stand-in")


def test_a_host_that_never_answers(data, monkeypatch):
    monkeypatch.setattr(originals, "REACH", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        data.register(
            one=describe(base=[base], download=["a.zip"]),
            two=describe(base=[base], download=["a.zip"]),
        )
        start = time.monotonic()
        assert data.run("--all", "--or-stand-in").code == 0
        assert time.monotonic() - start < 2
    assert len(list(data.folder.glob("*/a.txt"))) == 2


@pytest.mark.parametrize("code", [401, 403, 404])
def test_refused(data, server, code):
    data.register(tiny=archive(server))
    server.fail("/tiny.zip", status(code))
    fails(data, "tiny", f"({code})", "https://example.org/page")
    assert len(server.seen) == 1


def test_server_errors_then_success(data, server):
    data.register(tiny=archive(server))
    server.fail("/tiny.zip", status(503), status(429), status(500))
    assert data.run("tiny").code == 0


def test_server_errors_without_end(data, server):
    data.register(tiny=archive(server))
    server.fail("/tiny.zip", *[status(503)] * 99)
    fails(data, "tiny", "(503)", "later")
    assert len(server.seen) == originals.ATTEMPTS


def test_cut_connections_are_resumed(data, server):
    data.register(tiny=archive(server))
    server.fail("/tiny.zip", cut(len(ZIP) // 2), cut(70_000))
    assert data.run("tiny").code == 0
    starts = [headers.get("Range") for _, _, headers in server.seen]
    assert starts[0] is None and None not in starts[1:] and len(starts) == 3
    source = download.read_source(data.folder / "tiny")
    assert source["sha256"] == originals.hashlib.sha256(ZIP).hexdigest()


def test_download_resumed_by_the_next_run(data, server, monkeypatch):
    monkeypatch.setattr(originals, "ATTEMPTS", 1)
    data.register(tiny=archive(server))
    part = data.folder / ".tiny.download" / "tiny.zip"
    server.fail("/tiny.zip", cut(len(ZIP) // 2), status(503))
    fails(data, "tiny", "goes on where it stopped")
    assert len(ZIP) // 3 < part.stat().st_size < len(ZIP)
    server.seen.clear()
    assert data.run("tiny").code == 0
    assert len(server.seen) == 1 and "Range" in server.seen[0][2]
    assert (data.folder / "tiny" / "b.txt").read_bytes() == FILES["b.txt"]


def test_a_changed_original_is_not_mixed_with_the_old(data, server, monkeypatch):
    monkeypatch.setattr(originals, "ATTEMPTS", 1)
    data.register(tiny=archive(server))
    server.fail("/tiny.zip", cut(len(ZIP) // 2), status(503))
    fails(data, "tiny", "goes on")
    new = {"a.txt": b"new", "b.txt": os.urandom(300_000)}
    server.files["/tiny.zip"], server.etag = make_zip(new), '"second"'
    assert data.run("tiny").code == 0
    assert (data.folder / "tiny" / "b.txt").read_bytes() == new["b.txt"]


def test_a_complete_download_is_not_fetched_again(data, server, monkeypatch):
    data.register(tiny=archive(server))
    with monkeypatch.context() as patch:
        patch.setattr(originals.shutil, "copyfileobj", disk_full)
        fails(data, "tiny", "the disk is full")
    assert data.run("tiny").code == 0
    assert server.seen[-1][2]["Range"] == f"bytes={len(ZIP)}-"
    assert server.paths() == ["/tiny.zip"] * 2


def test_a_download_that_is_too_long_starts_anew(data, server):
    data.register(tiny=archive(server))
    part = data.folder / ".tiny.download" / "tiny.zip"
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(len(ZIP) + 1))
    part.with_name("tiny.zip.validator").write_text(server.etag)
    assert data.run("tiny").code == 0


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_truncated_archive(data, server, make):
    name = "tiny.zip" if make is make_zip else "tiny.tar.gz"
    whole = make(FILES)
    data.register(tiny=archive(server, whole[: len(whole) // 2], name))
    fails(data, "tiny", "damaged")
    server.files[f"/{name}"] = whole
    assert data.run("tiny").code == 0


def test_flipped_bit(data, server):
    broken = bytearray(ZIP)
    broken[150_000] ^= 1
    data.register(tiny=archive(server, bytes(broken)))
    fails(data, "tiny", "damaged")


def test_wrong_sha256(data, server):
    data.register(tiny=archive(server, sha256="0" * 64))
    fails(data, "tiny", "SHA-256")
    assert not (data.folder / ".tiny.download").exists()


def test_files_do_not_match_the_registry(data, server):
    data.register(tiny=archive(server, files={"*.txt": 2, "img/*.png": 12}))
    fails(data, "tiny", "12 files img/*.png were expected and 0 came")


@pytest.mark.parametrize("member", [*HOSTILE, "link"])
def test_hostile_zip(data, server, tmp_path, member):
    content = make_zip({"a.txt": b"1", member: b"/etc/passwd"}, links=["link"])
    data.register(tiny=archive(server, content, files={"*": 1}))
    fails(data, "tiny", f"“{member}”", "refused")
    assert not list(tmp_path.rglob("evil.txt")) and not Path("/tmp/evil.txt").exists()


@pytest.mark.parametrize("member", [*HOSTILE, "link", "hard", "device"])
def test_hostile_tar(data, server, tmp_path, member):
    kinds = {
        "link": tarfile.SYMTYPE,
        "hard": tarfile.LNKTYPE,
        "device": tarfile.CHRTYPE,
    }
    content = make_tar({"a.txt": b"1", member: b"x"}, **kinds)
    data.register(tiny=archive(server, content, "t.tar.gz", files={"*": 1}))
    fails(data, "tiny", f"“{member}”", "refused")
    assert not list(tmp_path.rglob("evil.txt")) and not Path("/tmp/evil.txt").exists()


def disk_full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_disk_full_while_downloading(data, server, monkeypatch):
    data.register(tiny=archive(server))
    monkeypatch.setattr(originals, "receive", disk_full)
    fails(data, "tiny", "the disk is full")


def test_disk_full_for_real(data, server):
    """On a file system of 1 MB: room for the old data and the archive, no more."""
    content = make_zip({"a.txt": b"1", "b.txt": os.urandom(700_000)})
    data.register(tiny=archive(server, content))
    data.folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", data.folder]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        fails(data, "tiny", "the disk is full")
    finally:
        subprocess.run(["umount", data.folder], check=True)


def test_data_folder_cannot_be_made(data, server):
    data.register(tiny=archive(server))
    data.folder.write_text("a file in the way")
    result = data.run("tiny")
    assert result.code == 1 and "--data-dir" in result.text
    assert len(result.text.splitlines()) == 1 and not server.seen


def test_data_folder_is_read_only(data, server):
    data.register(tiny=archive(server))
    before = data.old("tiny")
    data.folder.chmod(0o555)
    try:
        if os.access(data.folder, os.W_OK):
            pytest.skip("root may write anywhere")
        result = data.run("tiny")
    finally:
        data.folder.chmod(0o755)
    assert result.code == 1 and "cannot be used (Permission denied)" in result.text
    assert len(result.text.splitlines()) == 1
    assert snapshot(data.folder / "tiny") == before


def test_files_of_unknown_origin_are_not_replaced(data, server):
    data.register(tiny=archive(server))
    data.old("tiny")
    (data.folder / "tiny" / "source.json").unlink()
    before = snapshot(data.folder / "tiny")
    for wanted in ([], ["--stand-in"], ["--or-stand-in"]):
        result = data.run("tiny", *wanted)
        assert result.code == 1 and "--force" in result.text
    assert snapshot(data.folder / "tiny") == before and not server.seen
    assert data.run("tiny", "--force").code == 0


def test_force_says_that_it_replaces_and_keeps_what_was_there(data, server):
    data.register(tiny=archive(server))
    before = data.old("tiny", kind="own")
    for name in ("tiny.before", "tiny.before-2"):
        result = data.run("tiny", "--force")
        assert result.code == 0 and "--force replaces" in result.text
        assert f"is kept in {os.path.relpath(data.folder / name)}" in result.text
    assert snapshot(data.folder / "tiny.before") == before
    assert download.read_source(data.folder / "tiny")["kind"] == "original"


@pytest.mark.parametrize("kind", ["link", "dead link"])
@pytest.mark.parametrize("arguments", [[], ["--stand-in"], ["--force"], ["--from"]])
def test_a_symbolic_link_is_left_alone(data, server, tmp_path, kind, arguments):
    data.register(tiny=archive(server))
    target = tmp_path / "elsewhere"
    if kind == "link":
        target.mkdir()
        (target / "precious.txt").write_text("x")
    data.folder.mkdir()
    (data.folder / "tiny").symlink_to(target)
    if arguments == ["--from"]:
        (tmp_path / "mine").mkdir()
        arguments = ["--from", str(tmp_path / "mine")]
    result = data.run("tiny", *arguments)
    assert result.code == 1 and "is a symbolic link to" in result.text
    assert (data.folder / "tiny").readlink() == target
    assert [path.name for path in data.folder.iterdir()] == ["tiny"]
    assert (snapshot(target) == {"precious.txt": b"x"}) == (kind == "link")


def test_a_symbolic_link_to_data_is_read(data, server, tmp_path):
    data.register(tiny=archive(server))
    data.run("tiny")
    (data.folder / "tiny").rename(tmp_path / "elsewhere")
    (data.folder / "tiny").symlink_to(tmp_path / "elsewhere")
    assert data.run("tiny").code == 0
    assert (data.folder / "tiny").is_symlink()


def test_a_folder_kept_when_the_swap_was_killed(data, server):
    data.register(tiny=archive(server))
    data.run("tiny")
    before = data.old("other", kind="own")
    (data.folder / "other").rename(data.folder / ".tiny.kept")
    data.run("tiny", "--force")
    assert snapshot(data.folder / "tiny.before") == before


# What is here, against its source.json.


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "7", "{}", '{"kind": 1}', '{"kind": "mine"}', "[" * 99_999, "\0", "ß"],
)
def test_odd_source_json_counts_as_absent(data, server, text):
    data.register(tiny=archive(server))
    data.old("tiny")
    (data.folder / "tiny" / "source.json").write_text(text, "latin-1")
    result = data.run("--list")
    assert result.code == 0 and "absent" in result.text.splitlines()[1]
    assert "tiny --from" in result.text.splitlines()[2]
    result = data.run("tiny", "--stand-in")
    assert result.code == 1 and "no source.json that tells which" in result.text


def spoil(path, how):
    content = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "cut off":
        path.write_bytes(content[: len(content) // 2])
    elif how == "not what its name says":
        path.write_bytes(b"<html>" + content)
    elif how == "renamed":
        path.rename(path.with_suffix(".jpg_"))


@pytest.mark.parametrize("how", ["missing", "renamed"])
@pytest.mark.parametrize("wanted", ["--stand-in", "--or-stand-in"])
def test_missing_files_are_said(data, server, how, wanted):
    data.register(tiny=archive(server, files={"*.txt": 3}))
    data.run("tiny", "--stand-in")
    for name in "abc":
        spoil(data.folder / "tiny" / f"{name}.txt", how)
    result = data.run("tiny", wanted)
    assert result.code == 1 and len(result.text.splitlines()) == 1
    assert "0 files *.txt where 1 belong" in result.text
    assert "download.py tiny --stand-in --force brings it anew" in result.text
    assert "damaged" in data.run("--list").text
    assert data.run("tiny", "--stand-in", "--force").code == 0
    assert data.run("tiny", "--stand-in").code == 0


@pytest.mark.parametrize("how", ["empty", "cut off", "not what its name says"])
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".npz", ".json", ".mid"])
def test_damaged_files_are_named(data, server, suffix, how):
    whole = data.folder.with_name(f"whole{suffix}")
    if suffix == ".npz":
        np.savez(whole, x=np.arange(99))
    elif suffix == ".json":
        whole.write_text(json.dumps([{"a": 1}] * 20))
    elif suffix == ".mid":
        whole.write_bytes(b"MThd" + bytes(40) + b"\xff\x2f\0")
    else:
        Image.linear_gradient("L").save(whole)
    content = make_zip({f"{n}{suffix}": whole.read_bytes() for n in range(6)})
    data.register(tiny=archive(server, content, files={f"*{suffix}": 6}))
    assert data.run("tiny").code == 0
    spoil(data.folder / "tiny" / f"3{suffix}", how)
    result = data.run("tiny")
    assert result.code == 1 and "tiny --force brings it anew" in result.text
    if (suffix, how) != (".json", "not what its name says"):
        seen = "cut off" if suffix == ".npz" and how == "cut off" else how
        assert f"3{suffix} is {seen}" in result.text
    assert "bytes where source.json counts" in result.text


def test_hidden_files_do_not_count(data, server):
    data.register(tiny=archive(server))
    data.run("tiny")
    (data.folder / "tiny" / ".DS_Store").write_text("x")
    assert data.run("tiny").code == 0


def test_a_swap_that_fails_is_undone(data, server, monkeypatch):
    data.register(tiny=archive(server))
    rename = Path.rename

    def refuse(path, target):
        if path.name == ".tiny.new":
            raise OSError(errno.EIO, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    fails(data, "tiny", "Input/output error")


def test_a_swap_that_was_killed_is_undone(data, server):
    data.register(tiny=archive(server))
    before = data.old("tiny")
    (data.folder / "tiny").rename(data.folder / ".tiny.old")
    assert data.run("tiny", "--or-stand-in").code == 0
    assert snapshot(data.folder / "tiny") == before


def test_two_downloads_at_once(data, server):
    data.register(tiny=archive(server))
    server.fail("/tiny.zip", stall(1000))
    with run_outside(data, "tiny") as first:
        wait_for(lambda: server.seen)
        with run_outside(data, "tiny") as second:
            # Its first line says that it waits; only then may the first one go on.
            assert "waiting for another process." in second.stdout.readline()
            server.hold.set()
            assert first.wait(20) == 0 and second.wait(20) == 0
    assert snapshot(data.folder / "tiny")["a.txt"] == b"one"
    assert len(server.seen) == 2  # the first download and its own resumption


def test_interrupted(data, server):
    data.register(tiny=archive(server))
    before = data.old("tiny")
    server.fail("/tiny.zip", stall(200_000))
    part = data.folder / ".tiny.download" / "tiny.zip"
    with run_outside(data, "tiny") as process:
        wait_for(lambda: part.exists() and part.stat().st_size > 100_000)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        text = process.stdout.read().strip()
    assert text == "tiny: interrupted; run this again to go on."
    assert snapshot(data.folder / "tiny") == before
    assert data.run("tiny").code == 0
    assert "Range" in server.seen[-1][2]
    assert (data.folder / "tiny" / "b.txt").read_bytes() == FILES["b.txt"]


# A look at what is here.


def test_preview_of_arrays(data, tmp_path):
    data.register(tiny=describe(preview="images"))
    data.old("tiny")
    images = np.zeros((100, 8, 8, 3), "uint8")
    images[99] = 255, 0, 0
    np.savez(data.folder / "tiny" / "tiny.npz", x_train=images)
    assert data.run("tiny", "--preview", str(tmp_path / "out.png")).code == 0
    sheet = np.asarray(Image.open(tmp_path / "out.png"))
    assert sheet.shape == (8 * preview.SIDE, 8 * preview.SIDE, 3)
    assert sheet[-1, -1].tolist() == [255, 0, 0] and sheet[0, 0].tolist() == [0, 0, 0]


def test_preview_of_picture_files(data, tmp_path):
    data.register(tiny=describe(preview="images"))
    data.old("tiny")
    for number in range(9):
        image = Image.new("L", (20, 10), 255)
        image.save(data.folder / "tiny" / "sub" / f"{number}.png")
    assert data.run("tiny", "--preview", str(tmp_path / "out.png")).code == 0
    sheet = np.asarray(Image.open(tmp_path / "out.png"))
    assert sheet.shape == (2 * preview.SIDE, 8 * preview.SIDE, 3)
    assert sheet[preview.SIDE // 2, 10].tolist() == [255] * 3


def test_preview_of_texts(data):
    data.register(tiny=describe(preview="texts"))
    data.old("tiny")
    records = [{"title": f"Text {n}", "steps": ["one", "two"]} for n in range(9)]
    (data.folder / "tiny" / "texts.json").write_text(json.dumps(records))
    text = data.run("tiny", "--preview", "unused.png").text
    assert text.count("title: ") == 5 and text.count("steps: two") == 5
    assert not Path("unused.png").exists()


def test_preview_of_music(data, tmp_path):
    data.register(tiny=describe(preview="music"))
    data.old("tiny")
    piece = [[60, 55, 52, -1]] * 4 + [[62, 55, 53, 48]] * 2
    chorales = {"train": [piece] * 9}
    (data.folder / "tiny" / "chorales.json").write_text(json.dumps(chorales))
    assert data.run("tiny", "--preview", str(tmp_path / "out.png")).code == 0
    assert Image.open(tmp_path / "out.png").size == (800, 800)
    soprano, alto, _, bass = preview.chorale_voices(piece)
    assert soprano == [(0.0, 1.0, 60), (1.0, 0.5, 62)]
    assert alto == [(0.0, 1.5, 55)] and bass == [(1.0, 0.5, 48)]


def test_preview_of_midi(tmp_path):
    melody = music21.stream.Part([music21.note.Note(60), music21.note.Note(62)])
    melody.write("midi", tmp_path / "a.mid")
    assert preview.midi_voices(tmp_path / "a.mid") == [[(0.0, 1.0, 60), (1.0, 1.0, 62)]]
    preview.preview(tmp_path, "music", tmp_path / "out.png")
    assert Image.open(tmp_path / "out.png").size == (800, 200)


@pytest.mark.parametrize(
    ("kind", "files", "word"),
    [
        ("images", {}, "nothing that can be shown"),
        ("images", {"a.jpg": b"<html>"}, "passed over, as they cannot be read: a.jpg"),
        ("images", {"a.npz": b"PK"}, "no x_train"),
        ("images", {"a.npz": make_zip({"x_train.npy": b"x"})}, "cannot be read: 0"),
        ("texts", {}, "no JSON file"),
        ("texts", {"a.json": b"[{"}, "a.json is no JSON"),
        ("texts", {"a.json": b"[]"}, "no list of texts"),
        ("texts", {"a.json": b'{"a": 1}'}, "no list of texts"),
        ("music", {"a.mid": b"<html>"}, "cannot be read: a.mid"),
        ("music", {"a.json": b"[1]"}, "no pieces under"),
        ("music", {"a.json": b'{"train": [[1]]}'}, "cannot be read: train, 0"),
    ],
)
def test_preview_of_odd_files(data, tmp_path, kind, files, word):
    data.register(tiny=describe(preview=kind))
    data.old("tiny")
    for name, content in files.items():
        (data.folder / "tiny" / name).write_bytes(content)
    result = data.run("tiny", "--preview", str(tmp_path / "out.png"))
    assert result.code == 1 and word in result.text
    assert len(result.text.splitlines()) <= 2


def test_preview_passes_over_an_odd_file(data, tmp_path):
    data.register(tiny=describe(preview="images"))
    data.old("tiny")
    Image.new("RGB", (9, 9)).save(data.folder / "tiny" / "a.png")
    (data.folder / "tiny" / "b.png").write_text("<html>")
    result = data.run("tiny", "--preview", str(tmp_path / "out.png"))
    assert result.code == 0 and "cannot be read: b.png" in result.text
    result = data.run("tiny", "--preview", str(tmp_path / "out.xyz"))
    assert result.code == 1 and "call it …png" in result.text


def test_preview_that_cannot_be_written(data):
    data.register(tiny=describe(preview="images"))
    data.old("tiny")
    np.savez(data.folder / "tiny" / "tiny.npz", x_train=np.zeros((1, 8, 8), "uint8"))
    result = data.run("tiny", "--preview", "/nowhere/out.png")
    assert result.code == 1 and "/nowhere" in result.text


# The registry.


@pytest.mark.parametrize("name", download.registry())
def test_registry(name):
    entry = download.registry()[name]
    always = "title version licence publish citation size disk files preview"
    assert set(always.split()) <= set(entry)
    ways = {"kaggle", "download", "generator"} & set(entry)
    assert len(ways) == 1
    if "generator" in entry:  # it stands for itself
        assert not {"page", "stand_in"} & set(entry)
    else:
        assert {"title", "licence", "differs"} == set(entry["stand_in"])
    assert (download.ROOT / "scripts" / "standins" / f"{name}.py").exists()


def test_page_of_the_registry_is_up_to_date():
    command = [
        sys.executable,
        download.ROOT / "scripts" / "datasets_page.py",
        "--check",
    ]
    subprocess.run(command, check=True)
