"""Write this repository's address on the web into the pages that show it.

    make address     after publishing, in a clone of what was published

`repository-code` in CITATION.cff is the one place that holds the address. With it, the
README names the command that clones, and the words "branch `colab`" are links. While
there is none, the pages do without.
"""

import os
import re
import subprocess
import sys

from notebook_file import ROOT

CITATION = ROOT / "CITATION.cff"
FIELD = re.compile(r'^repository-code: *"?([^"\s]+)"? *\n', re.M)


def published():
    """The address that CITATION.cff states, such as https://host/a/b, or None."""
    found = FIELD.search(CITATION.read_text("utf-8"))
    return found and found[1]


def address():
    """Where to clone from: in a workflow from its own repository; None if unknown."""
    server, name = map(os.environ.get, ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY"))
    return f"{server}/{name}" if server and name else published()


def web_address(remote):
    """The https:// address of a git remote's URL; None if it has none that we know."""
    found = re.fullmatch(
        r"(?:https://|(?:ssh://)?git@)([\w.-]+)[:/]([\w./-]+?)(?:\.git)?/?", remote
    )
    return found and f"https://{found[1]}/{found[2]}"


def with_address(text, url):
    """A page's text with the address, or without any if url is None."""
    clone, branch = "", "branch `colab`"
    if url:
        clone = f"git clone {url}\ncd {url.rpartition('/')[2]}\n"
        branch = f"[{branch}]({url}/tree/colab)"
    # The lines of a block of commands before its `make run`.
    lines = r"^(?:git clone .*\ncd .*\n)?(make run\b)"
    text = re.sub(lines, lambda found: clone + found[1], text, flags=re.M)
    link = r"\[branch `colab`\]\([^)]*\)|branch `colab`"
    return re.sub(link, lambda _: branch, text)


def pages():
    """The pages that may show the address."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def main():
    """Take the address of the clone's origin; returns the exit code."""
    command = ["git", "-C", ROOT, "remote", "get-url", "origin"]
    done = subprocess.run(command, capture_output=True, text=True)
    url = web_address(done.stdout.strip())
    if not url:
        print(
            "git knows no address of this repository on the web: publish it, clone it "
            "from there, and type make address in that clone.",
            file=sys.stderr,
        )
        return 1
    text = FIELD.sub("", CITATION.read_text("utf-8"))
    CITATION.write_text(f'{text.rstrip()}\nrepository-code: "{url}"\n', "utf-8")
    for page in pages():
        text = page.read_text("utf-8")
        if with_address(text, url) != text:
            page.write_text(with_address(text, url), "utf-8")
    print(f"The pages say {url}: look at the difference, and commit it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
