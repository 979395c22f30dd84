"""What is shipped: files in their places, pins, links, and nothing that opens a door.

A rule takes a path, or a path and its text, and yields complaints. For each there are
examples below that it finds. The tests themselves hold such examples, so that only the
rules on files, keys and invisible characters look at them.
"""

import functools
import os
import re
import subprocess
import unicodedata
from pathlib import Path

import pytest

from notebook_file import ROOT, read

SKIPPED = {".git", ".venv", "__pycache__", ".ipynb_checkpoints", ".pytest_cache"}
SKIPPED |= {".ruff_cache", "node_modules", "site"}
RULES = []


def rule(function):
    RULES.append(function)
    return function


def walk(root):
    """What git would list, where there is no git: all but data, runs and caches."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED)
        here = Path(folder).relative_to(root)
        if here.parts[:1] in (("data",), ("runs",)):
            folders.clear()
            names = [n for n in names if n in ("README.md", ".gitignore")]
        yield from ((here / name).as_posix() for name in names if name != ".env")


@functools.cache
def shipped(root=ROOT):
    """The paths, relative to the root, that `git add --all` would ship."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
        paths = done.stdout.split("\0")[:-1] if done.returncode == 0 else []
    except FileNotFoundError:
        paths = []
    found = {path for path in paths or walk(root) if os.path.lexists(root / path)}
    return tuple(sorted(found))


@functools.cache
def text_of(path):
    """A file's text; of a notebook the sources of its cells; of a picture nothing."""
    if path.endswith(".ipynb"):
        return "\n\n".join(cell.source for cell in read(ROOT / path).cells)
    if path.endswith(".png"):
        return ""
    return (ROOT / path).read_text("utf-8", errors="replace")


def markdown_of(path):
    """The prose of a page or a notebook, without code; "" for other files."""
    text = text_of(path) if path.endswith(".md") else ""
    if path.endswith(".ipynb"):
        cells = read(ROOT / path).cells
        text = "\n\n".join(c.source for c in cells if c.cell_type == "markdown")
    return without_code(text)


def without_code(text):
    text = re.sub(r"^ *(```+|~~~+).*?^ *\1", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]+`|\$\$.*?\$\$|\$[^$\n]+\$", "x", text, flags=re.S)


# Files


@rule
def lies_in_its_place(path, text=""):
    name = r"\d\d_[a-z0-9_]+"
    of_notebooks = path.startswith("notebooks/") or path.endswith(".ipynb")
    if of_notebooks and not re.fullmatch(rf"notebooks/{name}/{name}\.ipynb", path):
        yield f"{path}: notebooks are notebooks/NN_chapter/NN_name.ipynb"
    if re.match(r"(data|runs)/(?!README\.md$|\.gitignore$)", path):
        yield f"{path}: data and runs are not shipped"
    kind = r"(^|/)(\.env|\.netrc|kaggle\.json|id_\w+|access_token)$|\.(pem|key|p12)$"
    if re.search(kind, path):
        yield f"{path}: a file of keys"


def file_problems(path, content):
    """Yield what is wrong with a file's size and kind. content: bytes."""
    binary = b"\0" in content or content.startswith(b"version https://git-lfs")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        binary = True
    is_picture = content.startswith(b"\x89PNG\r\n\x1a\n") and path.endswith(".png")
    if binary and not (is_picture and path.startswith("docs/")):
        yield f"{path} is no text: pictures are PNGs in docs/, data stay out"
    most = 3_000_000 if path.endswith(".ipynb") else 500_000
    if len(content) > most:
        yield f"{path} holds {len(content):,} bytes, at most {most:,}"


@pytest.mark.parametrize("path", shipped())
def test_file_is_a_small_text(path):
    assert not (ROOT / path).is_symlink()
    assert list(file_problems(path, (ROOT / path).read_bytes())) == []


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("docs/a.md", b"a\0b"),
        ("scripts/a.py", b"\xff\xfe"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0"),
        ("docs/a.png", b"\xff\xd8\xff\0"),
        ("docs/gallery/a.png", b"\x89PNG\r\n\x1a\n\0" + bytes(500_000)),
        ("docs/a.md", b"a" * 500_001),
        ("notebooks/01_a/01_a.ipynb", b"a" * 3_000_001),
        ("notebooks/01_a/01_a.ipynb", b"version https://git-lfs.github.com/spec/v1"),
    ],
)
def test_large_and_binary_files_are_found(path, content):
    assert len(list(file_problems(path, content))) == 1


# Keys and characters: in all files, in notebooks with their outputs

SECRETS = re.compile(
    r"KGAT_\w{8}|\bgh[pousr]_\w{20}|github_pat_\w{20}|\bhf_[A-Za-z]{20}|\bAKIA[A-Z\d]{16}"
    r"|\bsk-[\w-]{20}|\bAIza[\w-]{30}|\bxox[abp]-\w{8}|\bglpat-[\w-]{16}"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10}|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\bkey\\?[\"']\s*:\s*\\?[\"'][0-9a-f]{32}\\?[\"']|KAGGLE_KEY\s*[=:]\s*[0-9a-f]{32}"
    r"|[?&]token=[0-9a-f]{24}|://[\w.-]+:[^\s@/{$\"']{6,}@"
)
# They change the order in which text is shown, or are not shown at all.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def hidden_problems(path, content):
    """Yield the keys and invisible characters in the text of a file."""
    if found := SECRETS.search(content):
        yield f"{path}: {found[0][:6]}… looks like a key"
    if found := INVISIBLE.search(content):
        yield f"{path}: {unicodedata.name(found[0], 'a character')} cannot be seen"
    if found := re.search(r"^(<<<<<<<|>>>>>>>) ", content, re.M):
        yield f"{path}: {found[1]} of a merge"


@pytest.mark.parametrize("path", shipped())
def test_file_holds_no_keys(path):
    content = (ROOT / path).read_text("utf-8", errors="replace")
    content = "" if path.endswith(".png") else content
    assert list(hidden_problems(path, content)) == []


@pytest.mark.parametrize(
    "content",
    [
        "KGAT" + "_" + "0123456789abcdef" * 2,
        '{"username": "me", "' + 'key": "' + "0123456789abcdef" * 2 + '"}',
        r"{\"" + r"key\": \"" + "0123456789abcdef" * 2 + r"\"}",
        "gh" + "p_" + "a1B2" * 9,
        "AK" + "IA" + "ABCDEFGH12345678",
        "-----BEGIN" + " RSA PRIVATE KEY-----",
        "http://127.0.0.1:8888/lab?" + "token=" + "0123456789ab" * 4,
        "https://me:" + "password@example.org",
        "a\u200bb",
        "a\u202eb",
        "<<<<<<< " + "HEAD",
    ],
)
def test_keys_and_invisible_characters_are_found(content):
    assert len(list(hidden_problems("a.md", content))) == 1


# Text that opens a door: its name, the pattern, examples

FORBIDDEN = {
    "a source without TLS": (
        r"(?<![\w@])http://(?!127\.0\.0\.1|localhost|\[?::1|www\.w3\.org/|metadata\b"
        r"|www\.apache\.org/licenses/|www\.jsbach\.net/midi/|\{|<|…|\))",
        ["base = ['http://example.org/a']", "curl -o a http://example.org/a"],
    ),
    "TLS switched off": (
        r"verify\s*=\s*False|verify_ssl|CERT_NONE|_create_unverified_context"
        r"|check_hostname\s*=\s*False|sslVerify|SSL_NO_VERIFY|PYTHONHTTPSVERIFY"
        r"|trusted-host|trusted=yes|allow-unauthenticated|--no-check-certificate"
        r"|curl\b[^\n|]*\s(?:-\w*k\w*|--insecure)\s|disable_warnings"
        r"|StrictHostKeyChecking.no",
        [
            "requests.get(url, verify=False)",
            "curl -sk https://a.org",
            "trusted-host: a",
        ],
    ),
    "a download that is run": (
        r"(?:curl|wget)\b[^\n;&]*\|\s*(?:sudo\s+)?(?:env\s+)?(?:\w*sh|python\d?)\b"
        r"|(?:sh|source|eval|\.)\s+(?:-c\s+)?[\"']?[<$]\((?:curl|wget)",
        [
            "curl https://a.org/x | sh",
            "wget -qO- a.org | sudo bash",
            "bash <(curl a.org)",
        ],
    ),
    "a container with the host's powers": (
        r"privileged\s*[:=]\s*[\"']?true|--privileged|cap_add|--cap-add|docker\.sock"
        r"|unconfined|(?:network_mode|pid|ipc|userns_mode)\s*:\s*[\"']?host"
        r"|--(?:net|network|pid|ipc)[= ]host|no-new-privileges[:=]false"
        r"|\buser\s*:\s*root\b",
        ["    privileged: true", "docker run --privileged a", "network_mode: host"],
    ),
    "a workflow that strangers steer": (
        r"pull_request_target|workflow_run\s*:|write-all|self-hosted"
        r"|secrets\s*:\s*inherit"
        r"|\$\{\{\s*github\.(?:head_ref|event\.(?:issue|pull_request|comment|review"
        r"|discussion|head_commit|commits)\b)",
        ["on: pull_request_target", "permissions: write-all", "${{ github.head_ref }}"],
    ),
    "a failure that is passed over": (
        r"\|\|\s*(?:true|:|exit 0)\s*(?:$|[;\"'])|continue-on-error\s*:\s*true"
        r"|set \+e\b|collect_ignore|--deselect|--ignore\b|--exit-zero"
        r"|pytest\b[^\n]*\s-k\s",
        [
            "make test || true",
            "continue-on-error: true",
            "pytest --deselect tests/a.py",
        ],
    ),
    "JupyterLab without a token": (
        r"(?:App|Provider|Authorizer)\.(?:token|password|hashed_password|required)\s*="
        r"|allow_unauthenticated_access|disable_check_xsrf|allow_origin|allow_remote_access"
        r"|allow_root|--allow-root|JUPYTER_TOKEN[ \t]*[:=][ \t]*[\"']*[A-Za-z0-9]"
        r"|--(?:no-)?token\b|--password\b",
        [
            "jupyter lab --ServerApp.token=''",
            "c.IdentityProvider.token = ''",
            "JUPYTER_TOKEN=letmein",
            "--NotebookApp.password=''",
        ],
    ),
    "a port that others reach": (
        r"--ip[= ][\"']?(?!127\.|localhost)\S|--host[= ][\"']?(?!127\.|localhost)\S"
        r"|App\.ip\s*=\s*[\"']?(?!127\.|localhost)"
        r"|^\s*- [\"']?\d+:\d+(?:/\w+)?[\"']?\s*(?:#|$)"
        r"|\s(?:-p|--publish)[= ]\d+:\d+|0\.0\.0\.0:\d+|published:\s*[\"']?\d"
        r"|ports\s*:\s*\[\s*[\"']?\d+:\d",
        [
            "jupyter lab --ip=0.0.0.0",
            '      - "8888:8888"',
            "docker run -p 8888:8888 a",
        ],
    ),
    "packages from elsewhere": (
        r"--(?:extra-)?index-url|--find-links|PIP_INDEX_URL|UV_INDEX|git\+https|git\+ssh"
        r"|(?:pip3?|uv pip) install\b[^\n]*(?:https?://|--upgrade\b|\s-U\s)",
        ["--extra-index-url https://a.org", "keras @ git+https://a.org/keras"],
    ),
    "a file that runs when read": (
        r"allow_pickle\s*=\s*True|pickle\.loads?\(|yaml\.(?:unsafe_)?load\(|shell\s*=\s*True"
        r"|os\.system\(|filter\s*=\s*[\"']fully_trusted|safe_mode\s*=\s*False|joblib\.load",
        ["np.load(path, allow_pickle=True)", "subprocess.run(a, shell=True)"],
    ),
    "files that anyone may change": (
        r"chmod\s+(?:-R\s+)?(?:0?[0-7]?[0-7]?[2367]\b(?<!00)|[ao]?\+\w*w)|umask\s+0+\b",
        ["chmod -R 777 data", "chmod a+w runs"],
    ),
    "a path of one machine": (
        r"(?<![\w.:-])/(?:home|Users)/(?!reader\b|\{|\$|<|NAME|you\b|me\b)[a-z]\w+"
        r"|[A-Z]:\\+Users\\+\w",
        ["DATA = '/home/anna/data'", r"C:\Users\anna"],
    ),
    "a placeholder": (
        r"\b(?:TODO|FIXME|XXX|TBD)\b|@@|\?\?\?|(?i:lorem ipsum)",
        ["# TODO: say more", "Lorem ipsum dolor"],
    ),
}
ALLOWED = {  # in the container every address: docker-compose.yml publishes on loopback
    "docker/start.sh": "--ip=0.0.0.0 --port=8888",
    "docker-compose.yml": "--host=0.0.0.0 --port=6006",
}


@rule
def opens_no_door(path, text):
    text = text.replace(ALLOWED.get(path, "\0"), "")
    for name, (pattern, _) in FORBIDDEN.items():
        if found := re.search(pattern, text, re.M):
            yield f"{path}: {name}: {found[0].strip()[:60]}"


@pytest.mark.parametrize(
    ("name", "example"), [(n, e) for n, (_, es) in FORBIDDEN.items() for e in es]
)
def test_door_is_found(name, example):
    complaints = list(opens_no_door("a.txt", f"first\n{example}\nlast"))
    assert [c.split(": ")[1] for c in complaints] == [name]


# Pins


def pins(text):
    """(name, version) of each requirement; version None for what is not pinned."""
    for line in text.splitlines():
        line = line.split(" #")[0].strip()
        if not line or line.startswith("#") or line == "-r requirements.txt":
            continue
        pin = re.fullmatch(
            r"([\w.-]+)(?:\[[\w,-]+\])?==(\d[\w.+!]*)(?: *; *[^;]+)?", line
        )
        name = pin[1].lower().replace("_", "-").replace(".", "-") if pin else line
        yield name, pin and pin[2]


def pin_problems(requirements, constraints):
    """Yield what is not pinned, and what the two files pin to different versions."""
    frozen = {}
    for name, version in pins(constraints):
        frozen.setdefault(name, set()).add(version)
    for name, versions in frozen.items():
        if None in versions:
            yield f"constraints.txt does not pin {name}"
    for name, version in pins(requirements):
        if version is None:
            yield f"{name} is not pinned"
        elif version not in frozen.get(name, ()):
            yield f"{name}=={version} is not in constraints.txt: make it anew"


@pytest.mark.parametrize("path", [p for p in shipped() if p.startswith("requirements")])
def test_requirements_are_pinned_as_constraints_are(path):
    assert list(pin_problems(text_of(path), text_of("constraints.txt"))) == []


@pytest.mark.parametrize(
    "line",
    [
        "keras",
        "keras>=3.1",
        "keras==3.*",
        "keras==3.0",
        "keras @ https://example.org/keras.whl",
        "--pre",
        "-e .",
        "numpy==2.1",
    ],
)
def test_lifted_pins_are_found(line):
    constraints = "keras==3.1\nnumpy==2.0 ; python_version < '3.12'\n"
    good = "-r requirements.txt\n# why\nkeras==3.1\nnumpy==2.0\n"
    assert list(pin_problems(good, constraints)) == []
    assert len(list(pin_problems(good + line, constraints))) == 1


def test_a_loose_constraint_is_found():
    assert len(list(pin_problems("", "keras==3.1\nnumpy>=2\n"))) == 1


@rule
def installs_under_constraints(path, text):
    """In what machines read: a page may name a package."""
    if not re.search(r"^Makefile$|^Dockerfile|\.(ya?ml|sh)$|^\.ci/", path):
        return
    text = re.sub(r"\\\n\s*", " ", text)
    for line in re.findall(r".*(?:\bpip3? install\b|\$\(INSTALL\)).*", text):
        if "constraints.txt" not in line and not re.match(r"\w+ :?= ", line):
            yield f"{path}: installs without constraints.txt: {line.strip()[:60]}"
    if re.search(r"s/==\.\*//|sed\b.*requirements", text) and "canary" not in path:
        yield f"{path}: lifts the pins"


# Pages


def slug(heading):
    """The anchor that GitHub gives a heading."""
    heading = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", heading).replace(" ", "-")


@functools.cache
def anchors(path):
    return {slug(h) for h in re.findall(r"^#+ (.+)$", markdown_of(path), re.M)}


def links(text):
    """The targets of the links and pictures in Markdown, without their titles."""
    yield from re.findall(r"\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'][^)]*)?\)", text)
    yield from re.findall(r"^\[[^\]]+\]:\s*(\S+)", text, re.M)
    yield from re.findall(r"(?:src|href)=[\"']([^\"']+)", text)


def link_problems(path, text):
    """Yield the relative links of a page that lead to no shipped file or heading."""
    folders = {parent.as_posix() for p in shipped() for parent in Path(p).parents}
    for link in links(text):
        if re.match(r"\w[\w+.-]*:|//", link):
            continue
        target, _, anchor = link.partition("#")
        there = os.path.normpath(os.path.join(os.path.dirname(path), target))
        there = Path(there).as_posix() if target else path
        if target.startswith("/") or there not in (*shipped(), *folders):
            yield f"{path}: {link} leads nowhere"
        elif anchor and there.endswith(".md") and anchor not in anchors(there):
            yield f"{path}: {link} names no heading"


PAGES = [path for path in shipped() if path.endswith((".md", ".ipynb"))]
PAGES = [path for path in PAGES if not path.startswith(".github")]


@pytest.mark.parametrize("path", PAGES)
def test_links_lead_somewhere(path):
    assert list(link_problems(path, markdown_of(path))) == []


@pytest.mark.parametrize(
    "text",
    [
        "[a](docs/nothing.md)",
        "[a](docs/docker.md#nothing)",
        "![a b c](docs/gallery/nothing.png)",
        "[a]\n\n[a]: docs/nothing.md",
        '<img src="docs/nothing.png" alt="a b c">',
        "[a](/docs/docker.md)",
        "[a](#nothing)",
        "[a](../docs/docker.md)",
    ],
)
def test_dead_links_are_found(text):
    good = "[a](docs/docker.md) ![b](docs/gallery/mosaic.png 'c') [d](https://a.org)"
    assert list(link_problems("README.md", good)) == []
    assert len(list(link_problems("README.md", text))) == 1


@rule
def describes_its_pictures(path, text):
    if not path.endswith(".md"):
        return
    text = without_code(text)
    alternatives = re.findall(r"!\[([^\]]*)\]", text)
    for tag in re.findall(r"<img\b[^>]*>", text):
        alternatives += re.findall(r"alt=[\"']([^\"']*)", tag) or [""]
    for words in alternatives:
        if len(words.split()) < 3:
            yield f"{path}: a picture without words: {words!r}"


# The rules on all files


@pytest.mark.parametrize("path", shipped())
def test_file_keeps_the_rules(path):
    text = "" if path.startswith("tests/") or path == "conftest.py" else text_of(path)
    assert [c for check in RULES for c in check(path, text)] == []


@pytest.mark.parametrize(
    ("broken", "path", "text"),
    [
        (lies_in_its_place, "notebooks/a.ipynb", ""),
        (lies_in_its_place, "notebooks/01_a/01_a/01_a.ipynb", ""),
        (lies_in_its_place, "notebooks/01_a/Untitled.ipynb", ""),
        (lies_in_its_place, "docs/01_a.ipynb", ""),
        (lies_in_its_place, "notebooks/utils.py", ""),
        (lies_in_its_place, "data/faces/source.json", ""),
        (lies_in_its_place, "runs/01_a/01_a.weights.h5", ""),
        (lies_in_its_place, ".env", ""),
        (lies_in_its_place, "cloud/gdl.pem", ""),
        (installs_under_constraints, "Makefile", "a:\n\tpip install keras\n"),
        (installs_under_constraints, "Dockerfile", "RUN pip install \\\n  keras\n"),
        (installs_under_constraints, "a.yml", "run: sed -i 's/==.*//' a.txt"),
        (describes_its_pictures, "docs/a.md", "![](a.png)"),
        (describes_its_pictures, "docs/a.md", "![picture](a.png)"),
        (describes_its_pictures, "docs/a.md", '<img src="a.png">'),
    ],
)
def test_broken_file_is_found_by_its_rule(broken, path, text):
    assert [check for check in RULES if list(check(path, text))] == [broken]


def test_files_are_listed_without_git(tmp_path):
    for name in ("a.md", "data/README.md", "data/faces/1.jpg", "runs/x", ".venv/x"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert sorted(walk(tmp_path)) == ["a.md", "data/README.md"]
