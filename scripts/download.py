"""Bring data sets into data/, or make their offline stand-ins.

python scripts/download.py NAME                  the original, or a sentence why not
python scripts/download.py NAME --stand-in       something to learn on, offline
python scripts/download.py --all --or-stand-in   the original where it can be had
python scripts/download.py --list                what there is, and what is here
python scripts/download.py NAME --preview a.png  a look at what is here
"""

import argparse
import contextlib
import datetime
import difflib
import errno
import fcntl
import importlib
import json
import os
import shutil
import sys
import tomllib
from pathlib import Path

from dotenv import load_dotenv

from originals import (
    Damaged,
    DataError,
    NoOriginal,
    bring_original,
    check_files,
    content_hash,
)

ROOT = Path(__file__).resolve().parent.parent
REGISTRY = ROOT / "scripts" / "datasets.toml"
ENV_FILE = ROOT / ".env"


def registry():
    """The data sets of datasets.toml by name, in its order."""
    return tomllib.loads(REGISTRY.read_text("utf-8"))


def read_source(folder):
    """The folder's source.json as a dict; None if there is none that can be read."""
    try:
        return json.loads((folder / "source.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None


def satisfied(folder, wanted):
    """Whether a folder holds what is wanted: "original", "stand-in" or "either"."""
    source = read_source(folder)
    return source is not None and (wanted != "original" or source["kind"] != "stand-in")


def beside(folder, what):
    """A hidden neighbour of data/NAME, on the same disk: data/.NAME.what"""
    return folder.with_name(f".{folder.name}.{what}")


@contextlib.contextmanager
def locked(folder):
    """Hold the lock of data/NAME; a second process waits here for the first to end."""
    with beside(folder, "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"{folder.name}: waiting for another process.", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def recover(folder):
    """Undo a swap that did not end, and remove what an earlier run left half made."""
    old, new = beside(folder, "old"), beside(folder, "new")
    if old.exists() and not folder.exists():
        old.rename(folder)
    for leftover in (old, new):
        shutil.rmtree(leftover, ignore_errors=True)
    with contextlib.suppress(OSError):  # it stays if there is something in it
        beside(folder, "download").rmdir()


def install(name, entry, kind, folder):
    """Make data/NAME anew beside the old one, and swap them when it is complete.

    kind: "original" or "stand-in". After any failure the folder is as it was;
    downloads stay, to be gone on with.
    """
    downloads, new, old = (beside(folder, w) for w in ("download", "new", "old"))
    try:
        new.mkdir()
        if kind == "original":
            downloads.mkdir(exist_ok=True)
            about, digest = entry, bring_original(name, entry, downloads, new)
        else:
            print(f"{name}: making the stand-in …", flush=True)
            about = entry["stand_in"]
            importlib.import_module(f"standins.{name}").make(new)
            check_files(new, dict.fromkeys(entry["files"], 1))
            digest = content_hash(new)
        files = [path for path in new.rglob("*") if path.is_file()]
        source = {
            "kind": kind,
            "name": about["title"],
            "version": about.get("version"),  # stand-ins have none
            "licence": about["licence"],
            "files": len(files),
            "bytes": sum(path.stat().st_size for path in files),
            "sha256": digest,
            "date": datetime.date.today().isoformat(),
        }
        text = json.dumps(source, indent=2, ensure_ascii=False) + "\n"
        (new / "source.json").write_text(text, "utf-8")
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        if kind == "original":
            shutil.rmtree(downloads)
    except Damaged:
        if kind == "original":
            shutil.rmtree(downloads)
        raise
    finally:
        recover(folder)


def bring(name, entry, folder, wanted, force):
    """Bring one data set unless it is there; returns whether it had to.

    wanted: "original", "stand-in", or "either" (the original if it can be had).
    Raises DataError, or OSError if the disk is in the way.
    """
    if satisfied(folder, wanted) and not force:
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        recover(folder)
        here = read_source(folder)
        if satisfied(folder, wanted) and not force:
            return False
        if folder.exists() and any(folder.iterdir()) and not (here or force):
            raise DataError(
                f"{os.path.relpath(folder)} holds files that did not come from here: "
                "move them away, or add --force to replace them"
            )
        kind = "stand-in" if wanted == "stand-in" else "original"
        try:
            install(name, entry, kind, folder)
        except NoOriginal as error:
            if wanted != "either" or (here and here["kind"] != "stand-in"):
                raise
            print(f"{name}: {error}.")
            install(name, entry, "stand-in", folder)
    return True


def print_list(entries, data_dir):
    """Print a table with a line for each data set."""
    rows = [("name", "here", "download", "account", "licence", "source")]
    for name, entry in entries.items():
        source = read_source(data_dir / name)
        size = f"{entry['size'] / 1e6:,.1f} MB"
        account = "Kaggle" if "kaggle" in entry else "none"
        kind = source["kind"] if source else "absent"
        rows.append((name, kind, size, account, entry["licence"], entry["page"]))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def show(name, entry, folder, picture):
    """Draw into a PNG file, or print, some of what data/NAME holds."""
    from preview import preview  # takes the time that Matplotlib takes

    if not read_source(folder):
        raise DataError(f"nothing is in {os.path.relpath(folder)} yet")
    preview(folder, entry["preview"], picture)


def parse(arguments):
    """The command line as a namespace; exits with a sentence on a mistake."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="a data set")
    parser.add_argument("--all", action="store_true", help="every data set")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--stand-in", action="store_true", help="make the stand-in")
    group.add_argument(
        "--or-stand-in",
        action="store_true",
        help="the stand-in if the original needs an account or cannot be reached",
    )
    parser.add_argument("--force", action="store_true", help="replace what is here")
    parser.add_argument("--list", action="store_true", help="show what there is")
    parser.add_argument("--preview", type=Path, metavar="PNG", help="draw 64 items")
    default = Path(os.environ.get("GDL_DATA") or ROOT / "data")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", default=default)
    options = parser.parse_args(arguments)
    known = list(registry())
    for name in options.names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0)[0]
            parser.exit(2, f"There is no data set “{name}”: did you mean {near}?\n")
    if options.all:
        options.names = known
    if not options.names and not options.list:
        parser.exit(2, f"Name a data set ({', '.join(known)}) or give --all.\n")
    if options.preview and len(options.names) != 1:
        parser.exit(2, "Name one data set for --preview.\n")
    return options


def explain(error, folder):
    """A sentence, without its full stop, for what the disk raised."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full: make room, or choose another with --data-dir"
    return (
        f"{error.filename or folder} cannot be used ({error.strerror or error}); "
        "--data-dir puts the data elsewhere"
    )


def main(arguments=None):
    """Run the command line; returns the exit code."""
    options = parse(arguments)
    entries = registry()
    load_dotenv(ENV_FILE)  # the environment goes before it
    if options.list:
        print_list(entries, options.data_dir)
        return 0
    wanted = "stand-in" if options.stand_in else "original"
    wanted = "either" if options.or_stand_in else wanted
    failed = False
    for name in options.names:
        folder = options.data_dir / name
        problem = None
        try:
            if options.preview:
                show(name, entries[name], folder, options.preview)
                continue
            fresh = bring(name, entries[name], folder, wanted, options.force)
            if fresh or not options.all:
                source = read_source(folder)
                print(f"{name}: {source['name']} ({source['kind']})", flush=True)
        except NoOriginal as error:
            problem = f"{error}; --stand-in makes something to learn on offline"
        except DataError as error:
            problem = str(error)
        except OSError as error:
            problem = explain(error, options.data_dir)
        except KeyboardInterrupt:
            print(f"\n{name}: interrupted; run this again to go on.", file=sys.stderr)
            return 130
        if problem:
            print(f"{name}: {problem}.", file=sys.stderr)
            failed = True
    if options.all and not failed:
        print(f"All {len(options.names)} data sets are in {options.data_dir}.")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
