"""Bring data sets into data/, or make their offline stand-ins.

python scripts/download.py NAME                  the original, or a sentence why not
python scripts/download.py NAME --stand-in       something to learn on, offline
python scripts/download.py --all --or-stand-in   the original where it can be had
python scripts/download.py --list                what there is, and what is here
python scripts/download.py NAME --preview a.png  a look at what is here
python scripts/download.py NAME --from PATH      your own files in its place

PATH is a folder, an archive or one file; docs/your-data.md tells more.
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
import re
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path

from notebook_file import data_dir
from originals import (
    Damaged,
    DataError,
    NoOriginal,
    bring_original,
    check_files,
    content_hash,
    load_keys,
)

ROOT = Path(__file__).resolve().parent.parent
REGISTRY = ROOT / "scripts" / "datasets.toml"
ENV_FILE = ROOT / ".env"
KINDS = "original", "subset", "stand-in", "own"
BEGINNINGS = {  # of whole files, by suffix
    ".jpg": b"\xff\xd8",
    ".png": b"\x89PNG\r\n\x1a\n",
    ".mid": b"MThd",
    ".npz": b"PK",
}
ENDS = {".jpg": b"\xff\xd9", ".png": b"IEND\xaeB`\x82", ".mid": b"\xff\x2f\0"}


def registry():
    """The data sets of datasets.toml by name, in its order."""
    return tomllib.loads(REGISTRY.read_text("utf-8"))


def read_source(folder):
    """The folder's source.json as a dict; None if there is none that can be read.

    One that is no table, or of no kind that there is, counts as none.
    """
    try:
        source = json.loads((folder / "source.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(source, dict) or source.get("kind") not in KINDS:
        return None
    return {"name": folder.name, **source}


def satisfied(folder, wanted):
    """Whether a folder holds what is wanted: "original", "stand-in" or "either"."""
    source = read_source(folder)
    return source is not None and (wanted != "original" or source["kind"] != "stand-in")


def filled(folder):
    """Whether there is anything in a folder."""
    return folder.is_dir() and any(folder.iterdir())


def held(folder):
    """The files of a data set: all in its folder but source.json and hidden ones."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path != folder / "source.json"
        and not any(part[0] == "." for part in path.relative_to(folder).parts)
    ]


def broken(path):
    """Why a file cannot be whole, by its size, beginning and end; None if it may be."""
    with path.open("rb") as file:
        start = file.read(8)
        file.seek(max(0, path.stat().st_size - 64))
        end = file.read()
    if not start:
        return "empty"
    if not start.startswith(BEGINNINGS.get(path.suffix, b"")):
        return "not what its name says"
    cut = ENDS.get(path.suffix, b"") not in end
    if path.suffix == ".npz":
        cut = not zipfile.is_zipfile(path)
    if path.suffix == ".json":
        cut = end.rstrip()[-1:] not in (b"]", b"}")
    return "cut off" if cut else None


def complaint(folder, entry):
    """What is wrong with the files of data/NAME, in words; None if all is well.

    entry: its table of datasets.toml, or None. Compared are the registry's patterns and
    the number and bytes of the files that source.json states (if it states none,
    nothing is); a difference is looked for in each file.
    """
    source, problems = read_source(folder), []
    if not isinstance(source.get("files"), int):
        return None
    files = held(folder)
    for pattern, number in (entry["files"] if entry else {}).items():
        least = number if source["kind"] == "original" else 1
        found = sum(1 for _ in folder.glob(pattern))
        if found < least:
            problems.append(f"{found:,} files {pattern} where {least:,} belong")
    size, have = source.get("bytes"), sum(path.stat().st_size for path in files)
    if source["files"] != len(files):
        counted = f"{source['files']:,}"
        problems.append(f"{len(files):,} files where source.json counts {counted}")
    if problems or (isinstance(size, int) and size != have):
        named = ((path.relative_to(folder), broken(path)) for path in files)
        named = [f"{path} is {why}" for path, why in named if why]
        more = [f"and {len(named) - 3:,} more are damaged"] if len(named) > 3 else []
        problems += named[:3] + more
        if isinstance(size, int) and size != have:
            problems.append(f"{have:,} bytes where source.json counts {size:,}")
    return "; ".join(problems) or None


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
    old, kept, new = (beside(folder, what) for what in ("old", "kept", "new"))
    for former in (old, kept):
        if former.exists() and not folder.exists():
            former.rename(folder)
    if kept.exists():
        keep(kept, folder)
    for leftover in (old, new, beside(folder, "unpacked")):
        shutil.rmtree(leftover, ignore_errors=True)
    with contextlib.suppress(OSError):  # it stays if there is something in it
        beside(folder, "download").rmdir()


def keep(kept, folder):
    """Give what stood in data/NAME a name that is free, and say which."""
    number, target = 1, folder.with_name(f"{folder.name}.before")
    while target.exists():
        number += 1
        target = folder.with_name(f"{folder.name}.before-{number}")
    kept.rename(target)
    print(
        f"{folder.name}: what stood there is kept in {os.path.relpath(target)}; delete "
        "it when you do not need it.",
        flush=True,
    )


def swap(folder, about, digest, aside):
    """Describe data/.NAME.new in its source.json and put it in the place of data/NAME.

    about: kind, name, version and licence. aside: whether to keep what stood there.
    """
    new = beside(folder, "new")
    files = held(new)
    source = {
        **about,
        "files": len(files),
        "bytes": sum(path.stat().st_size for path in files),
        "sha256": digest,
        "date": datetime.date.today().isoformat(),
    }
    text = json.dumps(source, indent=2, ensure_ascii=False) + "\n"
    (new / "source.json").write_text(text, "utf-8")
    if folder.exists():
        folder.rename(beside(folder, "kept" if aside and filled(folder) else "old"))
    new.rename(folder)


def install(name, entry, kind, folder, aside, share=1.0):
    """Make data/NAME anew beside the old one, and swap them when it is complete.

    kind: "original" or "stand-in"; a set that is made here is its own original, or with
    a share below 1 a subset. aside: whether to keep what stood there. share: of what is
    made, to make. After any failure the folder is as it was; downloads stay, to be
    gone on with.
    """
    downloads, new = beside(folder, "download"), beside(folder, "new")
    stated = kind
    try:
        new.mkdir()
        if kind == "original":
            downloads.mkdir(exist_ok=True)
            about, digest = entry, bring_original(name, entry, downloads, new)
        else:
            what = "the stand-in" if "stand_in" in entry else "it"
            print(f"{name}: making {what} …", flush=True)
            about = entry.get("stand_in", entry)
            importlib.import_module(f"standins.{name}").make(new, share)
            check_files(new, dict.fromkeys(entry["files"], 1))
            digest = content_hash(new)
        title = about["title"]
        if kind == "stand-in" and about is entry:
            stated = "original" if share == 1 else "subset"
            title = title if share == 1 else f"Part of: {title}"
        about = {
            "kind": stated,
            "name": title,
            "version": about.get("version"),  # stand-ins have none
            "licence": about["licence"],
        }
        swap(folder, about, digest, aside)
        if kind == "original":
            shutil.rmtree(downloads)
    except Damaged:
        if kind == "original":
            shutil.rmtree(downloads)
        raise
    finally:
        recover(folder)


def refuse_link(folder):
    """Raise DataError if data/NAME is a symbolic link, which is never replaced."""
    if folder.is_symlink():
        raise DataError(
            f"{os.path.relpath(folder)} is a symbolic link to {os.readlink(folder)}, "
            "and nothing is written through it or in its place: remove the link first"
        )


def bring(name, entry, folder, wanted, force, share=1.0):
    """Bring one data set unless it is there; returns whether it had to.

    entry: None for a set of the reader's own. wanted: "original", "stand-in", or
    "either" (the original if it can be had). share: of a stand-in, to make.
    Raises DataError, or OSError if the disk is in the way.
    """

    def there():
        if force or not satisfied(folder, wanted):
            return False
        if problem := complaint(folder, entry):
            own = read_source(folder)["kind"] == "own"
            mend = f"--from {os.path.relpath(folder)} takes what is whole"
            if entry and not own:
                stand_in = read_source(folder)["kind"] == "stand-in"
                mend = f"{name} {'--stand-in ' if stand_in else ''}--force"
                mend = f"python scripts/download.py {mend} brings it anew"
            raise DataError(f"{os.path.relpath(folder)} is damaged ({problem}): {mend}")
        return True

    if there():
        return False
    if not entry:
        raise DataError("there is no such set to bring; --from makes one of your files")
    refuse_link(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        recover(folder)
        here = read_source(folder)
        if there():
            return False
        if filled(folder) and not (here or force):
            raise DataError(unknown_files(folder, entry))
        if filled(folder) and force:
            print(f"{name}: --force replaces what is in {os.path.relpath(folder)}.")
        made = wanted == "stand-in" or "generator" in entry
        kind = "stand-in" if made else "original"
        try:
            install(name, entry, kind, folder, force, share)
        except NoOriginal as error:
            if wanted != "either" or (here and here["kind"] != "stand-in"):
                raise
            print(f"{name}: {error}.")
            install(name, entry, "stand-in", folder, force, share)
    return True


def unknown_files(folder, entry):
    """A sentence on a folder filled by hand: what is there, and what is missing."""
    counts = {p: sum(1 for _ in folder.glob(p)) for p in entry["files"]}
    there = ", ".join(f"{count:,} {pattern}" for pattern, count in counts.items())
    place = os.path.relpath(folder)
    return (
        f"{place} holds {len(held(folder)):,} files ({there}), but no source.json that "
        f"tells which, so they may not have come from here: python scripts/download.py "
        f"{folder.name} --from {place} adopts them, --force puts others in their place"
    )


def bring_own_files(options, folder, layout):
    """Put the reader's own files into data/NAME, whatever stood there being kept.

    options: the command line. layout: the set whose layout they get, or None: guess.
    Raises DataError, or OSError if the disk is in the way.
    """
    from own_data import bring_own  # takes the time that Pillow takes

    origin = options.origin.expanduser()
    if folder.parent.resolve().is_relative_to(origin.resolve()):
        raise DataError(f"{origin} holds the data folder itself: name your files' own")
    refuse_link(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        recover(folder)
        new = beside(folder, "new")
        try:
            new.mkdir()
            own = bring_own(
                layout, origin, new, beside(folder, "unpacked"), options.columns
            )
            digest, here = content_hash(new), read_source(folder)
            named = [name for name in options.names if name != folder.name]
            title = named[0] if named else origin.resolve().stem
            about = {
                "kind": "own",
                "name": f"{title}, {own.taken:,} {own.what}",
                "version": None,
                "licence": "the reader's own files",
            }
            same = here and here["kind"] == "own" and here.get("sha256") == digest
            if not same:
                swap(folder, about, digest, True)
        finally:
            recover(folder)
    for line in [f"{own.taken:,} {own.what} taken", *own.report()]:
        print(f"{folder.name}: {line}" if line[0] != " " else line)
    if same:
        print(f"{folder.name}: these very files were there already.")


def print_list(entries, data_dir):
    """Print a table with a line for each data set, those of the reader's own too."""
    rows = [("name", "here", "download", "account", "licence", "source")]
    notes = []
    for name, entry in entries.items():
        folder = data_dir / name
        source = read_source(folder)
        size = f"{entry['size'] / 1e6:,.1f} MB"
        account = "Kaggle" if "kaggle" in entry else "none"
        kind = source["kind"] if source else "absent"
        page = entry.get("page", "made here")
        rows.append((name, kind, size, account, entry["licence"], page))
        if not source and filled(folder):
            notes.append(f"{name}: {unknown_files(folder, entry)}.")
        elif source and (problem := complaint(folder, entry)):
            notes.append(f"{name}: damaged ({problem}).")
    for folder in sorted(data_dir.glob("*")):
        source = read_source(folder)
        if source and folder.name not in entries and ".before" not in folder.name:
            licence = str(source.get("licence"))
            rows.append((folder.name, source["kind"], "-", "-", licence, "-"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    for note in notes:
        print(note)


def show(entry, folder, picture):
    """Draw into a PNG file, or print, some of what data/NAME holds."""
    from preview import preview  # takes the time that Matplotlib takes

    if not filled(folder):
        raise DataError(f"nothing is in {os.path.relpath(folder)} yet")
    if not entry:  # a set of the reader's own: what it is like
        for like in registry().values():
            if all(any(folder.glob(pattern)) for pattern in like["files"]):
                entry = like
                break
        else:
            raise DataError(f"{os.path.relpath(folder)} is like none of the sets")
    try:
        preview(folder, entry["preview"], picture)
    except ValueError as error:  # Pillow and Matplotlib go by the name
        raise DataError(f"{picture} cannot be drawn ({error}): call it …png") from None


def pairs(text):
    """A dict of "a=b,c=d". Raises argparse.ArgumentTypeError."""
    found = [part.partition("=") for part in text.split(",")]
    if not all(key.strip() and value.strip() for key, _, value in found):
        raise argparse.ArgumentTypeError("write it as title=COLUMN,directions=COLUMN")
    return {key.strip(): value.strip() for key, _, value in found}


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
    group.add_argument(
        "--from", dest="origin", type=Path, metavar="PATH", help="take your own files"
    )
    parser.add_argument(
        "--as",
        dest="place",
        metavar="SET",
        help="with --from: in the place of this set, or of the first one that a "
        "notebook (a path) reads",
    )
    parser.add_argument(
        "--columns",
        type=pairs,
        default={},
        metavar="FIELD=COLUMN,…",
        help="with --from: where the fields of a text set are in your table",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="replace what is here, which is kept beside it as NAME.before",
    )
    parser.add_argument("--list", action="store_true", help="show what there is")
    parser.add_argument("--preview", type=Path, metavar="PNG", help="draw 64 items")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", default=data_dir())
    options = parser.parse_args(arguments)
    options.data_dir = options.data_dir.expanduser()
    known = list(registry())
    if options.origin:
        check_own(parser, options, known)
        return options
    if options.place or options.columns:
        parser.exit(2, "--as and --columns belong to --from.\n")
    for name in options.names:
        own = re.fullmatch(r"[\w-]+", name) and read_source(options.data_dir / name)
        if name not in known and not own:
            near = difflib.get_close_matches(name, known, 1, 0)[0]
            parser.exit(2, f"There is no data set “{name}”: did you mean {near}?\n")
    if options.all:
        options.names = known
    if not options.names and not options.list:
        parser.exit(2, f"Name a data set ({', '.join(known)}) or give --all.\n")
    if options.preview and len(options.names) != 1:
        parser.exit(2, "Name one data set for --preview.\n")
    return options


def check_own(parser, options, known):
    """Check what stands beside --from; of a notebook, --as becomes the set it reads."""
    if options.all or options.list or options.preview or len(options.names) > 1:
        parser.exit(2, "--from makes one data set of your files: name that alone.\n")
    if (options.place or "").endswith(".ipynb"):
        from notebook_file import data_sets, read

        try:
            options.place = data_sets(read(options.place))[0]
        except (OSError, ValueError, IndexError, SyntaxError):
            parser.exit(2, f"{options.place} is no notebook that reads data.\n")
    if not options.names and not options.place:
        parser.exit(2, "Name a data set, or say with --as whose place it takes.\n")
    if options.place and options.place not in known:
        near = difflib.get_close_matches(options.place, known, 1, 0)[0]
        parser.exit(
            2, f"There is no data set “{options.place}”: did you mean {near}?\n"
        )
    for name in options.names:
        if not re.fullmatch(r"\w[\w-]*", name):
            parser.exit(2, f"“{name}” cannot be a folder's name: use letters and -.\n")


def explain(error, folder):
    """A sentence, without its full stop, for what the disk raised."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full: make room, or choose another with --data-dir"
    return (
        f"{error.filename or folder} cannot be used ({error.strerror or error}); "
        "--data-dir puts the data elsewhere"
    )


def main(arguments=None, share=1.0):
    """Run the command line; returns the exit code.

    share: of each stand-in, to make; the test suite needs but a part.
    """
    options = parse(arguments)
    entries = registry()
    if problem := load_keys(ENV_FILE):
        print(f"{problem}.", file=sys.stderr)
    if options.list:
        print_list(entries, options.data_dir)
        return 0
    wanted = "stand-in" if options.stand_in else "original"
    wanted = "either" if options.or_stand_in else wanted
    failed = False
    names = [options.place or options.names[0]] if options.origin else options.names
    for name in names:
        folder = options.data_dir / name
        entry, problem = entries.get(name), None
        try:
            if options.preview:
                show(entry, folder, options.preview)
                continue
            if options.origin:
                bring_own_files(options, folder, name if entry else None)
                fresh = True
            else:
                fresh = bring(name, entry, folder, wanted, options.force, share)
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
