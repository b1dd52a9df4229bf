"""S-06: what the source may not contain, read from its syntax tree, so that comments and strings do not count."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import vigilia

SOURCE = Path(vigilia.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))

# Modules that turn bytes into code, reach the network, or start processes behind our back.
FORBIDDEN_MODULES = {
    "pickle", "cPickle", "dill", "marshal", "shelve", "dbm", "copyreg", "multiprocessing", "concurrent", "socket",
    "ssl", "http", "ftplib", "smtplib", "telnetlib", "xmlrpc", "socketserver", "asyncio", "requests", "httpx",
    "aiohttp", "urllib3", "webbrowser", "ctypes", "cffi", "code", "codeop", "pty", "runpy", "lxml", "tarfile",
}  # fmt: skip
FORBIDDEN_IMPORTS = {"urllib.request", "urllib.error", "logging.config", "logging.handlers"}
FORBIDDEN_CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.execv", "os.execve", "os.execvp", "os.fork",
    "os.spawnv", "os.startfile", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "tempfile.mktemp",
    "shutil.unpack_archive", "random.seed",
}  # fmt: skip
ONLINE = "knowledge/online.py"  # `vigilia knowledge update --online`, and nothing else
ONLINE_IMPORTS = {"urllib.request", "urllib.error", "http.client.HTTPException", "http.client.HTTPMessage"}
ALLOWED_CALLS = {"os.fork": {"engines/forking.py"}}  # workers as copies of one process that has loaded everything
FORBIDDEN_METHODS = {"extractall", "extract", "from_string", "allow_pickle"}
# Each with its reason. Nothing else may import these.
ALLOWED = {
    "subprocess": {"engines/worker_process.py"},  # starts our own workers, by a list of arguments
    "threading": {"engines/pipes.py"},  # Windows pipes cannot be selected
    # Finds our own readers; imports our own commands and tasks when they are called; asks for versions of what parses.
    "importlib": {"readers/registry.py", "cli/commands.py", "engines/tasks.py", "investigate/ruleset.py"},
    "jinja2": {"report/html/page.py"},
    "zipfile": {"demo/evidence_files.py"},  # writes the demo's archive; evidence is unpacked by readers of our own
    "markupsafe": {"report/html/page.py", "report/html/notation.py", "report/html/words.py"},  # escape before they mark
    "duckdb": {
        "store/connection.py",
        "store/event_store.py",
        "store/gathering.py",
        "store/match_store.py",
        "store/repeats.py",
    },
    "tempfile": {
        "store/durable.py",
        "store/sorted_runs.py",
        "evidence/spool.py",
        "engines/told_matches.py",
        # Private folders for runs without a case, removed at their end.
        "cli/evidence_or_case.py",
        "investigate/detecting.py",
        "investigate/rule_coverage.py",
        "investigate/rule_explaining.py",
        "investigate/samples.py",
    },
    # Expat alone, with document types refused or never parsed, so that no entity is ever expanded.
    "xml": {"evidence/workbook_xml.py", "readers/xml_elements.py"},
}


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _offending_imports(tree: ast.AST, place: str) -> Iterator[str]:
    for name in _imports(tree):
        if place == ONLINE and name in ONLINE_IMPORTS:
            continue
        if name.startswith("vigilia.knowledge.online") and place != "cli/knowledge.py":
            yield f"imports {name}, which opens connections"
        top = name.partition(".")[0]
        resources = name.startswith("importlib.resources")
        if top in FORBIDDEN_MODULES or any(name == one or name.startswith(f"{one}.") for one in FORBIDDEN_IMPORTS):
            yield f"imports {name}"
        if top in ALLOWED and place not in ALLOWED[top] and not resources:
            yield f"imports {name}, which is for {sorted(ALLOWED[top])}"


def _offences(tree: ast.AST, place: str) -> Iterator[str]:
    yield from _offending_imports(tree, place)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = _name(node.func)
            if place in ALLOWED_CALLS.get(called, ()):
                continue
            if called in FORBIDDEN_CALLS or called.rpartition(".")[2] in FORBIDDEN_METHODS:
                yield f"line {node.lineno} calls {called}"
            if any(one.arg == "shell" for one in node.keywords):
                yield f"line {node.lineno} gives shell="
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield f"line {node.lineno} catches everything"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_module_holds_what_is_forbidden(path: Path) -> None:
    place = path.relative_to(SOURCE).as_posix()
    assert list(_offences(ast.parse(path.read_text(encoding="utf-8")), place)) == []


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from urllib.request import urlopen",
        "import urllib.request",
        "from vigilia.knowledge.online import fetch",
        "import subprocess",
        "from threading import Thread",
        "x = eval('1')",
        "import os; os.system('ls')",
        "run(a, shell=True)",
        "yaml.load(text)",
        "archive.extractall()",
        "env.from_string(text)",
        "try:\n    pass\nexcept:\n    pass",
        "from markupsafe import Markup",
    ],
)
def test_the_gate_finds_what_it_looks_for(code: str) -> None:
    assert list(_offences(ast.parse(code), "impact/anything.py"))


def test_templates_escape_everything_but_one_path_of_our_own_numbers() -> None:
    templates = sorted((SOURCE / "report" / "html" / "templates").rglob("*.j2"))
    assert templates
    unescaped = [
        (path.name, line.strip())
        for path in templates
        for line in path.read_text(encoding="utf-8").splitlines()
        if "|safe" in line.replace(" ", "") or "autoescape" in line
    ]
    assert [name for name, _ in unescaped] == ["coverage.html.j2"]
    assert "strip.path|safe" in unescaped[0][1]


ROOMS_OF_EVIDENCE = ("evidence", "readers", "normalize", "detect", "engines")
# Whole-file reads in rooms that meet evidence; every one of these files is ours.
WHOLE_READS = {
    "detect/rulepack.py": 1,  # the rules that ship with the package
    "engines/limits.py": 2,  # /proc/<pid>/statm
    "engines/examination.py": 1,  # the compiled rules that the main process wrote, here and below
    "engines/told_matches.py": 1,
    "normalize/mapping.py": 1,  # the mapping tables that ship with the package
    "readers/databases/postgresql_records.py": 1,  # forms that ship with the package, here and below
    "readers/forms.py": 1,
    "readers/line_forms.py": 1,
}


def test_rooms_that_meet_evidence_read_no_file_whole() -> None:
    found: dict[str, int] = {}
    for path in MODULES:
        place = path.relative_to(SOURCE).as_posix()
        if place.startswith(ROOMS_OF_EVIDENCE):
            calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
            whole = [call for call in calls if _reads_whole(call)]
            if whole:
                found[place] = len(whole)
    assert found == WHOLE_READS


def _reads_whole(call: ast.Call) -> bool:
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    unbounded = method in {"read", "readline", "readlines", "readall"} and not call.args and not call.keywords
    return unbounded or method in {"read_bytes", "read_text"}
