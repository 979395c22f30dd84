"""Fetch the original of a data set: over http(s), from Kaggle, or from this machine.

One loop downloads and resumes for every source, one function unpacks every archive.
Every failure that a reader can do something about is a DataError with one sentence.
"""

import contextlib
import errno
import functools
import gzip
import hashlib
import io
import json
import math
import os
import queue
import re
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
from dotenv import dotenv_values
from tqdm import tqdm

REACH = 5  # seconds in which a host must answer at all
TIMEOUT = 10, 60  # seconds to connect, seconds without a byte
ANSWER = 60  # seconds in which Kaggle's client must have an answer
ATTEMPTS = 5  # in a row without a new byte
BACKOFF = 1.0  # seconds before the second attempt; doubles from there
CHUNK = 1 << 16
LARGEST = 1 << 26  # bytes in a file of Fashion-MNIST; its largest has 47 million
SETTINGS = "https://www.kaggle.com/settings"
NO_KEY = (
    "Kaggle gives it only to those who sign in: with a free Kaggle account, make a key "
    f"at {SETTINGS} and put it into .env (see sample.env)"
)
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
ODD_NAMES = (  # what a system says of a name, or a pair of names, that it cannot have
    errno.ENAMETOOLONG,
    errno.EEXIST,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EILSEQ,
    errno.EINVAL,
)


class DataError(Exception):
    """What went wrong and what to do, as a sentence without its full stop."""


class NoOriginal(DataError):
    """The original cannot be had."""


class SignIn(NoOriginal):
    """Kaggle wants a key, or another one."""


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


def hopeless(error, host):
    """A sentence for a requests.RequestException that stays as it is, or ""."""
    exceptions = requests.exceptions
    if isinstance(error, exceptions.SSLError) and "CERTIFICATE_VERIFY" in str(error):
        return (
            f"the certificate of {host} is not one that this machine trusts: set its "
            "clock, or name your network's own certificates in REQUESTS_CA_BUNDLE"
        )
    if isinstance(error, exceptions.InvalidSchema):
        address = re.search("'(.*)'", str(error), re.S)  # its text quotes no other
        return (
            f"{host} redirects to “{tame(address[1]) if address else '?'}”, which is "
            "no address on the web, and this was refused"
        )
    if isinstance(error, exceptions.InvalidURL):
        return f"{host} redirects to something that is no address"
    if isinstance(error, exceptions.TooManyRedirects):
        return f"{host} redirects in a circle, try later"
    return ""


@functools.cache
def obstacle(url, host):
    """What keeps us from the host of a URL: a sentence that calls it `host`, or "".

    It must answer anything within REACH seconds. Neither looking up a name nor trying a
    host's many addresses in turn keeps to the time-outs of requests.
    """
    try:
        within(REACH, lambda: requests.head(url, timeout=REACH))
    except requests.RequestException as error:
        return hopeless(error, host) or f"{host} cannot be reached"
    except ValueError:  # it answers, with a redirect to no address
        return ""
    return ""


def tame(name):
    """A name from elsewhere, fit to be printed: no control characters, 80 at most."""
    return "".join(c if c.isprintable() else "?" for c in name[:80])


# Sources. A source is a function that takes extra headers and returns a streaming
# requests.Response; it raises requests.RequestException if it cannot.


def plain_source(url):
    """A source that GETs a URL."""

    def ask(headers):
        # No compression on the way: ranges and lengths are those of the file.
        headers = {"Accept-Encoding": "identity", **headers}
        return requests.get(url, headers=headers, stream=True, timeout=TIMEOUT)

    return ask


def open_source(slug, version):
    """A source that asks Kaggle's site for the archive of a data set without a key.

    slug: "owner/name". Raises NoOriginal if Kaggle cannot be reached. Kaggle's client
    would send any key that it finds, so this is the address that its site documents.
    """
    with quiet_kaggle():
        from kagglesdk.kaggle_http_client import KaggleHttpClient

        site = KaggleHttpClient().get_non_api_endpoint()
    if reason := obstacle(site, "Kaggle"):
        raise NoOriginal(reason)
    path = f"/api/v1/datasets/download/{slug}?datasetVersionNumber={version}"
    get = plain_source(site + path)

    def ask(headers):
        response = get(headers)
        if response.status_code != 416:  # which `fetch` understands
            response.raise_for_status()
        kind = response.headers.get("Content-Type", "")
        if response.ok and ("application/json" in kind or "text/html" in kind):
            # No archive: an error in an answer that looks good, or a page to sign in.
            raise requests.HTTPError(response=response)
        return response

    return ask


@contextlib.contextmanager
def quiet_kaggle():
    """Keep to ourselves what Kaggle's client prints and raises, keys among it."""
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            yield
    except (requests.RequestException, DataError):
        raise
    except SystemExit:
        raise NoOriginal(wrong_key()) from None
    except Exception as error:  # its text may hold the key
        raise NoOriginal(
            f"Kaggle's client fails ({type(error).__name__}): look at your keys and at "
            f"{', '.join(kaggle_keys()) or 'KAGGLE_API_ENVIRONMENT'}"
        ) from None


def kaggle_source(slug, version):
    """A source that has Kaggle's own client ask for the archive of a data set.

    slug: "owner/name". Raises NoOriginal if Kaggle cannot be reached or does not take
    the key, requests.HTTPError if it refuses.
    """
    from kagglesdk.kaggle_env import get_endpoint, get_env

    # The client has no time-outs, and asks the site as soon as it is imported.
    if reason := obstacle(get_endpoint(get_env()), "Kaggle"):
        raise NoOriginal(reason)
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
        return resume(response.request, headers)

    return ask


def resume(request, headers):
    """The streaming answer to a prepared request, sent again with extra headers."""
    again = request.copy()
    again.headers.update(headers)
    session = requests.Session()
    # Of itself, `send` would pass over the reader's proxies and certificates.
    settings = session.merge_environment_settings(again.url, {}, True, None, None)
    return session.send(again, timeout=TIMEOUT, **settings)


# Keys. None is ever printed, nor a part of one: only where it is.

FROM_FILE = {}  # the variables that load_keys found in .env


def load_keys(path):
    """Put the variables of a .env file into the environment, which goes before it.

    Returns a sentence, without its full stop, if the file cannot be read; else "".
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if "\0" in text:  # UTF-16 without its mark
            raise ValueError
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{path.name} was passed over: it cannot be read ({error.strerror})"
    except ValueError:
        return f"{path.name} was passed over: it is not in UTF-8, save it so"
    for name, value in dotenv_values(stream=io.StringIO(text)).items():
        if value is not None:
            FROM_FILE[name] = value
            os.environ.setdefault(name, value)
    return ""


def check_key(text, place):
    """Raise NoOriginal if a text cannot be a user name or key of Kaggle.

    Its client would take such a text for a path, or fail with an error that shows it.
    """
    if not isinstance(text, str) or not text:
        flaw = "it is empty or has another form"
    elif len(text) > 250:
        flaw = f"it has {len(text):,} characters"
    elif not all("!" <= character <= "~" for character in text):
        flaw = "it holds a blank, a line's end or a letter beyond A to Z"
    else:
        return
    raise NoOriginal(
        f"what is in {place} is no key of Kaggle's, for {flaw}: copy it anew from "
        f"{SETTINGS}, or delete it"
    )


def variable(name):
    """Where a variable comes from, for people."""
    from_file = FROM_FILE.get(name) == os.environ.get(name)
    return f"{name} in .env" if from_file else f"{name} in the environment"


def home(path):
    """A path for people, without their name."""
    with contextlib.suppress(ValueError):
        return f"~/{path.relative_to(Path.home())}"
    return str(path)


def read_key(path):
    """The text of a key's file, without blanks at its ends; raises NoOriginal."""
    try:
        return path.read_bytes().decode("utf-8", "replace").strip()
    except OSError as error:
        raise NoOriginal(f"{home(path)} cannot be read ({error.strerror})") from None


def key_files():
    """The files in Kaggle's folders that hold a key."""
    env = os.environ
    folders = ["~/.kaggle", env.get("XDG_CONFIG_HOME", "~/.config") + "/kaggle"]
    folders += [env["KAGGLE_CONFIG_DIR"]] if "KAGGLE_CONFIG_DIR" in env else []
    names = ["access_token", "access_token.txt", "kaggle.json", "credentials.json"]
    paths = [Path(folder, name).expanduser() for folder in folders for name in names]
    return [path for path in paths if path.is_file()]


def kaggle_keys():
    """Where there are Kaggle keys, for people: that which its client uses, then others.

    Raises NoOriginal for what cannot be a key.
    """
    env, places = os.environ, []
    if token := env.get("KAGGLE_API_TOKEN"):
        place = variable("KAGGLE_API_TOKEN")
        if os.path.isfile(token):  # the client allows a path
            token, place = read_key(Path(token)), f"the file named by {place}"
        elif os.path.isdir(token):
            token = None
        check_key(token, place)
        places.append(place)
    files = key_files()
    for path in files:
        if path.stem == "access_token" and (token := read_key(path)):
            check_key(token, home(path))
            places.append(home(path))
    names = "KAGGLE_USERNAME", "KAGGLE_KEY"
    for name in filter(env.get, names):
        check_key(env[name], variable(name))
    if all(map(env.get, names)):
        places.append(variable("KAGGLE_KEY"))
    for path in files:
        if path.name == "kaggle.json" and (text := read_key(path)):
            try:
                user, key = (json.loads(text).get(k, "") for k in ("username", "key"))
            except (ValueError, AttributeError, RecursionError):
                user = key = None
            if user != "" or key != "":  # it may hold other settings, and no key
                check_key(user, home(path))
                check_key(key, home(path))
                places.append(home(path))
    return places + [home(path) for path in files if path.name == "credentials.json"]


def wrong_key():
    """A sentence for a key that Kaggle refuses, or for none; raises NoOriginal."""
    used, *others = kaggle_keys() or [""]
    if not used:
        return NO_KEY
    before = f" (which goes before {' and '.join(others)})" if others else ""
    return (
        f"Kaggle does not accept the key in {used}{before}: make a new one at "
        f"{SETTINGS}, or delete it (see sample.env)"
    )


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
        with_key = "" if kaggle_keys() else " with a key in .env (see sample.env)"
        return SignIn(
            f"Kaggle wants its terms accepted first: open {entry['page']} in a "
            f"browser, sign in, agree, and try again{with_key}"
        )
    kind = response.headers.get("Content-Type", "")
    if status in (401, 403) or (response.ok and "text/html" in kind):
        return SignIn(wrong_key())
    if status == 404:
        return NoOriginal(
            f"Kaggle has no version {entry['version']} of {entry['kaggle']} any more, "
            f"see {entry['page']}"
        )
    return NoOriginal(f"Kaggle refuses the data set ({status}), try later")


def key_source(entry):
    """The source of an entry that uses the reader's key; raises NoOriginal."""
    try:
        return kaggle_source(entry["kaggle"], entry["version"])
    except requests.HTTPError as error:
        if error.response.status_code >= 500:
            raise refusal(entry, error.response) from None
        raise SignIn(wrong_key()) from None  # signing in is all that was asked for
    except requests.RequestException as error:
        reason = hopeless(error, "Kaggle")
        raise NoOriginal(reason or "the connection to Kaggle breaks off") from None


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
        except requests.RequestException as error:
            url = error.request.url if error.request is not None else ""
            if reason := hopeless(error, urlsplit(url).hostname or "its source"):
                raise NoOriginal(reason) from None
            problem = "the connection to its source breaks off"
        except ValueError:  # what requests makes of some addresses
            problem = "its source redirects to something that is no address"
            raise NoOriginal(problem) from None
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
    """Yield (name, is a folder, is a file, bytes, function that opens it).

    archive: the path of a zip or tar file.
    """
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as file:
            for info in file.infolist():
                kind = stat.S_IFMT(info.external_attr >> 16)
                is_file = kind in (
                    0,
                    stat.S_IFREG,
                )  # 0: made where there is no such bit
                opener = functools.partial(file.open, info)
                yield info.filename, info.is_dir(), is_file, info.file_size, opener
    else:
        with tarfile.open(archive) as file:
            for info in file:
                opener = functools.partial(file.extractfile, info)
                yield info.name, info.isdir(), info.isfile(), info.size, opener


def unpack(archive, folder, most_bytes=math.inf, most_members=math.inf):
    """Unpack a zip or tar archive into a folder.

    Raises Damaged for a member that is a link, leaves the folder or has a name that
    cannot be, and for more than is expected; for a broken one what is in UNREADABLE.
    """
    refused = "its archive was refused as damaged: it "
    bar = tqdm(members(archive), "unpacking", unit=" files", leave=False, disable=None)
    for number, (name, is_folder, is_file, size, opener) in enumerate(bar, 1):
        path, shown = PurePosixPath(name), tame(name)
        if path.is_absolute() or ".." in path.parts or not (is_folder or is_file):
            raise Damaged(
                f"{refused}holds “{shown}”, a link or a path out of its folder"
            )
        most_bytes -= size
        if number > most_members or most_bytes < 0:
            raise Damaged(f"{refused}holds far more than the original")
        target = folder / path
        try:
            if is_folder:
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with opener() as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
        except OSError as error:
            if error.errno not in ODD_NAMES:
                raise
            raise Damaged(f"{refused}holds “{shown}”, which no file may be") from None


def expected(entry):
    """How many bytes and members the archive of an entry may hold: twice as many."""
    # Sizes in the registry are approximate, and archives hold some files more.
    return 2 * entry["disk"] + 1_000_000, 2 * sum(entry["files"].values()) + 100


# From files as their source packs them to the layout of data/NAME.


def gunzip(path):
    """The contents of a .gz file; raises ValueError if they are far too many."""
    with gzip.open(path) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(path)
    return content


def pack_fashion_mnist(folder):
    """Replace the four idx files by fashion_mnist.npz.

    Arrays uint8: x (n, 28, 28), y (n,), behind headers of 16 and 8 bytes.
    """
    arrays = {}
    for split, prefix in (("train", "train"), ("test", "t10k")):
        images = folder / f"{prefix}-images-idx3-ubyte.gz"
        labels = folder / f"{prefix}-labels-idx1-ubyte.gz"
        pixels = np.frombuffer(gunzip(images), "uint8", offset=16)
        arrays[f"x_{split}"] = pixels.reshape(-1, 28, 28)
        arrays[f"y_{split}"] = np.frombuffer(gunzip(labels), "uint8", offset=8)
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
        archive = downloads / f"{name}.zip"
        try:
            fetch(open_source(entry["kaggle"], entry["version"]), archive, entry)
        except SignIn:
            if not kaggle_keys():
                raise
            fetch(key_source(entry), archive, entry)
        return [archive]
    if "installed" in entry:
        files = [Path(entry["installed"], file) for file in entry["download"]]
        if all(file.exists() for file in files):
            return files
    reason = ""
    for base in entry["base"]:
        if new := obstacle(base, urlsplit(base).hostname):
            reason = reason or new
            continue
        files = [downloads / file for file in entry["download"]]
        for file in files:
            fetch(plain_source(base + file.name), file, entry)
        return files
    raise NoOriginal(reason)


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
                unpack(file, folder, *expected(entry))
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
