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


def test_every_source_without_an_account_is_checked_weekly():
    names = jobs(GITHUB / "workflows" / "links.yml")["sources"]["strategy"]["matrix"]
    open_to_all = [name for name, entry in registry().items() if "kaggle" not in entry]
    assert names["name"] == open_to_all


def test_bug_form_asks_for_the_doctor():
    assert any("make doctor" in path.read_text("utf-8") for path in FORMS)
