"""Fetch the original of a data set: over http(s), from Kaggle, or from this machine.

One loop downloads and resumes for every source, one function unpacks every archive.
Every failure that a reader can do something about is a DataError with one sentence.
"""

import contextlib
import functools
import gzip
import hashlib
import io
import os
import queue
import shutil
import stat
import tarfile
import threading
import time
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import numpy as np
import requests
from tqdm import tqdm

REACH = 5  # seconds in which a host must answer at all
TIMEOUT = 10, 60  # seconds to connect, seconds without a byte
ANSWER = 60  # seconds in which Kaggle's client must have an answer
ATTEMPTS = 5  # in a row without a new byte
BACKOFF = 1.0  # seconds before the second attempt; doubles from there
CHUNK = 1 << 16
SIGN_IN = "make a key at https://www.kaggle.com/settings and put it into .env"
WRONG_KEY = f"Kaggle does not accept the key it was given: {SIGN_IN} (see sample.env)"
NO_KEY = f"the original needs a free Kaggle account: {SIGN_IN} (see sample.env)"
UNREADABLE = (  # what a damaged or odd archive raises when it is read
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class DataError(Exception):
    """What went wrong and what to do, as a sentence without its full stop."""


class NoOriginal(DataError):
    """The original cannot be had."""


class Damaged(NoOriginal):
    """What came is not what the registry describes: it must not be kept."""


def within(seconds, function):
    """What a function returns or raises; requests.Timeout if it takes longer.

    It runs in a thread of its own, for what has no time-out or does not keep to it.
    """
    answers = queue.Queue()

    def work():
        try:
            answers.put((function(), None))
        except BaseException as error:  # SystemExit too: Kaggle's client exits
            answers.put((None, error))

    threading.Thread(target=work, daemon=True).start()
    try:
        result, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise requests.Timeout from None
    if error:
        raise error
    return result


@functools.cache
def reachable(url):
    """Whether the host of a URL answers anything within REACH seconds.

    Neither looking up a name nor trying a host's many addresses in turn keeps to the
    time-outs of requests.
    """
    try:
        within(REACH, lambda: requests.head(url, timeout=REACH))
    except requests.RequestException:
        return False
    return True


# Sources. A source is a function that takes extra headers and returns a streaming
# requests.Response; it raises requests.RequestException if it cannot.


def plain_source(url):
    """A source that GETs a URL."""

    def ask(headers):
        # No compression on the way: ranges and lengths are those of the file.
        headers = {"Accept-Encoding": "identity", **headers}
        return requests.get(url, headers=headers, stream=True, timeout=TIMEOUT)

    return ask


@contextlib.contextmanager
def quiet_kaggle():
    """Keep to ourselves what Kaggle's client prints, keys among it, and its exit."""
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            yield
    except SystemExit:
        raise NoOriginal(WRONG_KEY) from None


def kaggle_source(slug, version):
    """A source that has Kaggle's own client ask for the archive of a data set.

    slug: "owner/name". Raises NoOriginal if Kaggle cannot be reached or does not take
    the key, requests.HTTPError if it refuses.
    """
    from kagglesdk.kaggle_env import get_endpoint, get_env

    # The client has no time-outs, and asks the site as soon as it is imported.
    if not reachable(get_endpoint(get_env())):
        raise NoOriginal("Kaggle cannot be reached")
    with quiet_kaggle():
        from kaggle.api.kaggle_api_extended import KaggleApi
        from kagglesdk.datasets.types.dataset_api_service import (
            ApiDownloadDatasetRequest,
        )

        api = KaggleApi()
        within(ANSWER, api.authenticate)
    request = ApiDownloadDatasetRequest()
    request.owner_slug, request.dataset_slug = slug.split("/")
    request.dataset_version_number = int(version)

    def ask(headers):
        with quiet_kaggle(), api.build_kaggle_client() as client:
            download = client.datasets.dataset_api_client.download_dataset
            response = within(ANSWER, functools.partial(download, request))
        if not headers:
            return response
        # The client cannot ask for a part: repeat the request on which it ended.
        response.close()
        again = response.request.copy()
        again.headers.update(headers)
        return requests.Session().send(again, stream=True, timeout=TIMEOUT)

    return ask


def key_files():
    """The files in Kaggle's folders that hold a key."""
    env = os.environ
    folders = ["~/.kaggle", env.get("XDG_CONFIG_HOME", "~/.config") + "/kaggle"]
    folders += [env["KAGGLE_CONFIG_DIR"]] if "KAGGLE_CONFIG_DIR" in env else []
    names = ["access_token", "access_token.txt", "kaggle.json", "credentials.json"]
    paths = [Path(folder, name).expanduser() for folder in folders for name in names]
    return [path for path in paths if path.is_file()]


def account_is_set_up():
    """Whether there is a Kaggle key, in the environment or in Kaggle's folders."""
    env = os.environ
    if env.get("KAGGLE_API_TOKEN"):
        return True
    if env.get("KAGGLE_USERNAME") and env.get("KAGGLE_KEY"):
        return True
    return bool(key_files())


def refusal(entry, response):
    """The NoOriginal for an answer that asking again would not change."""
    status = response.status_code
    if "kaggle" not in entry:
        host = urlsplit(response.url).hostname
        return NoOriginal(f"{host} refuses the file ({status}), see {entry['page']}")
    text = ""
    # The answer need not be JSON; and it may look good, and hold an error's code.
    with contextlib.suppress(ValueError, AttributeError, requests.RequestException):
        status = response.json().get("code", status)
        text = response.json().get("message").lower()
    if status == 403 and any(word in text for word in ("accept", "terms", "rules")):
        return NoOriginal(
            f"Kaggle wants its terms accepted first: open {entry['page']} in a "
            "browser, sign in, agree, and try again"
        )
    if status in (401, 403):
        return NoOriginal(WRONG_KEY)
    if status == 404:
        return NoOriginal(
            f"Kaggle has no version {entry['version']} of {entry['kaggle']} any more, "
            f"see {entry['page']}"
        )
    return NoOriginal(f"Kaggle refuses the data set ({status}), try later")


# Downloading and unpacking.


def fetch(source, part, entry):
    """Download into the file `part`, going on where an earlier download stopped.

    What is there counts only with the validator (ETag or date) that the server gave
    for it, kept beside it: if the original has changed since, the file starts anew.
    Raises NoOriginal.
    """
    tag = part.with_name(part.name + ".validator")
    attempt = 0
    while True:
        have = part.stat().st_size if tag.exists() and part.exists() else 0
        headers = {}
        if have:
            headers = {"Range": f"bytes={have}-", "If-Range": tag.read_text()}
        try:
            with source(headers) as response:
                if response.status_code == 416 and have:
                    if response.headers.get("Content-Range") == f"bytes */{have}":
                        return  # it was complete
                    tag.unlink()
                    continue
                response.raise_for_status()
                receive(response, part, tag)
            return
        except requests.HTTPError as error:
            status = error.response.status_code
            if status < 500 and status != 429:
                raise refusal(entry, error.response) from None
            problem = f"its source answers with an error ({status})"
        except requests.RequestException:
            problem = "the connection to its source breaks off"
        gained = part.exists() and part.stat().st_size > have
        attempt = 0 if gained else attempt + 1
        if attempt == ATTEMPTS:
            raise NoOriginal(
                f"{problem} again and again: run the same command later, it goes on "
                "where it stopped"
            )
        time.sleep(BACKOFF * 2**attempt)


def receive(response, part, tag):
    """Write an answer to `part`: the rest of the file (206) or all of it.

    Raises requests.RequestException if the connection ends before the file does.
    """
    resumed = response.status_code == 206
    with part.open("ab" if resumed else "wb") as file:
        if not resumed:
            tag.unlink(missing_ok=True)
            for header in ("Last-Modified", "ETag"):
                if header in response.headers:
                    tag.write_text(response.headers[header])
        length = response.headers.get("Content-Length")
        total = file.tell() + int(length) if length else None
        with tqdm(
            desc=part.name,
            initial=file.tell(),
            total=total,
            unit="B",
            unit_scale=True,
            leave=False,
            disable=None,  # no bar where there is no terminal
        ) as bar:
            for chunk in response.iter_content(CHUNK):
                file.write(chunk)
                bar.update(len(chunk))


def members(archive):
    """Yield (name, is a folder, is a file, function that opens it) of a zip or tar."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as file:
            for info in file.infolist():
                kind = stat.S_IFMT(info.external_attr >> 16)
                is_file = kind in (
                    0,
                    stat.S_IFREG,
                )  # 0: made where there is no such bit
                opener = functools.partial(file.open, info)
                yield info.filename, info.is_dir(), is_file, opener
    else:
        with tarfile.open(archive) as file:
            for info in file:
                opener = functools.partial(file.extractfile, info)
                yield info.name, info.isdir(), info.isfile(), opener


def unpack(archive, folder):
    """Unpack a zip or tar archive into a folder.

    Raises Damaged for a member that is a link or leaves the folder, and what is in
    UNREADABLE for a broken archive.
    """
    bar = tqdm(members(archive), "unpacking", unit=" files", leave=False, disable=None)
    for name, is_folder, is_file, opener in bar:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not (is_folder or is_file):
            raise Damaged(
                f"its archive holds “{name}”, a link or a path out of its folder, and "
                "was refused and deleted"
            )
        target = folder / path
        if is_folder:
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            with opener() as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)


# From files as their source packs them to the layout of data/NAME.


def pack_fashion_mnist(folder):
    """Replace the four idx files by fashion_mnist.npz.

    Arrays uint8: x (n, 28, 28), y (n,), behind headers of 16 and 8 bytes.
    """
    arrays = {}
    for split, prefix in (("train", "train"), ("test", "t10k")):
        images = folder / f"{prefix}-images-idx3-ubyte.gz"
        labels = folder / f"{prefix}-labels-idx1-ubyte.gz"
        pixels = np.frombuffer(gzip.decompress(images.read_bytes()), "uint8", offset=16)
        arrays[f"x_{split}"] = pixels.reshape(-1, 28, 28)
        arrays[f"y_{split}"] = np.frombuffer(
            gzip.decompress(labels.read_bytes()), "uint8", offset=8
        )
        images.unlink()
        labels.unlink()
    np.savez(folder / "fashion_mnist.npz", **arrays)


def pack_cifar10(folder):
    """Replace the six binary files by cifar10.npz.

    Arrays uint8: x (n, 32, 32, 3), y (n, 1), as Keras gives them. A record is a label
    and 1,024 bytes each of red, green and blue.
    """
    binary = folder / "cifar-10-batches-bin"
    arrays = {}
    for split, pattern in (("train", "data_batch_?.bin"), ("test", "test_batch.bin")):
        files = [np.fromfile(file, "uint8") for file in sorted(binary.glob(pattern))]
        records = np.concatenate(files).reshape(-1, 3073)
        pixels = records[:, 1:].reshape(-1, 3, 32, 32)
        arrays[f"x_{split}"] = pixels.transpose(0, 2, 3, 1)
        arrays[f"y_{split}"] = records[:, :1]
    shutil.rmtree(binary)
    np.savez(folder / "cifar10.npz", **arrays)


def check_midi(folder):
    """Raise ValueError if a .mid file is none, but a page that says so."""
    for path in folder.glob("*.mid"):
        if not path.read_bytes().startswith(b"MThd"):
            raise ValueError(path)


PREPARE = {
    "fashion_mnist": pack_fashion_mnist,
    "cifar10": pack_cifar10,
    "cellosuites": check_midi,
}


def file_hash(path):
    """SHA-256 (hex) of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_hash(folder):
    """SHA-256 (hex) over the names and contents of the files in a folder.

    Of an .npz the arrays count, not how they are packed.
    """
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        if path.suffix == ".npz":
            with np.load(path) as arrays:
                for key in sorted(arrays):
                    array = np.ascontiguousarray(arrays[key])
                    digest.update(f"{key} {array.dtype.str} {array.shape}".encode())
                    digest.update(array)
        else:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def check_files(folder, files):
    """Raise Damaged if a pattern of `files` matches fewer than its number."""
    for pattern, expected in files.items():
        found = sum(1 for _ in folder.glob(pattern))
        if found < expected:
            raise Damaged(
                f"{expected:,} files {pattern} were expected and {found:,} came, so "
                "its source is incomplete or has changed; what came was deleted"
            )


def obtain(name, entry, downloads):
    """The original's files as their source packs them: a list of paths.

    downloads: folder that keeps what is fetched. Raises NoOriginal.
    """
    if "kaggle" in entry:
        if not account_is_set_up():
            raise NoOriginal(NO_KEY)
        try:
            source = kaggle_source(entry["kaggle"], entry["version"])
        except requests.HTTPError as error:
            raise refusal(entry, error.response) from None
        except requests.RequestException:
            raise NoOriginal("the connection to Kaggle breaks off") from None
        archive = downloads / f"{name}.zip"
        fetch(source, archive, entry)
        return [archive]
    if "installed" in entry:
        files = [Path(entry["installed"], file) for file in entry["download"]]
        if all(file.exists() for file in files):
            return files
    for base in filter(reachable, entry["base"]):
        files = [downloads / file for file in entry["download"]]
        for file in files:
            fetch(plain_source(base + file.name), file, entry)
        return files
    raise NoOriginal(f"{urlsplit(entry['base'][0]).hostname} cannot be reached")


def bring_original(name, entry, downloads, folder):
    """Fill an empty folder with the original; returns a SHA-256 (hex).

    entry: its table of datasets.toml. The hash is that of the one file downloaded, else
    that of the contents. Raises NoOriginal, or OSError if the disk is in the way.
    """
    files = obtain(name, entry, downloads)
    digest = file_hash(files[0]) if len(files) == 1 else None
    if entry.get("sha256", digest) != digest:
        raise Damaged("what came has the wrong SHA-256 and was deleted, try again")
    try:
        for file in files:
            if file.name.endswith((".zip", ".tar.gz")):
                unpack(file, folder)
            else:
                shutil.copyfile(file, folder / file.name)
        if name in PREPARE:
            PREPARE[name](folder)
    except UNREADABLE:
        raise Damaged("what came is damaged and was deleted, try again") from None
    check_files(folder, entry["files"])
    digest = digest or content_hash(folder)
    if entry.get("content", digest) != digest:
        raise Damaged(f"the files of {files[0].parent} are not the original's")
    return digest
