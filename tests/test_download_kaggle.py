"""download.py with the real kaggle client, which talks to a server on this machine."""

import base64
import json
import os

import pytest
from kagglesdk import kaggle_env

import download
import originals
from loopback import (
    API,
    INTROSPECT,
    KEY,
    cut,
    data_fixture,  # noqa: F401
    describe,
    fails,
    make_zip,
    server_fixture,  # noqa: F401
    snapshot,
    status,
)

FILES = {"a.txt": b"one", "b.txt": os.urandom(300_000)}
ZIP = make_zip(FILES)
ENTRY = describe(kaggle="someone/photos")


@pytest.fixture
def kaggle(data, server, monkeypatch):
    """Point the client at the server, which knows one user and one data set."""
    server.basic = "Basic " + base64.b64encode(f"reader:{KEY}".encode()).decode()
    server.files["/someone/photos.zip"] = ZIP
    data.register(photos=ENTRY)
    monkeypatch.setenv("KAGGLE_API_ENVIRONMENT", "LOCALHOST")
    monkeypatch.setitem(
        kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.LOCAL, server.url
    )
    with originals.quiet_kaggle(), monkeypatch.context() as patch:
        # Any key will do: the client wants one when it is first imported.
        patch.setenv("KAGGLE_USERNAME", "nobody")
        patch.setenv("KAGGLE_KEY", "none")
        from kaggle.api.kaggle_api_extended import KaggleApi
    # What the client looks up once, when it is imported.
    home = data.folder.parent / "home" / ".kaggle"
    monkeypatch.setattr(KaggleApi, "args", ["--local"])
    monkeypatch.setattr(KaggleApi, "config", str(home / "kaggle.json"))
    monkeypatch.setattr(KaggleApi, "config_values", {})
    server.seen.clear()
    return KaggleApi


@pytest.fixture
def key(kaggle, monkeypatch):
    monkeypatch.setenv("KAGGLE_USERNAME", "reader")
    monkeypatch.setenv("KAGGLE_KEY", KEY)


def assert_original(data):
    found = snapshot(data.folder / "photos")
    assert json.loads(found.pop("source.json"))["kind"] == "original"
    assert found == FILES
    for path in data.folder.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()


# Signing in.


def test_no_key(data, server, kaggle):
    fails(data, "photos", "free Kaggle account", "sample.env", "--stand-in")
    assert not server.seen


def test_no_key_or_stand_in_does_not_ask(data, server, kaggle):
    assert data.run("photos", "--or-stand-in").code == 0
    assert "drawn" in (data.folder / "photos" / "a.txt").read_text()
    assert not server.seen


def test_no_key_or_stand_in_keeps_an_original(data, kaggle):
    before = data.old("photos", kind="original")
    assert data.run("photos", "--or-stand-in", "--force").code == 1
    assert snapshot(data.folder / "photos") == before


def test_user_name_and_key(data, server, key):
    assert data.run("photos").code == 0
    assert_original(data)
    question = server.questions[server.paths().index(API)]
    assert question["datasetVersionNumber"] == 4


def test_token(data, kaggle, monkeypatch):
    monkeypatch.setenv("KAGGLE_API_TOKEN", KEY)
    assert data.run("photos", "--or-stand-in").code == 0
    assert_original(data)


def test_env_file(data, kaggle):
    download.ENV_FILE.write_text(f"KAGGLE_USERNAME=reader\nKAGGLE_KEY='{KEY}'\n")
    assert data.run("photos").code == 0
    assert_original(data)


@pytest.mark.parametrize("name", ["kaggle.json", "access_token"])
def test_key_in_the_home_folder(data, kaggle, name):
    content = json.dumps({"username": "reader", "key": KEY})
    folder = data.folder.parent / "home" / ".kaggle"
    folder.mkdir(parents=True)
    (folder / name).write_text(content if name == "kaggle.json" else KEY)
    (folder / name).chmod(0o644)  # of which the client warns
    assert data.run("photos").code == 0
    assert_original(data)


def test_empty_sample_env(data, server, kaggle):
    """The sample as it is copied, and with a name left empty, is no account."""
    text = (download.ENV_FILE.parent / "x").with_name(".env")
    sample = (
        originals.Path(originals.__file__).parent.parent / "sample.env"
    ).read_text()
    text.write_text(sample + sample.replace("# KAGGLE", "KAGGLE"))
    fails(data, "photos", "free Kaggle account")
    assert not server.seen


@pytest.mark.parametrize("wrong", ["user name", "key"])
def test_wrong_key(data, key, monkeypatch, wrong):
    variable = "KAGGLE_KEY" if wrong == "key" else "KAGGLE_USERNAME"
    monkeypatch.setenv(variable, "wrong")
    fails(data, "photos", "does not accept the key")


@pytest.mark.parametrize("answer", ["inactive", 401, 403])
def test_wrong_token(data, server, kaggle, monkeypatch, answer):
    monkeypatch.setenv("KAGGLE_API_TOKEN", "wrong-token")
    if answer != "inactive":
        server.fail(INTROSPECT, *[status(answer)] * 9)
    result = fails(data, "photos", "does not accept the key")
    assert "wrong-token" not in result.text


def test_a_talkative_client_gives_no_key_away(data, server, key, kaggle, monkeypatch):
    """Asked to be verbose, it prints its headers; these hold the key."""
    monkeypatch.setattr(kaggle, "args", ["--local", "--verbose"])
    server.fail(API, status(403, code=403, message=f"Denied to {KEY}"))
    fails(data, "photos", "does not accept the key")


# Answers.


def test_out_of_reach(data, key, monkeypatch):
    monkeypatch.setitem(
        kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.LOCAL, "http://127.0.0.1:1"
    )
    fails(data, "photos", "Kaggle cannot be reached", "--stand-in")
    result = data.run("photos", "--or-stand-in", "--force")
    assert result.code == 0 and "making the stand-in" in result.text


def test_connection_lost_while_signing_in(data, server, kaggle, monkeypatch):
    monkeypatch.setenv("KAGGLE_API_TOKEN", KEY)

    def hang_up(handler):
        handler.close_connection = True

    server.fail(INTROSPECT, *[hang_up] * 9)
    fails(data, "photos", "breaks off")


def test_forbidden(data, server, key):
    server.fail(API, status(403, code=403, message="Permission denied"))
    fails(data, "photos", "does not accept the key")


@pytest.mark.parametrize("http", [403, 200])
def test_terms_not_accepted(data, server, key, http):
    """Kaggle may say so in the text of an answer with status 200."""
    message = "You must accept this dataset's terms before downloading it."
    server.fail(API, status(http, code=403, message=message))
    fails(data, "photos", "terms accepted first", ENTRY["page"])


def test_unknown_data_set(data, server, key):
    del server.files["/someone/photos.zip"]
    fails(data, "photos", "no version 4 of someone/photos", ENTRY["page"])


def test_answer_without_json(data, server, key):
    server.fail(API, lambda handler: handler.answer(410, b"<html>gone</html>"))
    fails(data, "photos", "(410)")


def test_server_errors_then_success(data, server, key):
    server.fail(API, status(503), status(500, code=500, message="x"), status(429))
    assert data.run("photos").code == 0
    assert_original(data)


def test_server_errors_without_end(data, server, key):
    server.fail(API, *[status(503)] * 99)
    fails(data, "photos", "(503)")
    assert server.paths().count(API) == originals.ATTEMPTS


# Downloads.


def test_kaggle_that_never_answers(data, server, key, monkeypatch):
    monkeypatch.setattr(originals, "ANSWER", 0.2)
    server.fail(API, *[lambda handler: server.hold.wait(30)] * originals.ATTEMPTS)
    fails(data, "photos", "breaks off again and again")
    assert server.paths().count(API) == originals.ATTEMPTS


def test_cut_connection_is_resumed(data, server, key):
    server.fail("/someone/photos.zip", cut(len(ZIP) // 2))
    assert data.run("photos").code == 0
    assert_original(data)
    last = server.seen[-1][2]
    assert int(last["Range"].removeprefix("bytes=").rstrip("-")) > len(ZIP) // 3


def test_download_resumed_by_the_next_run(data, server, key, monkeypatch):
    monkeypatch.setattr(originals, "ATTEMPTS", 1)
    server.fail("/someone/photos.zip", cut(len(ZIP) // 2))
    server.fail(API, lambda handler: handler.ask_kaggle(), status(503))
    fails(data, "photos", "goes on where it stopped")
    server.seen.clear()
    assert data.run("photos").code == 0
    assert "Range" in server.seen[-1][2]
    assert_original(data)


def test_truncated_archive(data, server, key):
    server.files["/someone/photos.zip"] = ZIP[: len(ZIP) // 2]
    fails(data, "photos", "damaged")
    server.files["/someone/photos.zip"] = ZIP
    assert data.run("photos").code == 0
    assert_original(data)


def test_files_do_not_match_the_registry(data, server, key):
    server.files["/someone/photos.zip"] = make_zip({"other.csv": b"1,2"})
    fails(data, "photos", "2 files *.txt were expected and 0 came")


def test_hostile_archive(data, server, key, tmp_path):
    server.files["/someone/photos.zip"] = make_zip({**FILES, "../evil.txt": b"x"})
    fails(data, "photos", "“../evil.txt”", "refused")
    assert not list(tmp_path.rglob("evil.txt"))
