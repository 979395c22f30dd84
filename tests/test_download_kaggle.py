"""Sets from Kaggle, without a key and with the real client, from a server here."""

import base64
import json
import os

import pytest
from kagglesdk import kaggle_env

import doctor
import download
import originals
from loopback import (
    API,
    INTROSPECT,
    KEY,
    OPEN,
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


@pytest.fixture(params=["without a key", "with a key"])
def way(request, server, kaggle, monkeypatch):
    """Each of the two ways to an archive: the path that is asked, and may fail."""
    if request.param == "without a key":
        server.open_to_all = True
        return OPEN
    request.getfixturevalue("key")
    return API


def assert_original(data):
    found = snapshot(data.folder / "photos")
    assert json.loads(found.pop("source.json"))["kind"] == "original"
    assert found == FILES
    for path in data.folder.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()


# Signing in.


@pytest.mark.parametrize("given", [False, True])
def test_a_public_set_is_asked_for_without_a_key(data, server, kaggle, request, given):
    server.open_to_all = True
    if given:  # there is one, and it stays here
        request.getfixturevalue("key")
    assert data.run("photos").code == 0
    assert_original(data)
    assert server.paths() == [OPEN, "/someone/photos.zip"]
    assert not any("Authorization" in headers for _, _, headers in server.seen)


@pytest.mark.parametrize("code", [401, 403])
def test_a_key_is_used_when_one_is_asked_for(data, server, key, code):
    server.fail(OPEN, status(code, code=code, message="Permission denied"))
    assert data.run("photos").code == 0
    assert_original(data)
    assert server.paths() == [OPEN, API, "/someone/photos.zip"]
    assert "Authorization" not in server.seen[0][2]
    assert "Authorization" in server.seen[1][2]


@pytest.mark.parametrize("code", [404, 410, 503])
def test_a_key_is_used_for_nothing_else(data, server, key, code):
    server.fail(OPEN, *[status(code, code=code, message="no")] * 9)
    fails(data, "photos")
    assert set(server.paths()) == {OPEN}


@pytest.mark.parametrize("given", [False, True])
def test_a_page_to_sign_in(data, server, kaggle, request, given):
    page = [("Content-Type", "text/html; charset=utf-8")]
    server.fail(OPEN, lambda handler: handler.answer(200, b"<html>Sign in", page))
    if given:
        request.getfixturevalue("key")
        assert data.run("photos").code == 0
        assert_original(data)
    else:
        fails(data, "photos", "free Kaggle account")


def test_no_key(data, server, kaggle):
    fails(data, "photos", "free Kaggle account", "sample.env", "--stand-in")
    assert server.paths() == [OPEN]


def test_no_key_or_stand_in(data, server, kaggle):
    assert data.run("photos", "--or-stand-in").code == 0
    assert "drawn" in (data.folder / "photos" / "a.txt").read_text()


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
    assert server.paths() == [OPEN]


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


LONG = "KGAT_" + "0123456789abcdef" * 16
ODD = "schl\u00fcssel-zum-garten-4711"
HIDDEN = "a1b2c3d4e5f6-a1b2c3d4e5f6"
MALFORMED = [
    ("KAGGLE_API_TOKEN", text)
    for text in (
        *(LONG, LONG[:255], LONG * 20, "a/" * 300, f"{HIDDEN}\n", f"{HIDDEN}\r\n"),
        *(f"\n{HIDDEN}", f" {HIDDEN}", f"{HIDDEN} ", f"{HIDDEN}\t{HIDDEN}", ODD),
        *(
            f"{HIDDEN}\U0001f511",
            f"\u043a\u043b\u044e\u0447-{HIDDEN}",
            f"\ufeff{HIDDEN}",
        ),
        *(
            f"{HIDDEN}\u200b",
            f"\u00a0{HIDDEN}",
            f"\x07{HIDDEN}",
            f"\u201c{HIDDEN}\u201d",
        ),
        *(f"Bearer {HIDDEN}", f'{{"key": "{HIDDEN}"}}', f"{HIDDEN}\x7f"),
        *(f"{HIDDEN}\udcff", f"/{HIDDEN}/{HIDDEN}", HIDDEN),  # the last two look right
    )
]
MALFORMED += [
    (name, text)
    for name in ("KAGGLE_USERNAME", "KAGGLE_KEY")
    for text in (ODD, f"{HIDDEN}\n", f"{HIDDEN}\U0001f511", LONG, HIDDEN, f"{HIDDEN}:")
]
MALFORMED += [
    ("kaggle.json", text)
    for text in (
        *("[1]", f'["{HIDDEN}"]', f'"{HIDDEN}"', f'{{"key": "{HIDDEN}', "[" * 100_000),
        *(
            f'{{"username": 1, "key": "{HIDDEN}"}}',
            f'{{"username": "{ODD}", "key": 1}}',
        ),
        *(f'{{"username": "reader", "key": ["{HIDDEN}"]}}', "null", "\ufeff{}"),
        *(f'{{"username": "reader", "key": "{ODD}"}}', f'{{"key": "{HIDDEN}"}}'),
    )
]
MALFORMED += [
    ("access_token", text)
    for text in (ODD, f"{HIDDEN}\n{HIDDEN}", f"\ufeff{HIDDEN}", LONG)
]
MALFORMED += [
    ("credentials.json", text)
    for text in (
        *(
            f'["{HIDDEN}"]',
            f'{{"refresh_token": "{ODD}"}}',
            f'{{"refresh_token": "{HIDDEN}',
        ),
        f'{{"refresh_token": "x", "access_token_expiration": "{HIDDEN}"}}',
        f'{{"refresh_token": "x", "access_token": "{ODD}\n"}}',
        '{"refresh_token": "x", "access_token_expiration": "2999-01-01T00:00:00+00:00",'
        f' "access_token": "{ODD}\u2603"}}',
    )
]


@pytest.mark.parametrize(("place", "text"), MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_key(data, kaggle, monkeypatch, place, text):
    """One sentence that says where the key is and holds no part of it."""
    if place.startswith("KAGGLE_"):
        monkeypatch.setenv("KAGGLE_USERNAME", "reader")
        monkeypatch.setenv("KAGGLE_KEY", KEY)
        monkeypatch.setenv(place, text)
        if place == "KAGGLE_USERNAME":
            place = "KAGGLE_"  # if it looks right, the key is as likely to be wrong
    else:
        folder = data.folder.parent / "home" / ".kaggle"
        folder.mkdir(parents=True)
        (folder / place).write_text(text, "utf-8")
    result = fails(data, "photos")
    monkeypatch.setattr(doctor, "DATA", data.folder)
    shown = result.text + str(doctor.examine(doctor.check_kaggle))
    for secret in (LONG, ODD, HIDDEN):
        for start in range(len(secret) - 7):
            assert secret[start : start + 8] not in shown
    # What the client does not take for a key at all may be said to be none.
    assert place in result.text or "free Kaggle account" in result.text, result.text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
def test_token_file_of_windows(data, kaggle, encoding):
    folder = data.folder.parent / "home" / ".kaggle"
    folder.mkdir(parents=True)
    (folder / "access_token").write_text(f"{KEY}\r\n", encoding)
    if encoding == "utf-8":
        assert data.run("photos").code == 0
        assert_original(data)
    else:
        fails(data, "photos", "~/.kaggle/access_token", "no key of Kaggle's")


def test_token_that_names_a_file(data, kaggle, tmp_path, monkeypatch):
    (tmp_path / "token").write_text(KEY)
    monkeypatch.setenv("KAGGLE_API_TOKEN", str(tmp_path / "token"))
    assert data.run("photos").code == 0
    assert_original(data)
    (tmp_path / "token").write_text(ODD)
    result = fails(data, "photos", "the file named by KAGGLE_API_TOKEN")
    assert ODD[-8:] not in result.text


def test_where_the_refused_key_came_from(data, kaggle, monkeypatch):
    folder = data.folder.parent / "home" / ".kaggle"
    folder.mkdir(parents=True)
    (folder / "access_token").write_text(HIDDEN)
    download.ENV_FILE.write_text(f"KAGGLE_USERNAME=reader\nKAGGLE_KEY={KEY}\n")
    words = "key in ~/.kaggle/access_token", "before KAGGLE_KEY in .env"
    fails(data, "photos", "does not accept the key", *words)
    download.ENV_FILE.write_text(f"KAGGLE_API_TOKEN={KEY}\n")
    assert data.run("photos").code == 0
    monkeypatch.setenv("KAGGLE_API_TOKEN", HIDDEN)
    fails(data, "photos", "key in KAGGLE_API_TOKEN in the environment")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_env_file_in_another_encoding(data, server, kaggle, encoding, monkeypatch):
    text = f"# Schl\u00fcssel\nKAGGLE_API_TOKEN={KEY}\n"
    download.ENV_FILE.write_bytes(text.encode(encoding))
    assert "not in UTF-8" in originals.load_keys(download.ENV_FILE)
    monkeypatch.setattr(doctor, "DATA", data.folder)
    result = doctor.examine(doctor.check_kaggle)
    assert "not in UTF-8" in result.text and KEY not in str(result)
    result = data.run("photos")
    assert result.code == 1
    assert "not in UTF-8" in result.text and "free Kaggle account" in result.text
    server.open_to_all = True
    result = data.run("photos")
    assert result.code == 0 and "not in UTF-8" in result.text
    assert_original(data)


def test_env_file_that_is_a_folder(tmp_path):
    """As Docker makes one of a file that it does not find."""
    (tmp_path / ".env").mkdir()
    assert "cannot be read" in originals.load_keys(tmp_path / ".env")


# Answers.


def test_out_of_reach(data, way, monkeypatch):
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
def test_terms_not_accepted(data, server, way, http):
    """Kaggle may say so in the text of an answer with status 200."""
    message = "You must accept this dataset's terms before downloading it."
    server.fail(way, status(http, code=403, message=message))
    fails(data, "photos", "terms accepted first", ENTRY["page"])


def test_unknown_data_set(data, server, way):
    del server.files["/someone/photos.zip"]
    fails(data, "photos", "no version 4 of someone/photos", ENTRY["page"])


def test_answer_without_json(data, server, way):
    server.fail(way, lambda handler: handler.answer(410, b"<html>gone</html>"))
    fails(data, "photos", "(410)")


def test_server_errors_then_success(data, server, way):
    server.fail(way, status(503), status(500, code=500, message="x"), status(429))
    assert data.run("photos").code == 0
    assert_original(data)


def test_server_errors_without_end(data, server, way):
    server.fail(way, *[status(503)] * 99)
    fails(data, "photos", "(503)")
    assert server.paths().count(way) == originals.ATTEMPTS


# Downloads.


def test_kaggle_that_never_answers(data, server, way, monkeypatch):
    monkeypatch.setattr(originals, "ANSWER", 0.1)
    monkeypatch.setattr(originals, "TIMEOUT", (1, 0.1))
    server.fail(way, *[lambda handler: server.hold.wait(30)] * originals.ATTEMPTS)
    fails(data, "photos", "breaks off again and again")
    assert server.paths().count(way) == originals.ATTEMPTS


def test_cut_connection_is_resumed(data, server, way):
    server.fail("/someone/photos.zip", cut(len(ZIP) // 2))
    assert data.run("photos").code == 0
    assert_original(data)
    last = server.seen[-1][2]
    assert int(last["Range"].removeprefix("bytes=").rstrip("-")) > len(ZIP) // 3


def test_download_resumed_by_the_next_run(data, server, way, monkeypatch):
    monkeypatch.setattr(originals, "ATTEMPTS", 1)
    server.fail("/someone/photos.zip", cut(len(ZIP) // 2))
    server.fail(way, lambda handler: handler.ask_kaggle(), status(503))
    fails(data, "photos", "goes on where it stopped")
    server.seen.clear()
    assert data.run("photos").code == 0
    assert "Range" in server.seen[-1][2]
    assert_original(data)


def test_truncated_archive(data, server, way):
    server.files["/someone/photos.zip"] = ZIP[: len(ZIP) // 2]
    fails(data, "photos", "damaged")
    server.files["/someone/photos.zip"] = ZIP
    assert data.run("photos").code == 0
    assert_original(data)


def test_files_do_not_match_the_registry(data, server, way):
    server.files["/someone/photos.zip"] = make_zip({"other.csv": b"1,2"})
    fails(data, "photos", "2 files *.txt were expected and 0 came")


def test_hostile_archive(data, server, way, tmp_path):
    server.files["/someone/photos.zip"] = make_zip({**FILES, "../evil.txt": b"x"})
    fails(data, "photos", "“../evil.txt”", "refused")
    assert not list(tmp_path.rglob("evil.txt"))


def test_archive_that_is_a_bomb(data, server, way):
    server.files["/someone/photos.zip"] = make_zip({**FILES, "c": bytes(3_500_000)})
    fails(data, "photos", "refused as damaged", "far more", "--stand-in")
    assert not (data.folder / ".photos.download").exists()


def test_redirect_off_the_web(data, server, way):
    def send_to(handler):
        handler.answer(302, b"", [("Location", "file:///etc/passwd")])

    server.fail(way, send_to)
    fails(data, "photos", "redirects to “file:///etc/passwd”", "no address on the web")
