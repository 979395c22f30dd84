"""The workflow that runs the notebooks again, as far as it needs no GitHub."""

import base64
import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

from notebook_file import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/rerun.yml").read_text("utf-8"))
JOBS = WORKFLOW["jobs"]
BOOK = ["01_a/01_first", "01_a/02_second", "02_b/01_third"]
# Stands for GitHub's command: it keeps what it is given, and answers with a number.
GH = """#!/bin/bash
count=$(ls "$CALLS" | grep -c '^[0-9]*$')
printf '%s\\n' "$@" > "$CALLS/$count"
while [ $# -gt 0 ]; do
  if [ "$1" = --input ] || [ "$1" = --body-file ]; then cp "$2" "$CALLS/$count.file"; fi
  shift
done
echo "answer-$count"
"""

needs_jq = pytest.mark.skipif(not shutil.which("jq"), reason="needs jq")


def run_step(job, number, folder, **environment):
    """Run a step as the runner does, with gh replaced; returns what came of it."""
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / "gh").write_text(GH)
    (folder / "bin" / "gh").chmod(0o755)
    steps = [step for step in JOBS[job]["steps"] if "run" in step]
    return subprocess.run(
        ["bash", "-e", "-c", steps[number]["run"]],
        cwd=folder,
        env={"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
    )


@needs_jq
@pytest.mark.parametrize(
    ("event", "count"), [("workflow_dispatch", 3), ("schedule", 1)]
)
def test_all_notebooks_are_listed_or_one_of_them(tmp_path, event, count):
    for name in BOOK:
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    output = tmp_path / "output"
    done = run_step(
        "list", 0, tmp_path, GITHUB_EVENT_NAME=event, GITHUB_OUTPUT=str(output)
    )
    assert done.returncode == 0, done.stderr
    listed = json.loads(output.read_text().removeprefix("notebooks="))
    assert len(listed) == count
    assert set(listed) <= {f"notebooks/{name}.ipynb" for name in BOOK}


def test_each_event_has_its_run():
    runs = {
        s["if"]: s["run"] for s in JOBS["notebook"]["steps"] if "if" in s and "run" in s
    }
    weekly = runs["github.event_name == 'schedule'"]
    by_hand = runs["github.event_name == 'workflow_dispatch'"]
    assert "--output runs --compare" in weekly and "--stale" in by_hand
    # A failed notebook is its own job's failure, and what ran is proposed.
    assert JOBS["notebook"]["strategy"]["fail-fast"] is False
    assert "!cancelled()" in JOBS["pull-request"]["if"]


def test_a_table_is_cut_out_of_the_log(tmp_path):
    """The lines that execute.py prints last begin as the workflow expects."""
    script = JOBS["notebook"]["steps"][-2]["run"]
    (sed,) = re.findall(r"sed -n '(.*?)'", script)
    log = "[ 1/9] x\n\nresults          before  after\n01_a/01: loss       2      1\n"
    done = subprocess.run(["sed", "-n", sed], input=log, capture_output=True, text=True)
    assert done.stdout == log[log.index("results") :]
    assert (
        '[("results", "before", "after")]' in (ROOT / "scripts/execute.py").read_text()
    )


@needs_jq
@pytest.mark.parametrize("result", ["success", "failure"])
def test_what_ran_ends_in_one_pull_request(tmp_path, result):
    for name in BOOK[:2]:
        path = tmp_path / "rerun" / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"notebook {name}" + "x" * 200_000)  # no argument could hold it
        path.with_suffix(".txt").write_text(f"results before after\n{name} 1 2\n")
    calls = tmp_path / "calls"
    calls.mkdir()
    done = run_step(
        *("pull-request", 0, tmp_path),
        **{"CALLS": str(calls), "GH_REPO": "me/book", "BASE": "main", "RUN": "the-run"},
        **{"BRANCH": "rerun-7", "HEAD": "abc", "RESULT": result},
    )
    assert done.returncode == 0, done.stderr
    queries = [json.loads(p.read_text()) for p in sorted(calls.glob("[0-3].file"))]
    inputs = [query["variables"]["input"] for query in queries]
    # One commit a notebook, each on top of the one before.
    assert [i["expectedHeadOid"] for i in inputs] == ["abc", "answer-2"]
    for name, entry in zip(BOOK, inputs, strict=False):
        (file,) = entry["fileChanges"]["additions"]
        assert file["path"] == f"notebooks/{name}.ipynb"
        assert base64.b64decode(file["contents"]).startswith(
            f"notebook {name}".encode()
        )
        assert entry["branch"] == {
            "repositoryNameWithOwner": "me/book",
            "branchName": "rerun-7",
        }
    body = (calls / "4.file").read_text()
    assert all(f"{name} 1 2" in body for name in BOOK[:2]) and "the-run" in body
    assert ("Others failed" in body) == (result == "failure")
    assert (calls / "4").read_text().startswith("pr\ncreate\n--base\nmain\n")


def test_without_a_stale_notebook_nothing_is_proposed(tmp_path):
    (tmp_path / "rerun").mkdir()
    done = run_step("pull-request", 0, tmp_path)
    assert done.returncode == 0 and done.stdout.startswith("No notebook was stale")
