"""Every notebook keeps the rules of docs/writing-a-notebook.md.

A rule is a function that takes a notebook and yields complaints. For each rule there
is a broken notebook below that this rule, and no other, complains about.
"""

import ast
import base64
import copy
import functools
import json
import math
import re
import struct
import sys
import tomllib

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from nbformat.v4 import new_notebook as new_file

import new_notebook as writer
from new_notebook import PLACE, SKELETON, code_cell, defined_name
from notebook_file import (
    NOTEBOOKS,
    ROOT,
    code_cells,
    code_hash,
    data_sets,
    notebook_name,
    outputs_hash,
    read,
    results_rows,
    sections,
    tagged_cells,
)
from prose_numbers import unshown_numbers

PATHS = sorted(NOTEBOOKS.glob("*/*.ipynb"))
HEADINGS = (
    "The story",
    "The idea",
    "Setup",
    "Parameters",
    "Data",
    "The model",
    "Training",
    "Results",
    "Exploring the model",
    "When it goes wrong",
    "What to remember",
    "Exercises",
    "Sources",
)
CHECKS = ROOT / "tests" / "checks.toml"
# Distributions that are imported under another name, and what comes with the kernel.
MODULES = {"scikit-learn": "sklearn", "pot": "ot", "pillow": "PIL"}
MODULES |= {"pygame-ce": "pygame"}
KERNEL = {"IPython", "matplotlib_inline"}
# They reach out to the network, start programs, or run what a file says.
OUTWARD = {"builtins", "code", "codeop", "ctypes", "importlib", "runpy", "subprocess"}
OUTWARD |= {"multiprocessing", "pty", "marshal", "pickle", "shelve", "pip", "dotenv"}
OUTWARD |= {"ftplib", "http", "imaplib", "poplib", "smtplib", "socket", "socketserver"}
OUTWARD |= {"asyncio", "kaggle", "requests", "ssl", "urllib", "webbrowser", "xmlrpc"}
GROUPS = ["# data", "# network", "# training", "# sampling", "# evaluation"]
TEST = re.compile(r"(?:\b|_)test(?:\b|_)")  # in a name or a key
ON_GPU = 'ON_GPU = bool(tf.config.list_physical_devices("GPU"))'
SEED = "keras.utils.set_random_seed(SEED)"
BUDGETS = {"epochs", "steps_per_epoch", "validation_steps"}
ITERATIONS = {"max_iter", "n_iter", "n_epochs", "num_epochs", "nrows"}
TRAINS = {"fit", "resumable_fit", "train_step", "train_on_batch", "apply_gradients"}
TRAINS |= {"GradientTape", "apply"}
SAME = {"allclose", "isclose", "array_equal", "shares_memory"}
PLACEHOLDER = re.compile(
    r"\b(?:TODO|FIXME|XXX|TBD)\b|@@|\?\?\?|lorem ipsum|\bNN_\w+", re.I
)
RULES = []


def rule(function):
    RULES.append(function)
    return function


def has_tag(cell, tag):
    return tag in cell.metadata.get("tags", [])


@functools.cache
def parsed(source):
    """The syntax tree of a cell: empty for what is not Python, see is_python."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


@functools.cache
def walked(source):
    return tuple(ast.walk(parsed(source)))


furniture_blocks = functools.cache(writer.furniture_blocks)


def is_shared(cell):
    """Whether a cell is one of scripts/furniture.py: another rule compares its text."""
    name = defined_name(cell.source)
    return has_tag(cell, "furniture") and name in furniture_blocks()


def nodes(notebook, *, outside=None, shared=False):
    """The syntax nodes of the code cells, but for those that carry a tag.

    shared: whether the cells of scripts/furniture.py count, too.
    """
    for cell in code_cells(notebook):
        if not has_tag(cell, outside) and (shared or not is_shared(cell)):
            yield from walked(cell.source)


def called(node):
    """The last name of what a call calls: `fit` for model.fit(x); else None."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name


def all_called(node):
    return {called(n) for n in ast.walk(node)} - {None}


def prose(notebook):
    cells = (c.source for c in notebook.cells if c.cell_type == "markdown")
    return "\n\n".join(cells)


def section(notebook, heading):
    """The text under a ## heading, up to the next one."""
    parts = sections(notebook)
    texts = (t for h, c, t in parts if h == heading and c.cell_type == "markdown")
    return "\n\n".join(texts)


def words(text):
    # A tag, and not the < of a formula.
    text = re.sub(r"```.*?```|</?[a-z][^<>]*>", "", text, flags=re.S)
    return len(re.findall(r"\w+", text))


def source_line(cell):
    """The first line of a cell, to name it."""
    return repr(cell.source.splitlines()[0])


def code_lines(cell):
    """The number of lines that are neither blank nor a comment."""
    lines = (line.strip() for line in cell.source.splitlines())
    return sum(not line.startswith("#") for line in lines if line)


def outputs(notebook):
    for cell in code_cells(notebook):
        yield from cell.outputs


def pictures(cell):
    """Width and height in pixels of each PNG that a cell stores."""
    for output in cell.get("outputs", []):
        if png := output.get("data", {}).get("image/png"):
            # A PNG holds its size, big-endian, in bytes 16 to 24.
            yield struct.unpack(">II", base64.b64decode(png[:64])[16:24])


def trains(notebook):
    for node in nodes(notebook, outside="furniture"):
        match node:
            case ast.Attribute(attr="fit" | "GradientTape", value=value) if (
                not isinstance(value, ast.Call)
            ):
                return True
            case ast.Call(func=ast.Name(id="resumable_fit")):
                return True
    return False


@rule
def is_python(notebook):
    """No magics and no shell lines: the test runner passes over their failures."""
    for cell in code_cells(notebook):
        line = cell.source.splitlines()[0]
        if re.search(r"^\s*[%!]", cell.source, re.M):
            yield f"magic or shell line in {line!r}"
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            yield f"no Python: {error} in {line!r}"


@rule
def has_headings_in_order(notebook):
    found = re.findall(r"^## (.*)$", prose(notebook), re.M)
    expected = list(HEADINGS)
    if not trains(notebook):
        optional = ("The model", "Training")
        expected = [h for h in expected if h in found or h not in optional]
    if found != expected:
        yield f"headings {found}, expected {expected}"


@rule
def opens_with_goals_and_time(notebook):
    opening = notebook.cells[0].source
    if not re.match(r"# \d+\.\d+ \S", opening):
        yield "the title is not like '# 3.2 Variational autoencoder'"
    goals = len(re.findall(r"^- ", opening, re.M))
    if "In this notebook you will" not in opening or not 3 <= goals <= 5:
        yield f"{goals} goals under 'In this notebook you will', expected 3 to 5"
    if not re.search(r"^\*Executed on .* in ([\d.]+|under a) minutes?", opening, re.M):
        yield "no line '*Executed on … in … minutes …*'"


@rule
def shows_its_picture(notebook):
    """In the title cell: what the cell tagged `gallery` drew."""
    opening = notebook.cells[0].source
    link = re.search(
        r"^!\[(.*)\]\(../../docs/gallery/(\d\d)_(\d\d)\.png\)$", opening, re.M
    )
    title = re.match(r"# (\d+)\.(\d+)", opening)
    if not link or len(link[1].split()) < 3:
        yield "no '![what it shows, in words](../../docs/gallery/NN_MM.png)' on top"
    elif title and [int(n) for n in link.groups()[1:]] != [
        int(n) for n in title.groups()
    ]:
        yield f"the picture {link[2]}_{link[3]}.png of another notebook"
    cells = tagged_cells(notebook, "gallery")
    if len(cells) != 1 or not any(pictures(cells[0])):
        yield f"{len(cells)} cells tagged gallery, expected one that stores a PNG"


@rule
def tells_a_short_story(notebook):
    if not 0 < words(section(notebook, "The story")) <= 150:
        yield "the story is missing or over 150 words"


@rule
def has_one_parameters_cell(notebook):
    cells = tagged_cells(notebook, "parameters")
    if len(cells) != 1:
        yield f"{len(cells)} cells tagged parameters"
        return
    if not cells[0].source.startswith(ON_GPU + "\n"):
        yield f"the parameters cell does not start with {ON_GPU}"
    for statement in parsed(cells[0].source).body:
        plain = isinstance(statement, ast.Assign) and all(
            isinstance(t, ast.Name) and t.id.isupper() for t in statement.targets
        )
        if not plain:
            yield f"not a plain assignment: {ast.unparse(statement)}"
        elif statement.targets[0].id == "SEED" and not number(statement.value):
            yield "SEED is not a number"
    cells = code_cells(notebook)
    following = cells[cells.index(tagged_cells(notebook, "parameters")[0]) + 1 :]
    body = parsed(following[0].source).body if following else []
    if SEED not in map(ast.unparse, body):
        yield "the cell after the parameters does not set the seed"


def parameters(notebook):
    """The statements of the parameters cell by the names that they bind."""
    for cell in tagged_cells(notebook, "parameters"):
        for statement in parsed(cell.source).body:
            for target in getattr(statement, "targets", []):
                yield getattr(target, "id", ""), statement


def bound_name(node):
    """The name that a syntax node binds, changes or deletes; None for most."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return name
        case (
            ast.FunctionDef(name=name)
            | ast.ClassDef(name=name)
            | ast.arg(arg=name)
            | ast.alias(asname=str(name))
            | ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
        ):
            return name
        case (
            ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del())
            | ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del())
            | ast.Attribute(
                value=ast.Name(id=name),
                attr="append" | "clear" | "extend" | "insert" | "pop" | "remove",
            )
        ):
            return name


@rule
def keeps_its_parameters(notebook):
    found = list(parameters(notebook))
    names = [name for name, _ in found]
    for name in {name for name in names if names.count(name) > 1}:
        yield f"{name} is set twice"
    for node in nodes(notebook, outside="parameters"):
        if (name := bound_name(node)) in names:
            yield f"{name} is changed outside the parameters cell"
    everywhere = [
        node.id
        for node in nodes(notebook, shared=True)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    ]
    for name, statement in found:
        itself = [getattr(node, "id", None) for node in ast.walk(statement.value)]
        if name != "ON_GPU" and everywhere.count(name) <= itself.count(name):
            yield f"{name} is not used"


def number(node):
    """The number that a syntax node is, or None."""
    match node:
        case ast.Constant(value=int(n) | float(n)) if not isinstance(n, bool):
            return n


def limits(node):
    """Whether an expression holds a number, but for the 1 of max(1, …) and n + 1."""
    match node:
        case ast.Call(func=ast.Name(id="max"), args=[ast.Constant(value=1), other]):
            return limits(other)
        case ast.BinOp(op=ast.Add(), left=left, right=ast.Constant(value=1)):
            return limits(left)
        case ast.Subscript(value=value):
            return limits(value)
        case ast.Constant(value=str(text)):
            return text.isdecimal()
    children = ast.iter_child_nodes(node)
    return number(node) is not None or any(map(limits, children))


def shortens(node):
    """Whether an expression holds a slice of the first axis with a number in it."""
    for part in ast.walk(node):
        match part:
            case ast.Subscript(slice=ast.Call(args=[*_, last])) if number(last):
                return True
            case (
                ast.Subscript(slice=ast.Slice() as rows)
                | ast.Subscript(slice=ast.Tuple(elts=[ast.Slice() as rows, *_]))
            ):
                for bound in (rows.lower, rows.upper, rows.step):
                    match bound:
                        case (
                            ast.UnaryOp(operand=value)
                            | ast.BinOp(
                                op=ast.Div() | ast.FloorDiv() | ast.RShift(),
                                right=value,
                            )
                        ):
                            bound = value
                    if number(bound) is not None:
                        return True
    return False


def budget_of_call(node, fixed, functions):
    """What limits the work in a call: yields the expressions.

    fixed: names that are bound to numbers. functions: the names of the arguments of
    the notebook's own functions.
    """
    name = called(node)
    given = {word.arg: word.value for word in node.keywords}
    if isinstance(node.func, ast.Name) and functions:
        given |= dict(zip(functions.get(name, ()), node.args, strict=False))
    elif name == "fit" and len(node.args) > 3:
        given["epochs"] = node.args[3]
    bounds = [value for key, value in given.items() if key in BUDGETS]
    bounds += [v for k, v in given.items() if k in ITERATIONS and number(v)]
    match name, node.args:
        case ("take" | "shard", [value]) | ("shard", [value, _]):
            bounds.append(value)
        case "islice", [_, *values]:
            bounds += values
        case ("choice" | "sample", [_, value] | [value]) if (number(value) or 0) >= 100:
            yield value
    if {"frac", "train_size"} & set(given):
        bounds += [given.get("frac", ast.Constant(1)), given.get("train_size", node)]
        bounds = [b for b in bounds if b is not node and number(b) != 1]
    for value in bounds:
        if limits(value) or (isinstance(value, ast.Name) and value.id in fixed):
            yield value
    if name in ("fit", "resumable_fit", "from_tensor_slices"):
        yield from filter(shortens, (*node.args, *given.values()))
    keras = {"batch_size", "validation_data", "callbacks", "steps_per_epoch"}
    if name == "fit" and keras & set(given) and not {"epochs", None} & set(given):
        yield node


def budget_of_loop(node):
    """What limits a loop that trains: yields the expressions."""
    if not TRAINS & set().union(*map(all_called, node.body)):
        return
    if isinstance(node, ast.While):
        if any((number(n) or 0) > 1 for n in ast.walk(node.test)):
            yield node.test
        return
    for part in ast.walk(node.iter):
        if called(part) == "range" and any((number(a) or 0) > 1 for a in part.args):
            yield part
    if shortens(node.iter):
        yield node.iter
    if any(isinstance(n, ast.Break) for part in node.body for n in ast.walk(part)):
        yield node.iter


@rule
def has_budget_in_parameters_only(notebook):
    if not tagged_cells(notebook, "parameters"):
        return  # another rule's
    own = list(nodes(notebook, outside="parameters"))
    names = {name for name, _ in parameters(notebook)}
    fixed, functions = set(), {}
    for node in nodes(notebook, outside="parameters", shared=True):
        if isinstance(node, ast.FunctionDef):
            functions[node.name] = [a.arg for a in node.args.args]
    for node in own:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                fixes = number(value) is not None or called(value) == "min"
                if fixes and name not in names:
                    fixed.add(name)
                of_training = re.search(r"(?:\b|_)train(?:ing)?(?:\b|_)", name)
                if of_training and shortens(value):
                    yield f"{ast.unparse(node)} outside the parameters cell"
            case ast.Slice(lower=None, upper=ast.Constant(value=int(n))) if n >= 100:
                yield f"[:{n}] outside the parameters cell"
            case ast.FunctionDef(args=arguments):
                pairs = zip(
                    reversed(arguments.args), reversed(arguments.defaults), strict=False
                )
                pairs = (
                    *pairs,
                    *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
                )
                for argument, value in pairs:
                    if argument.arg in BUDGETS and value and limits(value):
                        yield f"{argument.arg}={ast.unparse(value)} in {node.name}"
    for node in own:
        found = ()
        if isinstance(node, ast.Call):
            found = budget_of_call(node, fixed, functions)
        elif isinstance(node, ast.For | ast.While):
            found = budget_of_loop(node)
        for value in found:
            yield f"{ast.unparse(value)} outside the parameters cell"


@functools.cache
def importable():
    """The modules that a notebook may import: pinned ones and the standard library."""
    text = (ROOT / "requirements.txt").read_text("utf-8")
    pinned = [n.lower() for n in re.findall(r"^([\w.-]+)==", text, re.M)]
    modules = {MODULES.get(name, name) for name in pinned}
    return (modules | sys.stdlib_module_names | KERNEL) - OUTWARD


@rule
def imports_installed_libraries_only(notebook):
    for node in nodes(notebook):
        names = []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if not node.level else ["."]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.split(".")[0] not in importable():
                yield f"no library of requirements.txt: {ast.unparse(node)}"


BUILTINS = {"eval", "exec", "compile", "exit", "quit", "input", "breakpoint"}
BUILTINS |= {"globals", "locals", "vars", "__import__", "__builtins__", "get_ipython"}
CALLS_OUT = {"IFrame", "Javascript", "YouTubeVideo", "system", "popen", "fork", "_exit"}
CALLS_OUT |= {"chdir", "putenv", "get_ipython", "run_line_magic", "run_cell_magic"}
CALLS_OUT |= {"get_file", "load_data", "urlopen", "urlretrieve", "import_module"}
CALLS_OUT |= {"enable_unsafe_deserialization", "rmtree"}
LOOSE = {"allow_pickle": True, "safe_mode": False, "shell": True, "verify": False}


@rule
def stays_within_the_notebook(notebook):
    """Runs no text, starts no program, and asks the network for nothing."""
    for node in nodes(notebook):
        match node:
            case ast.Name(id=name) if name in BUILTINS | CALLS_OUT or name.startswith(
                "fetch_"
            ):
                yield name
            case (
                ast.Subscript(
                    value=ast.Attribute(attr="environ"),
                    slice=ast.Constant(value=str(key)),
                )
                | ast.Call(
                    func=ast.Attribute(value=ast.Attribute(attr="environ")),
                    args=[ast.Constant(value=str(key)), *_],
                )
            ) if not re.match(r"KERAS_BACKEND$|TF_|CUDA_|GDL_", key):
                yield ast.unparse(node)
            case ast.Attribute(attr=name) if name in CALLS_OUT or re.match(
                r"fetch_\w|spawn|exec[lv]", name
            ):
                yield ast.unparse(node)
            case ast.Attribute(value=ast.Name(id="sys"), attr="path" | "modules"):
                yield ast.unparse(node)
            case ast.ImportFrom(module="sys" | "os", names=names) if {
                n.name for n in names
            } & {"path", "modules", *CALLS_OUT}:
                yield ast.unparse(node)
            case ast.keyword(arg=name, value=value) if name in LOOSE:
                if getattr(value, "value", LOOSE[name]) == LOOSE[name]:
                    yield ast.unparse(node)
            case ast.keyword(arg="weights", value=ast.Constant(value="imagenet")):
                yield ast.unparse(node)
            case ast.Constant(value=str(text)) if re.match(
                r"(?:https?|ftp|s3|gs|file|git)://", text
            ):
                yield f"the address {text!r}"


ABSOLUTE = re.compile(
    r"/\w+/|~[/\w]|~$|[A-Za-z]:[\\/]|\\\\\w|/(?:home|root|tmp|Users|usr|etc|var|opt|mnt|"
    r"media|data|content|kaggle|app|srv|work|workspace|Volumes|proc|dev|gdl)$"
)
MACHINE = re.compile(
    r"(?<![\w./-])/(?:home|root|Users|tmp|app|gdl|mnt|srv|var|opt|work|workspace|content|"
    r"private|Volumes|usr/lib|usr/local)/[\w.-]\S*|\b[A-Z]:\\\\?\w\S*|\\\\wsl\S+"
)


def texts(output):
    """All that an output says, of whatever kind, but for pictures in base 64."""
    yield output.get("text", "")
    yield from output.get("traceback", [])
    for kind, data in output.get("data", {}).items():
        if not kind.startswith("image/") or "svg" in kind:
            yield data if isinstance(data, str) else json.dumps(data)


@rule
def has_no_absolute_paths(notebook):
    for node in nodes(notebook):
        match node:
            case ast.Constant(value=str(text)) if ABSOLUTE.match(text):
                yield f"absolute path {text!r}"
            case ast.Call(args=[ast.Constant(value="/" | "C:"), *_]) if called(
                node
            ) in ("Path", "join", "open"):
                yield f"absolute path {ast.unparse(node)}"
    for output in outputs(notebook):
        for text in texts(output):
            text = re.sub(r"data:audio/[\w-]+;base64,[\w+/=]+", "", text)
            if found := MACHINE.search(text):
                yield f"path of a machine in an output: {found[0]}"
    if found := MACHINE.search(prose(notebook)):
        yield f"path of a machine in the text: {found[0]}"


WRITERS = {"open", "Path", "savefig", "to_csv", "to_json", "save_weights", "savez"}
WRITERS |= {"load_weights", "load_model", "read_csv", "imread", "imsave", "loadtxt"}
WRITERS |= {"savetxt", "savez_compressed", "read_json", "fromfile", "read_parquet"}


@rule
def reads_through_data_folder(notebook):
    """And writes to RUN_DIR: no other cell than the set-up knows of other folders.

    But for the stored notebooks, which the last one reads: "../*/*.ipynb".
    """
    for cell in code_cells(notebook):
        if is_shared(cell):
            continue
        for statement in parsed(cell.source).body:
            text = ast.unparse(statement)
            if re.match(r"(DATA_DIR|RUNS|RUN_DIR) = .*GDL_(DATA|RUNS)\b", text):
                continue
            if re.match(r"RUN_DIR = RUNS / '[\w/]+'$", text):
                continue
            if getattr(statement, "name", None) == "data_folder":
                continue
            for node in ast.walk(statement):
                match node:
                    case ast.BinOp(left=ast.Attribute(attr="parent")):
                        yield f"{ast.unparse(node)} leaves the data set"
                    case ast.Name(id="DATA_DIR" | "RUNS" | "__file__"):
                        yield f"{node.id} outside data_folder"
                    case ast.Attribute(
                        attr="home"
                        | "cwd"
                        | "getcwd"
                        | "expanduser"
                        | "expandvars"
                        | "getenv"
                        | "gettempdir"
                    ):
                        yield f"{ast.unparse(node)} outside the set-up"
                    case ast.Constant(value=str(text)) if re.match(
                        r"\.\.(/(?!\*/\*\.ipynb$)|$)|GDL_(DATA|RUNS)$", text
                    ):
                        yield f"{text!r} outside the set-up"
                    case ast.Call(args=[ast.Constant(value=str(text)), *_]) if called(
                        node
                    ) in WRITERS and re.match(r"(?![~/]|[A-Z]:|\w+://).*[./]", text):
                        yield f"{ast.unparse(node)}: neither in RUN_DIR nor in the data"


def broad(node):
    """Whether an except clause or a suppress() takes every error."""
    every = ("Exception", "BaseException")
    return node is None or any(getattr(n, "id", "") in every for n in ast.walk(node))


@rule
def lets_errors_and_warnings_through(notebook):
    for node in nodes(notebook):
        match node:
            case ast.ExceptHandler(type=kind) if broad(kind):
                yield "an except clause that takes every error"
            case ast.Try(body=body, handlers=[_, *_]) if any(
                TRAINS & all_called(part)
                or any(isinstance(n, ast.Assert) for n in ast.walk(part))
                for part in body
            ):
                if not any(isinstance(n, ast.Raise) for n in ast.walk(node)):
                    yield "training or a check in a try"
            case ast.Call() if called(node) == "suppress":
                around = any(map(broad, node.args)) or not node.args
                if around or "AssertionError" in ast.unparse(node):
                    yield ast.unparse(node)
            case ast.Attribute(
                attr="filterwarnings"
                | "simplefilter"
                | "catch_warnings"
                | "seterr"
                | "redirect_stderr"
                | "redirect_stdout"
                | "capture_output"
                | "disable_interactive_logging"
            ):
                yield ast.unparse(node)
            case ast.alias(name="redirect_stderr" | "redirect_stdout"):
                yield f"import of {node.name}"
            case ast.Attribute(value=ast.Name(id="logging"), attr="disable"):
                yield ast.unparse(node)


@rule
def runs_every_line(notebook):
    """No cell and no line is left out, and no output is hidden."""
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        bad = re.compile(r"nbval-(?!check-output$)|skip|raises|remove|hide.?(out|cell)")
        if found := [tag for tag in tags if bad.search(tag)]:
            yield f"the tag {found[0]}"
        if cell.cell_type not in ("code", "markdown"):
            yield f"a {cell.cell_type} cell"
        folded = cell.metadata.get("jupyter", {})
        if folded.get("outputs_hidden") or cell.metadata.get("collapsed"):
            yield "a hidden output"
        if re.search(r"^#\s*(NBVAL_|PYTEST_VALIDATE)", cell.source, re.M):
            yield "a comment that the test runner obeys"
    for node in nodes(notebook):
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            test = node.test
            if any(isinstance(n, ast.Name) for n in ast.walk(test)):
                continue
            if not isinstance(node, ast.While) or ast.unparse(test) != "True":
                yield f"never or always: {ast.unparse(test)}"
        elif isinstance(node, ast.Name) and node.id == "SystemExit":
            yield "SystemExit"


@rule
def draws_from_seeded_generators(notebook):
    for node in nodes(notebook):
        match node:
            case ast.Call(args=[] | [ast.Constant(value=None)], keywords=[]) if called(
                node
            ) in ("default_rng", "RandomState", "SeedSequence", "seed"):
                yield f"{ast.unparse(node)} draws other numbers in each run"
            case ast.Call(args=[value, *_]) if "seed" in (called(node) or "") or (
                called(node) == "default_rng"
            ):
                if {"time", "time_ns", "getpid", "urandom"} & all_called(value):
                    yield f"{ast.unparse(node)} draws other numbers in each run"
            case ast.Attribute(attr="from_non_deterministic_state" | "SystemRandom"):
                yield ast.unparse(node)


@rule
def explains_its_code(notebook):
    lines = sum(map(code_lines, code_cells(notebook)))
    if words(prose(notebook)) < 4 * lines:
        yield f"{words(prose(notebook)) / lines:.1f} words a code line, minimum 4"


@rule
def has_short_cells(notebook):
    for cell in code_cells(notebook):
        if has_tag(cell, "furniture"):
            continue
        body = parsed(cell.source).body
        is_class = len(body) == 1 and isinstance(body[0], ast.ClassDef)
        most = 50 if is_class else 30
        if code_lines(cell) > most:
            yield f"a cell of over {most} lines: {source_line(cell)}"


@rule
def fits_one_sitting(notebook):
    own = [c for c in code_cells(notebook) if not has_tag(c, "furniture")]
    lengths = {
        "cells": (len(notebook.cells), 90),
        "code lines outside furniture": (sum(map(code_lines, own)), 450),
        "words": (words(prose(notebook)), 4500),
    }
    for name, (length, most) in lengths.items():
        if length > most:
            yield f"{length} {name}, at most {most}"


@rule
def draws_the_idea_first(notebook):
    """A figure, then at most 300 words (a formula counts as one) and 3 equations."""
    text, drawn = section(notebook, "The idea"), False
    for heading, cell, part in sections(notebook):
        if heading == "The idea":
            drawn = drawn or any(pictures(cell))
            if "$$" in part and not drawn:
                yield "an equation before the figure"
    if not drawn:
        yield "no figure"
    if (equations := text.count("$$") // 2) > 3:
        yield f"{equations} displayed equations, at most 3"
    plain = re.sub(r"\$\$.*?\$\$|\$[^$]+\$", " x ", text, flags=re.S)
    if words(plain) > 300:
        yield f"{words(plain)} words, at most 300"


@rule
def says_what_to_remember(notebook):
    text = section(notebook, "What to remember")
    lines = len(re.findall(r"^(?:[-*]|\d+\.) \S", text, re.M))
    if not 3 <= lines <= 5:
        yield f"{lines} lines under 'What to remember', expected 3 to 5"


def sets_up(source):
    """Whether a cell only imports and sets environment variables."""
    return all(
        isinstance(node, ast.Import | ast.ImportFrom)
        or ast.unparse(node).startswith("os.environ[")
        for node in parsed(source).body
    )


@functools.cache
def shared_texts():
    """The functions and classes of scripts/furniture.py: name to text."""
    body = ast.parse(writer.FURNITURE.read_text("utf-8")).body
    return {n.name: ast.unparse(n) for n in body if hasattr(n, "name")}


@rule
def shares_its_furniture(notebook):
    blocks = furniture_blocks()
    found = set()
    for heading, cell, source in sections(notebook):
        if cell.cell_type == "markdown":
            continue
        if not has_tag(cell, "furniture"):
            for node in parsed(source).body:
                name = getattr(node, "name", None)
                if ast.unparse(node) != shared_texts().get(name, ast.unparse(node)):
                    yield f"{name} differs from scripts/furniture.py"
            continue
        if not cell.metadata.get("jupyter", {}).get("source_hidden"):
            yield f"not folded: {source.splitlines()[0]!r}"
        name = defined_name(source)
        found.add(name)
        if name in blocks:
            if re.sub(r'"\d\d_\w+/\d\d_\w+"', f'"{PLACE}"', source) != blocks[name]:
                yield f"{name} differs from scripts/furniture.py"
        elif heading != "The idea" and not sets_up(source):
            yield f"no furniture: {source.splitlines()[0]!r}"
    if "setup" not in found:
        yield "no furniture cell that sets up"


@rule
def groups_its_parameters(notebook):
    for cell in tagged_cells(notebook, "parameters"):
        lines = cell.source.splitlines()
        comments = [line for line in lines if line.startswith("#")]
        if comments != [group for group in GROUPS if group in comments]:
            yield f"groups {comments}, expected some of {GROUPS} in this order"
        names = [i for i, line in enumerate(lines) if re.match(r"[A-Z]", line)]
        if len(names) > 1 and not any(c in lines[: names[1]] for c in comments):
            yield f"before the first group: {lines[names[1]]}"


@rule
def keeps_the_test_set_for_the_results(notebook):
    for node in nodes(notebook):
        match node:
            case ast.keyword(arg="validation_data", value=value):
                name = "validation_data"
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if (
                "validation" in name
            ):
                pass
            case ast.Call(func=ast.Attribute(attr="fit"), keywords=words) if any(
                word.arg == "epochs" for word in words
            ):
                name, value = "a fit", ast.Tuple(node.args, ast.Load())
            case ast.Call(func=ast.Name(id=name)) if name == "resumable_fit":
                value = ast.Tuple(node.args, ast.Load())
            case _:
                continue
        if TEST.search(ast.unparse(value)):
            yield f"{name} from {ast.unparse(value)}"


@rule
def draws_without_smoothing(notebook):
    if "```mermaid" in prose(notebook):
        yield "a Mermaid diagram: draw it with Matplotlib"
    for node in nodes(notebook):
        match node:
            case ast.Call(func=ast.Attribute(attr="imshow"), keywords=keywords):
                for word in map(ast.unparse, keywords):
                    if re.match("interpolation=(?!'nearest')", word):
                        yield f"imshow with {word}"


@rule
def quotes_numbers_that_it_shows(notebook):
    for numbers, sentence in unshown_numbers(notebook):
        yield f"not shown: {', '.join(numbers)} in {sentence!r}"


def checks(nodes):
    """The assert statements, calls of np.testing and calls of check_disjoint."""
    for node in nodes:
        match node:
            case (
                ast.Assert()
                | ast.Call(func=ast.Attribute(value=ast.Attribute(attr="testing")))
                | ast.Call(func=ast.Name(id="check_disjoint"))
            ):
                yield node


@rule
def proves_its_key_property(notebook):
    cells = tagged_cells(notebook, "nbval-check-output")
    if not any(any(checks(walked(cell.source))) for cell in cells):
        yield "no check cell: an assert in a cell tagged nbval-check-output"


@rule
def ends_in_a_check_of_the_results(notebook):
    last = parsed(code_cells(notebook)[-1].source).body
    if not any(
        isinstance(statement, ast.Assert)
        and {"isfinite", "all"} <= all_called(statement)
        and "results" in ast.unparse(statement)
        for statement in last
    ):
        yield "the last code cell does not assert that the results are finite"


def always_true(test):
    """Whether a condition holds, or fails, whatever the notebook computes."""
    match test:
        case ast.Tuple() | ast.List() | ast.Dict() | ast.Constant():
            return True
        case ast.UnaryOp(operand=operand):
            return always_true(operand)
        case ast.BoolOp(values=values):
            return any(map(always_true, values))
        case ast.Compare(left=left, comparators=[right], ops=[operator]):
            of_size = called(left) in ("len", "abs", "sum") and number(right) == 0
            if of_size and isinstance(operator, ast.GtE):
                return True
            if ast.unparse(left) == ast.unparse(right):
                return True
        case ast.Call(args=[first, second, *_]) if called(test) in SAME or called(
            test
        ).startswith("assert_"):
            if ast.unparse(first) == ast.unparse(second):
                return True
        case ast.Call(func=ast.Name(id="callable" | "bool"), args=[_]):
            return test.func.id == "callable" or always_true(test.args[0])
        case ast.Call(args=[_, ast.Name(id="object")]):
            return True
        case ast.NamedExpr():
            return True
    return not any(isinstance(node, ast.Name) for node in ast.walk(test))


@rule
def has_checks_that_can_fail(notebook):
    for node in nodes(notebook):
        match node:
            case ast.Assert(test=test) if always_true(test):
                yield f"no check: {ast.unparse(node)}"
            case ast.Call() if (called(node) or "").startswith("assert_"):
                if always_true(node):
                    yield f"no check: {ast.unparse(node)}"
            case ast.keyword(arg="atol" | "rtol", value=value) if limits(value):
                sizes = [abs(number(n) or 0) for n in ast.walk(value)]
                if max(sizes) >= 1:
                    yield f"a check that forgives much: {ast.unparse(node)}"
            case ast.keyword(arg="atol" | "rtol", value=value) if "inf" in ast.unparse(
                value
            ):
                yield f"a check that forgives all: {ast.unparse(node)}"


@rule
def checks_that_its_splits_are_disjoint(notebook):
    calls = [
        node
        for cell in code_cells(notebook)
        if not is_shared(cell)
        for statement in parsed(cell.source).body
        for node in checks([getattr(statement, "value", statement)])
        if called(node) == "check_disjoint"
    ]
    compared = any(len({*map(ast.unparse, node.args)}) > 1 for node in calls)
    if trains(notebook) and data_sets(notebook) and not compared:
        yield "no check_disjoint(training, validation, test)"


@rule
def was_run_in_order_without_errors(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"cells unrun or out of order: {counts}"
    if any(output.output_type == "error" for output in outputs(notebook)):
        yield "an error output"


@rule
def has_no_warnings(notebook):
    for output in outputs(notebook):
        text = output.get("text", "")
        if output.get("name") == "stderr" or re.search(r"^WARNING", text, re.M):
            yield f"a warning in an output: {text[:80]!r}"


SHOWN = {"text/plain", "text/html", "image/png", "image/svg+xml", "text/markdown"}
ACTIVE = re.compile(
    r"<\s*(?:script|iframe|object|embed|form|link|meta|base|input|button|video)\b"
    r"|\son\w+\s*=|javascript:|(?:src|href|action)\s*=\s*[\"']?(?:https?:|//)"
    r"|url\(|@import|expression\(|<img\b",
    re.I,
)


@rule
def shows_text_tables_and_pictures_alone(notebook):
    for output in outputs(notebook):
        data = output.get("data", {})
        if strange := set(data) - SHOWN:
            yield f"an output of kind {', '.join(strange)}"
        if output.output_type not in ("stream", "display_data", "execute_result"):
            continue  # an error: another rule's
        for text in texts(output):
            if found := ACTIVE.search(text):
                yield f"an output that acts or loads: {found[0]}"
        if png := data.get("image/png"):
            if not base64.b64decode(png).startswith(b"\x89PNG\r\n\x1a\n"):
                yield "a picture that is no PNG"
            if len(png) > 700_000:
                yield f"a picture of {len(png):,} bytes, at most 700,000"


@rule
def is_small(notebook):
    size = len(nbformat.writes(notebook).encode())
    if size > 3e6:
        yield f"{size / 1e6:.1f} MB, at most 3"


@rule
def has_pictures_of_a_good_size(notebook):
    for cell in code_cells(notebook):
        for width, height in pictures(cell):
            if width > 1100 or height > 1400 or min(width, height) < 64:
                yield f"a picture of {width} by {height} pixels"


@rule
def has_a_valid_receipt(notebook):
    receipt = notebook.metadata.get("receipt", {})
    if receipt.get("code_sha256") != code_hash(notebook):
        yield "the outputs are not from this code: run make execute"
    if receipt.get("outputs_sha256") != outputs_hash(notebook):
        yield "the outputs were changed after the run: run make execute"
    if receipt.get("seconds", 0) > 1800:
        yield f"ran for {receipt['seconds']} s, at most 1800"
    if sorted(receipt.get("data", {})) != sorted(data_sets(notebook)):
        yield "the receipt does not name the data sets that the code reads"


@rule
def reads_registered_data(notebook):
    registry = tomllib.loads((ROOT / "scripts" / "datasets.toml").read_text("utf-8"))
    for name in data_sets(notebook):
        if name not in registry:
            yield f"data set {name!r} is not in datasets.toml"


def beats(value, row):
    """Whether a value is better than the row's baseline, in the row's sense."""
    baseline = row["baseline"]
    match row["better"]:
        case "higher":
            return value > baseline
        case "lower":
            return value < baseline
        case "nearer":
            reference = row["reference"]
            return abs(value - reference) < abs(baseline - reference)


@rule
def beats_its_baselines(notebook):
    if len(tagged_cells(notebook, "results")) != 1:
        yield "not exactly one cell tagged results"
    try:
        rows = results_rows(notebook)
    except ValueError as error:
        yield str(error)
        return
    columns = {"metric", "value", "baseline", "reference", "sd", "better"}
    if missing := columns - set(rows[0]):
        yield f"results without the columns {sorted(missing)}"
        return
    metrics = [row["metric"] for row in rows]
    for name in ("training time (s)", "parameters"):
        if trains(notebook) and name not in metrics:
            yield f"results without the row {name!r}"
    for row in rows:
        metric, value = row["metric"], row["value"]
        for key in ("value", "baseline", "reference", "sd"):
            if row[key] is not None and not (
                isinstance(row[key], int | float) and math.isfinite(row[key])
            ):
                yield f"{metric}: the {key} is {row[key]!r}"
                return
        if row["better"] not in ("higher", "lower", "nearer"):
            yield f"{metric}: better is {row['better']!r}"
        elif row["better"] == "nearer" and row["reference"] is None:
            yield f"{metric}: nearer to no reference"
        elif value is None:
            yield f"{metric}: no value"
        elif row["baseline"] is not None:
            admitted = metric.endswith("(loses)") and row is not rows[0]
            if beats(value, row) == admitted:
                yield f"{metric}: {value} against {row['baseline']}"
            if admitted and "loses" not in notebook.cells[0].source:
                yield f"{metric}: the first cell does not say that it loses"


@rule
def computes_its_results(notebook):
    """The table holds no typed number, and nothing changes it afterwards."""
    for cell in code_cells(notebook):
        for node in walked(cell.source):
            if bound_name(node) == "results" and not has_tag(cell, "results"):
                yield f"results are changed in {source_line(cell)}"
            match node:
                case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()):
                    if re.match(r"results\b.", ast.unparse(node)):
                        yield f"a result is overwritten: {ast.unparse(node)}"
                case (
                    ast.Tuple(elts=[ast.Constant(value=str(name)), value, *_])
                    | ast.List(elts=[ast.Constant(value=str(name)), value, *_])
                ) if has_tag(cell, "results") and number(value):
                    yield f"{name}: the value is typed"
        if has_tag(cell, "results"):
            last = parsed(cell.source).body[-1:]
            if [ast.unparse(statement) for statement in last] != ["results"]:
                yield "the results cell does not end in `results`"


@rule
def has_three_exercises(notebook):
    text = section(notebook, "Exercises")
    questions = re.split(r"<details>.*?</details>", text, flags=re.S)[:-1]
    answers = re.findall(
        r"<details>\s*<summary>[^<]+</summary>(.*?)</details>", text, re.S
    )
    if len(answers) != 3 or len(questions) != 3:
        yield f"{len(answers)} exercises with a folded answer, expected 3"
    if any(words(part) < 8 for part in answers):
        yield "an answer of less than 8 words"
    if any(words(part) < 4 for part in questions):
        yield "an exercise without a question"


def plain_prose(notebook):
    """The prose without code and mathematics."""
    text = re.sub(r"^(```+|~~~+).*?^\1", " ", prose(notebook), flags=re.M | re.S)
    return re.sub(r"`[^`\n]+`|\$\$.*?\$\$|\$[^$]+\$", " x ", text, flags=re.S)


@rule
def is_plain_markdown(notebook):
    """All its words can be seen: what is padded, hidden or attached is not prose."""
    text = plain_prose(notebook)
    if "<!--" in text or re.search(r"^\[[^\]]*\]:", text, re.M):
        yield "a comment in the text"
    tag = (
        r"<(?!/?(?:details|summary|br|sub|sup|kbd)\s*/?>)(?:/?[a-zA-Z][^>]*|!\w[^>]*)>"
    )
    if found := re.search(tag, text):
        yield f"HTML in the text: {found[0][:60]}"
    if "data:" in re.sub(r"data: ", "", text) or "javascript:" in text:
        yield "an address that holds its data"
    if any(cell.get("attachments") for cell in notebook.cells):
        yield "an attachment: pictures stand in docs/gallery or are drawn by a cell"
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", text)]
    long = [p for p in paragraphs if words(p) >= 8]
    for paragraph in {p for p in long if long.count(p) > 1}:
        yield f"a paragraph stands twice: {paragraph[:60]!r}"


@rule
def describes_its_pictures(notebook):
    for alt in re.findall(r"!\[([^\]]*)\](?!.*docs/gallery)", plain_prose(notebook)):
        if len(alt.split()) < 3:
            yield f"a picture without words: {alt!r}"
    for before, cell, after in zip(
        [None, *notebook.cells],
        notebook.cells,
        [*notebook.cells[1:], None],
        strict=False,
    ):
        if any(pictures(cell)) and not has_tag(cell, "gallery"):
            near = "\n".join(
                c.source for c in (before, after) if c and c.cell_type == "markdown"
            )
            caption = re.search(r"^\*Figure[^*\n]*", near, re.M)
            if not caption or words(caption[0]) < 4:
                yield f"no '*Figure: …*' beside {source_line(cell)}"


@functools.cache
def skeleton_sentences():
    """Those that a writer is to replace, a line each: not its questions of form."""
    text = re.sub(r"```.*?```", "", SKELETON.read_text("utf-8"), flags=re.S)
    lines = re.sub(r"^(?:[-*]|\d+\.) +", "", text, flags=re.M).splitlines()
    kept = ("D. Foster", "Last, a check", "Each value stands", "a perfect model")
    lines = [line for line in lines if not line.startswith(("#", "!", *kept))]
    return {line for line in lines if words(line) > 2 and line.endswith((".", ","))}


@rule
def is_finished(notebook):
    for cell in notebook.cells:
        if found := PLACEHOLDER.search(cell.source):
            yield f"a placeholder: {found[0]!r}"
    prose = [line.strip() for line in plain_prose(notebook).splitlines()]
    for line in prose:
        line = re.sub(r"^(?:[-*]|\d+\.) +", "", line)
        if line in skeleton_sentences():
            yield f"a sentence of the skeleton: {line!r}"
    for heading in {heading for heading, _, _ in sections(notebook)} - {""}:
        if not words(section(notebook, heading)):
            yield f"nothing under {heading!r}"


notebook_at = functools.cache(read)


@pytest.mark.parametrize("path", PATHS, ids=notebook_name)
@pytest.mark.parametrize("check", RULES, ids=lambda check: check.__name__)
def test_notebook_keeps_rule(path, check):
    assert not list(check(notebook_at(path)))


@pytest.mark.parametrize("path", PATHS, ids=notebook_name)
def test_notebook_agrees_with_its_path(path):
    notebook, name = notebook_at(path), notebook_name(path)
    chapter, number = re.fullmatch(r"(\d\d)_\w+/(\d\d)_\w+", name).groups()
    title = f"# {int(chapter)}.{int(number)} "
    assert notebook.cells[0].source.startswith(title)
    assert notebook.metadata.get("mould") == 2
    assert furniture_blocks(name)["setup"] in [c.source for c in notebook.cells]


# What is taught has one name in several notebooks, and grows from one to the next.
TAUGHT = {"AffineCoupling", "Block", "Coupling", "Diffusion", "Flow", "RealNVP", "VAE"}
TAUGHT |= {"Watch", "Witness", "train", "walk_back"}


def helpers(notebook):
    """Top-level functions and classes outside furniture: name to source."""
    for cell in code_cells(notebook):
        if not has_tag(cell, "furniture"):
            for node in parsed(cell.source).body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    yield node.name, ast.unparse(node)


def differing_helpers(notebooks):
    """Names of helpers that have different texts in these notebooks."""
    texts = {}
    for notebook in notebooks:
        for name, text in helpers(notebook):
            texts.setdefault(name, set()).add(text)
    differing = {name for name, found in texts.items() if len(found) > 1}
    return sorted(differing - TAUGHT)


def test_helpers_of_one_name_have_one_text():
    assert differing_helpers(map(notebook_at, PATHS)) == []


def checks_line(name, notebook):
    """A notebook's line of tests/checks.toml: how many checks, and a hash over them.

    A check that is dropped or weakened changes it, so that a reader of the change
    sees it.
    """
    found = list(checks(nodes(notebook)))
    text = "\n".join(map(ast.unparse, found))
    digest = code_hash(new_file(cells=[new_code_cell(text)]))[:12]
    return f'"{name}" = "{len(found)} {digest}"'


def test_checks_are_those_of_the_table():
    expected = [checks_line(notebook_name(path), notebook_at(path)) for path in PATHS]
    lines = CHECKS.read_text("utf-8").splitlines()
    found = [line for line in lines if line and not line.startswith("#")]
    new = [line for line in expected if line not in found]
    assert found == expected, "in tests/checks.toml, write\n" + "\n".join(new)


def test_a_weaker_check_changes_its_line():
    notebook, weaker, fewer = good_notebook(), good_notebook(), good_notebook()
    replace("x.sum() == 3", "x.sum() >= 3")(weaker)
    replace("assert x.sum() == 3", "x.sum()")(fewer)
    lines = [checks_line("n", n) for n in (notebook, good_notebook(), weaker, fewer)]
    assert lines[0] == lines[1] and lines[0].startswith('"n" = "2 ')
    assert len(set(lines)) == 3 and lines[3].startswith('"n" = "1 ')


def test_reduced_parameters_name_every_notebook():
    reduced = tomllib.loads((ROOT / "tests" / "reduced.toml").read_text("utf-8"))
    assert sorted(reduced) == [notebook_name(path) for path in PATHS]


# A small notebook that keeps every rule, and what breaks each of them.

RESULTS = [
    {"metric": "accuracy", "value": 0.9, "baseline": 0.1, "reference": 1.0, "sd": 0.01},
    {"metric": "training time (s)", "value": 2.0},
    {"metric": "parameters", "value": 10},
]
SETUP = furniture_blocks("01_chapter/01_model")["setup"]
EXERCISE = """{0}. What can be asked of it?

<details><summary>Answer</summary>

Answer {0} takes more than eight words to say, in all.

</details>

"""


def png(width, height):
    data = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)
    return new_output("display_data", {"image/png": base64.b64encode(data).decode()})


def good_notebook():
    """A notebook that keeps every rule, receipt and stored outputs included."""
    opening = (
        "# 1.1 A model\n\nOne sentence.\n\n"
        "![What the model drew](../../docs/gallery/01_01.png)\n\n"
        "In this notebook you will\n- a\n- b\n- c\n\n"
        "*Executed on 2 CPU cores in 1 minute, on nothing.*"
    )
    text = dict.fromkeys(HEADINGS, "word " * 20) | {
        "What to remember": "1. One.\n2. Two.\n3. Three.",
        "Exercises": "".join(EXERCISE.format(number) for number in (1, 2, 3)),
        "Results": "word " * 20 + "\n\n*Figure: what it draws.*",
    }
    code = {
        "The idea": [("plt.plot(1)", "furniture")],
        "Setup": [("import os\n\nos.environ['TF_A'] = 'b'\nimport keras", "furniture")],
        "Parameters": [
            (f"{ON_GPU}\n# data\nSEED = 1\n# training\nEPOCHS = 2", "parameters"),
            (SETUP, "furniture"),
        ],
        "Data": [("x = np.arange(5)[:3]", None)],
        "The model": [("assert x.sum() == 3", "nbval-check-output")],
        "Training": [("model.fit(x, epochs=EPOCHS, validation_data=y)", None)],
        "Results": [("plt.imshow(x)", "gallery"), ("results", "results")],
        "Sources": [("assert np.isfinite(results['value']).all()", None)],
    }
    cells = [new_markdown_cell(opening)]
    for heading in HEADINGS:
        cells.append(new_markdown_cell(f"## {heading}\n{text[heading]}"))
        for source, tag in code.get(heading, []):
            cells.append(code_cell(source, [tag] if tag else []))
        if heading == "The idea":
            cells.append(
                new_markdown_cell("*Figure: what it does.*\n\n$$a = b$$ and $c$.")
            )
    notebook = new_file(cells=cells)
    for count, cell in enumerate(code_cells(notebook), start=1):
        cell.execution_count = count
    for text in ("plt.plot", "plt.imshow"):
        cell_of(notebook, text).outputs = [png(800, 300)]
    return sign(notebook)


def sign(notebook):
    """Give a notebook the receipt that its code and outputs ask for."""
    empty = dict.fromkeys(("baseline", "reference", "sd"))
    results = [empty | {"better": "higher"} | row for row in RESULTS]
    notebook.metadata.receipt = {
        "seconds": 60,
        "data": {name: {} for name in data_sets(notebook)},
        "code_sha256": code_hash(notebook),
        "outputs_sha256": outputs_hash(notebook),
        "results": results,
    }
    return notebook


def cell_of(notebook, text):
    return next(c for c in notebook.cells if text in c.source)


def replace(text, new):
    """A change that replaces text in the first cell that has it, and signs anew."""

    def change(notebook):
        cell = cell_of(notebook, text)
        cell.source = cell.source.replace(text, new)
        if not new.startswith(("%", "!")):  # which have no syntax tree to sign
            sign(notebook)

    return change


def code(source):
    """A change that puts lines in front of a cell of the section Data."""
    return replace("x = np", source + "\nx = np")


def replace_results(source):
    def change(notebook):
        tagged_cells(notebook, "results")[0].source = source
        sign(notebook)

    return change


def result(row, **changes):
    """A change of a row of the stored results."""
    return lambda notebook: notebook.metadata.receipt.results[row].update(changes)


def add_loss(notebook, value):
    """A row that says that it loses against .5."""
    row = {"metric": "error (loses)", "value": value, "baseline": 0.5}
    row |= {"reference": None, "sd": None, "better": "lower"}
    notebook.metadata.receipt.results.append(row)


def add_output(item):
    def change(notebook):
        tagged_cells(notebook, "gallery")[0].outputs.append(item)
        sign(notebook)

    return change


def say_less(notebook):
    replace("x = np", "x = 1\n" * 20 + "x = np")(notebook)
    for cell in notebook.cells:
        cell.source = cell.source.replace("word " * 20, "word")


def untag(tag):
    def change(notebook):
        cell = tagged_cells(notebook, tag)[0]
        cell.metadata.tags = []

    return change


def tag(name):
    return lambda n: cell_of(n, "x = np").metadata.update(tags=[name])


def hide_output(notebook):
    cell_of(notebook, "x = np").metadata.jupyter = {"outputs_hidden": True}


def shown(kind, data):
    return new_output("display_data", {kind: data})


def html(text):
    return add_output(shown("text/html", text))


def padded_png(width, height, size):
    output = png(width, height)
    data = base64.b64decode(output.data["image/png"]) + bytes(size)
    return shown("image/png", base64.b64encode(data).decode())


def unfold(notebook):
    cell_of(notebook, "import keras").metadata.pop("jupyter")


def no_picture(text):
    def change(notebook):
        cell_of(notebook, text).outputs = []
        sign(notebook)

    return change


def receipt(**changes):
    return lambda notebook: notebook.metadata.receipt.update(changes)


def stream(name, text):
    return add_output(new_output("stream", name=name, text=text))


def seed_late(notebook):
    """Let the set-up and the code cell after it change places."""
    first, second = cell_of(notebook, SETUP), cell_of(notebook, "x = np")
    for key in ("source", "metadata"):
        first[key], second[key] = second[key], first[key]
    sign(notebook)


def many_cells(notebook):
    notebook.cells.extend(new_markdown_cell("word") for _ in range(80))


def long_code(notebook):
    """Twenty cells of 24 lines, well explained."""
    source = "\n".join(f"x = {i}" for i in range(24))
    cells = [code_cell(source, []) for _ in range(20)]
    notebook.cells[-1:-1] = [new_markdown_cell("word " * 2000), *cells]
    for count, cell in enumerate(code_cells(notebook), start=1):
        cell.execution_count = count
    sign(notebook)


error = new_output("error", ename="E", evalue="e", traceback=[])
STORY, IDEA, DATA = "## The story\n", "## The idea\n", "## Data\n"
CLASS = "class C:\n" + "    x = 1\n" * 40
BREAKS = [
    (is_python, replace("import keras", "%time import keras")),
    (is_python, replace("import keras", "!pip install keras")),
    (is_python, lambda n: cell_of(n, "import keras").update(source="import keras(")),
    (has_headings_in_order, replace("## Setup", "## Preparation")),
    (has_headings_in_order, replace("## Training", "### Training")),
    (opens_with_goals_and_time, replace("# 1.1 A model", "# A model")),
    (opens_with_goals_and_time, replace("- b\n- c\n", "")),
    (opens_with_goals_and_time, replace("in 1 minute", "in N minutes")),
    (shows_its_picture, replace("What the model drew", "Picture")),
    (shows_its_picture, replace("/01_01.png", "/01_02.png")),
    (shows_its_picture, replace("../../docs", "docs")),
    (shows_its_picture, untag("gallery")),
    (shows_its_picture, no_picture("plt.imshow")),
    (tells_a_short_story, replace(STORY, STORY + "word " * 150)),
    (has_one_parameters_cell, untag("parameters")),
    (has_one_parameters_cell, replace("SEED = 1\n", "SEED = 1\nprint(SEED)\n")),
    (has_one_parameters_cell, replace(f"{ON_GPU}\n", "")),
    (has_one_parameters_cell, replace(ON_GPU, "ON_GPU = True")),
    (has_one_parameters_cell, replace("SEED = 1", "SEED = hash('a')")),
    (has_one_parameters_cell, seed_late),
    (keeps_its_parameters, code("EPOCHS = 1")),
    (keeps_its_parameters, code("EPOCHS //= 2")),
    (keeps_its_parameters, code("for EPOCHS in x: pass")),
    (keeps_its_parameters, code("if (EPOCHS := x): pass")),
    (keeps_its_parameters, code("def f(EPOCHS=x): pass")),
    (keeps_its_parameters, code("import keras as EPOCHS")),
    (keeps_its_parameters, code("EPOCHS.clear()")),
    (keeps_its_parameters, code("EPOCHS[:] = x")),
    (keeps_its_parameters, replace("EPOCHS = 2", "EPOCHS = 2\nEPOCHS = 1")),
    (keeps_its_parameters, replace("EPOCHS = 2", "EPOCHS = 2\nUNITS = 4")),
    (has_budget_in_parameters_only, replace("epochs=E", "epochs=2, verbose=E")),
    (has_budget_in_parameters_only, replace("(x, ", "(x.take(3), ")),
    (has_budget_in_parameters_only, replace("(x, ", "(x[:100], ")),
    (has_budget_in_parameters_only, replace("(x, ", "(x[::2], ")),
    (has_budget_in_parameters_only, replace("(x, ", "(x[: len(x) // 2], ")),
    (has_budget_in_parameters_only, replace("(x, ", "(islice(x, 9), ")),
    (has_budget_in_parameters_only, replace("(x, ", "(x, z, 32, 2, ")),
    (has_budget_in_parameters_only, replace("epochs=EPOCHS", "epochs=min(EPOCHS, 2)")),
    (has_budget_in_parameters_only, replace("epochs=EPOCHS", "epochs=EPOCHS // 9")),
    (
        has_budget_in_parameters_only,
        replace(
            "model.fit(x, epochs=EPOCHS",
            "few = 1; print(EPOCHS)\nmodel.fit(x, epochs=few",
        ),
    ),
    (has_budget_in_parameters_only, replace("epochs=EPOCHS, ", "verbose=EPOCHS, ")),
    (has_budget_in_parameters_only, code("def f(x, epochs=1): pass")),
    (has_budget_in_parameters_only, code("def f(x, epochs): pass\nf(x, 1)")),
    (has_budget_in_parameters_only, code("x_train = x[:9]")),
    (has_budget_in_parameters_only, code("x_train = x[np.arange(9)]")),
    (has_budget_in_parameters_only, code("x = rng.choice(x, 500)")),
    (has_budget_in_parameters_only, code("x = x.sample(frac=0.1)")),
    (has_budget_in_parameters_only, code("x = x.shard(8, 0)")),
    (has_budget_in_parameters_only, code("for _ in range(9): m.train_step(x)")),
    (has_budget_in_parameters_only, code("for y in x: m.train_step(y); break")),
    (has_budget_in_parameters_only, code("while i < 9: i += m.train_step(x)")),
    (imports_installed_libraries_only, replace("import keras", "import utils, keras")),
    (imports_installed_libraries_only, replace("import keras", "from . import keras")),
    (has_no_absolute_paths, replace("x = np", "x = '/home/me/data'\nx = np")),
    (imports_installed_libraries_only, code("import torch")),
    (imports_installed_libraries_only, code("from urllib.request import Request")),
    (imports_installed_libraries_only, code("import requests")),
    (imports_installed_libraries_only, code("import subprocess as s")),
    (stays_within_the_notebook, code("exec('x = 1')")),
    (stays_within_the_notebook, code("get_ipython().system('ls')")),
    (stays_within_the_notebook, code("os.system('ls')")),
    (stays_within_the_notebook, code("import sys\nsys.path.append(x)")),
    (stays_within_the_notebook, code("from sys import path")),
    (stays_within_the_notebook, code("np.load(x, allow_pickle=True)")),
    (stays_within_the_notebook, code("keras.utils.get_file(x, y)")),
    (stays_within_the_notebook, code("keras.datasets.mnist.load_data()")),
    (stays_within_the_notebook, code("pd.read_csv('https://example.org/x.csv')")),
    (stays_within_the_notebook, code("fetch = sklearn.datasets.fetch_openml")),
    (stays_within_the_notebook, code("globals()['x'] = 1")),
    (stays_within_the_notebook, code("x = os.environ['KAGGLE_KEY']")),
    (stays_within_the_notebook, code("shutil.rmtree(x)")),
    (has_no_absolute_paths, stream("stdout", "saved in /root/runs/x")),
    (has_no_absolute_paths, html("<td>/Users/me/x</td>")),
    (has_no_absolute_paths, html(r"<td>C:\Users\me</td>")),
    (has_no_absolute_paths, code("x = Path('~/data')")),
    (has_no_absolute_paths, code("x = 'C:/data'")),
    (has_no_absolute_paths, code("x = Path('/', 'data')")),
    (has_no_absolute_paths, code("x = f'/mnt/{x}'")),
    (has_no_absolute_paths, replace(DATA, DATA + "They lie in /home/me/data.\n")),
    (reads_through_data_folder, code("x = DATA_DIR / 'faces'")),
    (reads_through_data_folder, code("x = np.load('../../data/faces.npz')")),
    (reads_through_data_folder, code("x = Path().glob('../*/*.npz')")),
    (reads_through_data_folder, code("x = os.environ['GDL_DATA']")),
    (reads_through_data_folder, code("x = Path.home()")),
    (reads_through_data_folder, code("x = x.parent / 'faces'")),
    (reads_through_data_folder, code("model.save_weights('x.weights.h5')")),
    (reads_through_data_folder, code("x = open('x.txt').read()")),
    (lets_errors_and_warnings_through, code("try: y = x\nexcept: pass")),
    (lets_errors_and_warnings_through, code("try: y = x\nexcept Exception: y = 1")),
    (lets_errors_and_warnings_through, code("try: m.fit(x)\nexcept OSError: pass")),
    (lets_errors_and_warnings_through, code("with suppress(Exception): y = x")),
    (lets_errors_and_warnings_through, code("warnings.simplefilter('ignore')")),
    (lets_errors_and_warnings_through, code("np.seterr(all='ignore')")),
    (runs_every_line, code("if False: x = 1")),
    (runs_every_line, code("# NBVAL_SKIP")),
    (runs_every_line, code("raise SystemExit")),
    (runs_every_line, tag("raises-exception")),
    (runs_every_line, tag("nbval-ignore-output")),
    (runs_every_line, hide_output),
    (runs_every_line, lambda n: n.cells.append(new_raw_cell("x"))),
    (draws_from_seeded_generators, code("rng = np.random.default_rng()")),
    (draws_from_seeded_generators, code("random.seed(None)")),
    (draws_from_seeded_generators, code("tf.random.set_seed(int(time.time()))")),
    (has_checks_that_can_fail, code("assert True")),
    (has_checks_that_can_fail, code("assert (x.sum() == 4, 'four')")),
    (has_checks_that_can_fail, code("assert x.sum() == 4 or True")),
    (has_checks_that_can_fail, code("assert x.sum() == x.sum()")),
    (has_checks_that_can_fail, code("assert len(x) >= 0")),
    (has_checks_that_can_fail, code("assert np.allclose(x, x)")),
    (has_checks_that_can_fail, code("np.testing.assert_allclose(x, x, atol=0.1)")),
    (has_checks_that_can_fail, code("np.testing.assert_allclose(x, y, atol=1e9)")),
    (has_checks_that_can_fail, code("np.testing.assert_allclose(x, y, rtol=np.inf)")),
    (checks_that_its_splits_are_disjoint, code("x = data_folder('mnist')")),
    (
        checks_that_its_splits_are_disjoint,
        code("x = data_folder('mnist')\ncheck_disjoint(x, x)"),
    ),
    (explains_its_code, say_less),
    (has_short_cells, replace("x = np", "x = 1\n" * 30 + "x = np")),
    (has_short_cells, replace("x = np", CLASS + "x = np")),
    (has_short_cells, replace("x = np.arange(5)[:3]", CLASS + "    x = 1\n" * 10)),
    (fits_one_sitting, many_cells),
    (fits_one_sitting, long_code),
    (fits_one_sitting, replace(DATA, DATA + "word " * 4500)),
    (draws_the_idea_first, no_picture("plt.plot")),
    (draws_the_idea_first, replace(IDEA, IDEA + "$$a$$")),
    (draws_the_idea_first, replace(IDEA, IDEA + "word " * 300)),
    (draws_the_idea_first, replace("and $c$", "$$a$$ $$b$$ $$c$$")),
    (says_what_to_remember, replace("2. Two.\n", "")),
    (says_what_to_remember, replace("2. Two.\n", "- Two.\n" * 4)),
    (shares_its_furniture, unfold),
    (shares_its_furniture, replace("import keras", "import keras\nx = 1")),
    (shares_its_furniture, replace("RUN_DIR.mkdir(", "RUN_DIR.mkdir(mode=7, ")),
    (shares_its_furniture, replace("01_chapter/01_model", "chapter/model")),
    (shares_its_furniture, replace("x = np", "def coverage(): ...\n\n\nx = np")),
    (shares_its_furniture, lambda n: cell_of(n, SETUP).metadata.update(tags=[])),
    (groups_its_parameters, replace("# data\n", "")),
    (groups_its_parameters, replace("# data\n", "# the data\n")),
    (groups_its_parameters, replace("# data\n", "# training\n")),
    (keeps_the_test_set_for_the_results, replace("data=y", "data=(x_test, y)")),
    (keeps_the_test_set_for_the_results, replace("data=y", "data=scale(data['test'])")),
    (
        keeps_the_test_set_for_the_results,
        replace("x = np", "validation = test_x\nx = np"),
    ),
    (draws_without_smoothing, replace(DATA, DATA + "```mermaid\na\n```\n")),
    (draws_without_smoothing, replace("imshow(x", "imshow(x, interpolation='cubic'")),
    (quotes_numbers_that_it_shows, replace(DATA, DATA + "The loss is 0.123.\n")),
    (proves_its_key_property, replace("assert x.sum() == 3", "x.sum()")),
    (proves_its_key_property, replace("assert x.sum()", "x.sum()  # assert x")),
    (proves_its_key_property, untag("nbval-check-output")),
    (ends_in_a_check_of_the_results, replace("assert np.isfinite", "np.isfinite")),
    (ends_in_a_check_of_the_results, replace("assert np.isf", "x  # assert np.isf")),
    (
        was_run_in_order_without_errors,
        lambda n: code_cells(n)[1].update(execution_count=None),
    ),
    (was_run_in_order_without_errors, add_output(error)),
    (has_no_warnings, stream("stderr", "a warning")),
    (has_no_warnings, stream("stdout", "epoch 1\nWARNING:tensorflow: retracing")),
    (is_small, stream("stdout", "x" * 3_100_000)),
    (shows_text_tables_and_pictures_alone, html("<b>x</b><script>x()</script>")),
    (shows_text_tables_and_pictures_alone, html("<b onclick='x()'>x</b>")),
    (shows_text_tables_and_pictures_alone, html("<a href='https://a.org'>x</a>")),
    (shows_text_tables_and_pictures_alone, html("<img src='x.png'>")),
    (shows_text_tables_and_pictures_alone, add_output(shown("image/jpeg", "x"))),
    (shows_text_tables_and_pictures_alone, add_output(shown("application/json", "x"))),
    (shows_text_tables_and_pictures_alone, add_output(padded_png(800, 300, 600_000))),
    (has_pictures_of_a_good_size, add_output(png(1200, 300))),
    (has_pictures_of_a_good_size, add_output(png(800, 60))),
    (has_pictures_of_a_good_size, add_output(png(800, 1500))),
    (has_a_valid_receipt, receipt(code_sha256="0")),
    (has_a_valid_receipt, receipt(seconds=1801)),
    (has_a_valid_receipt, receipt(data={"mnist": {}})),
    (has_a_valid_receipt, lambda n: cell_of(n, "plt.plot").outputs.append(png(99, 99))),
    (
        reads_registered_data,
        replace("x = np", "data_folder('nothing'); check_disjoint(x, y); x = np"),
    ),
    (beats_its_baselines, untag("results")),
    (beats_its_baselines, receipt(results=[])),
    (beats_its_baselines, result(0, value=0.1)),
    (beats_its_baselines, result(0, value=None)),
    (beats_its_baselines, result(0, value=0.1, metric="accuracy (loses)")),
    (beats_its_baselines, lambda n: add_loss(n, value=0.1)),
    (beats_its_baselines, lambda n: add_loss(n, value=0.9)),
    (beats_its_baselines, result(0, value=math.inf)),
    (beats_its_baselines, result(1, value=math.nan)),
    (beats_its_baselines, result(0, sd=math.inf)),
    (beats_its_baselines, result(0, better="lower")),
    (beats_its_baselines, result(0, better="larger")),
    (beats_its_baselines, result(0, better="nearer", value=2.0)),
    (beats_its_baselines, result(0, better="nearer", reference=None)),
    (beats_its_baselines, result(2, metric="size")),
    (beats_its_baselines, lambda n: n.metadata.receipt.results[0].pop("sd")),
    (computes_its_results, code("results = x")),
    (computes_its_results, code("results.loc[0, 'value'] = x")),
    (computes_its_results, code("results['value'] = x")),
    (computes_its_results, replace_results("results_table([('accuracy', 0.9)])")),
    (computes_its_results, replace_results("results.head()")),
    (is_plain_markdown, replace(DATA, DATA + "<!-- more > words -->\n")),
    (is_plain_markdown, replace(DATA, DATA + "\n[//]: # (more words)\n")),
    (is_plain_markdown, replace(DATA, DATA + "<span hidden>words</span>\n")),
    (is_plain_markdown, replace(DATA, DATA + "<script>x()</script>\n")),
    (is_plain_markdown, replace(DATA, DATA + "[x](data:text/html,x)\n")),
    (is_plain_markdown, replace(DATA, DATA + ("\n\n" + "more " * 9) * 2 + "\n\n")),
    (is_plain_markdown, lambda n: n.cells[0].update(attachments={"x": {}})),
    (describes_its_pictures, replace(DATA, DATA + "![a](../../docs/a.png)")),
    (describes_its_pictures, replace("*Figure: what it does.*\n\n", "")),
    (is_finished, replace(DATA, DATA + "TODO: say more.\n")),
    (is_finished, replace(DATA, DATA + "What was seen in Lorem ipsum.\n")),
    (is_finished, code("x = 1  # FIXME")),
    (is_finished, replace(DATA, DATA + "Small steps, each with its shapes.\n")),
    (is_finished, replace(DATA + "word " * 20, DATA)),
    (has_three_exercises, replace("<details>", "<summary>")),
    (has_three_exercises, replace("Answer 2 takes", "Yes.\n\n</details> It takes")),
    (has_three_exercises, replace("Answer 2 takes more than eight words to say", "")),
    (has_three_exercises, replace("3. What can be asked of it?", "3. ")),
    (has_three_exercises, replace("<summary>Answer</summary>", "")),
]


def test_good_notebook_keeps_every_rule():
    notebook = good_notebook()
    complaints = [c for check in RULES for c in check(notebook)]
    assert complaints == []


@pytest.mark.parametrize(("broken", "change"), BREAKS)
def test_broken_notebook_is_caught_by_its_rule(broken, change):
    notebook = good_notebook()
    change(notebook)
    # What is not Python has no syntax tree for the other rules to look at.
    checks = [is_python] if broken is is_python else RULES
    assert [check for check in checks if list(check(notebook))] == [broken]


def test_a_loss_is_admitted_in_the_name_of_its_row():
    notebook = good_notebook()
    notebook.cells[0].source += " In one measure it loses."
    add_loss(notebook, value=0.9)
    assert list(beats_its_baselines(notebook)) == []


def test_nearer_to_the_reference_is_better():
    notebook = good_notebook()
    change = result(0, better="nearer", value=1.2, baseline=0.7, reference=1.0)
    change(notebook)
    assert list(beats_its_baselines(notebook)) == []


def test_the_stored_notebooks_may_be_read():
    notebook = good_notebook()
    code("x = Path().glob('../*/*.ipynb')")(notebook)
    assert list(reads_through_data_folder(notebook)) == []


def test_what_trains_nothing_needs_no_training_time():
    notebook = good_notebook()
    replace("model.fit(x, epochs=EPOCHS, validation_data=y)", "print(EPOCHS)")(notebook)
    del notebook.metadata.receipt.results[1:]
    assert list(beats_its_baselines(notebook)) == []


def test_a_class_stays_whole():
    notebook = good_notebook()
    replace("x = np.arange(5)[:3]", CLASS)(notebook)
    assert list(has_short_cells(notebook)) == []


def test_every_rule_has_a_broken_notebook():
    assert {broken for broken, _ in BREAKS} == set(RULES)


def test_hash_minds_code_and_not_comments_or_format():
    notebook = good_notebook()
    formatted, changed = copy.deepcopy(notebook), copy.deepcopy(notebook)
    cell_of(formatted, "SEED = 1").source += "  # why"
    cell_of(changed, "SEED = 1").source += "2"
    assert code_hash(formatted) == code_hash(notebook) != code_hash(changed)


def test_hash_is_the_same_on_every_python():
    source = 'def f(x: int = 1):\n    """Say."""\n    return f"{x!r:>{3}} {x:.2f}"'
    notebook = new_file(cells=[new_code_cell(source)])
    assert code_hash(notebook)[:16] == "07ff18d1a9e8f60f"


def test_different_helpers_of_one_name_are_found():
    def notebook(source):
        return new_file(cells=[new_code_cell(source)])

    one = notebook("def f(x):\n    return x  # same")
    same = notebook("def f(x):\n    return x")
    other = notebook("def f(x):\n    return x + 1")
    assert differing_helpers([one, same]) == []
    assert differing_helpers([one, other]) == ["f"]
    first, second = (notebook(f"class C:\n    x = {i}") for i in "12")
    assert differing_helpers([first, first]) == []
    assert differing_helpers([first, second]) == ["C"]


def test_notebook_files_are_valid():
    for path in PATHS:
        nbformat.validate(json.loads(path.read_text("utf-8")))
