"""What a person can type, hand in or set is documented, or this fails."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer

from vigilia.cli import exit_codes
from vigilia.cli.main import app
from vigilia.evidence.budgets import Budgets
from vigilia.model.profile import Profile, parse_profile, parse_watch_list
from vigilia.model.result import Result
from vigilia.readers.registry import readers

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def _options(command: Any, name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command's whole name and its options; the command line library does not type its tree."""
    children = command.list_commands(None) if hasattr(command, "list_commands") else []
    for child in children:
        yield from _options(command.get_command(None, child), f"{name} {child}")
    if not children:
        yield name, [option for parameter in command.params for option in parameter.opts if option.startswith("--")]


COMMANDS = dict(_options(typer.main.get_command(app), "vigilia"))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_in_the_commands_page(name: str) -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert name in page
    assert [option for option in COMMANDS[name] if f"`{option}`" not in page and option != "--help"] == []


@pytest.mark.parametrize("reader", readers(), ids=lambda reader: reader.name)
def test_every_log_format_has_a_page_that_says_what_it_cannot_show(reader: object) -> None:
    name = getattr(reader, "name")  # noqa: B009 - the protocol type is lost in parametrisation
    pages = [page.read_text(encoding="utf-8") for page in sorted((DOCS / "sources").glob("*.md"))]
    mentioning = [page for page in pages if name in page]
    assert mentioning
    assert "cannot" in mentioning[0]


def _keys(kind: type) -> Iterator[str]:
    for field in msgspec.structs.fields(kind):
        yield field.encode_name
        for nested in re.findall(r"vigilia\.model\.profile\.(\w+)", str(field.type)):
            yield from _keys(vars(__import__("vigilia.model.profile", fromlist=[nested]))[nested])


def test_every_profile_key_is_in_the_profile_page() -> None:
    page = (DOCS / "profile.md").read_text(encoding="utf-8")
    assert sorted({key for key in _keys(Profile) if not re.search(rf"\b{key}\b", page)}) == []


def _blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


def test_the_examples_of_the_profile_page_are_valid() -> None:
    profile, statement, watch_list = _blocks("profile.md", "toml")
    assert parse_profile(profile).data[0].id == "donors"
    assert parse_profile(profile + statement).known_activity[-1].who == ["adm-ivo"]
    assert parse_watch_list(watch_list).person[0].id == "P1"


def test_every_exit_code_is_documented() -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    codes = [getattr(exit_codes, name) for name in exit_codes.__all__]
    assert [code for code in codes if f"| {code} |" not in page] == []


def test_every_budget_is_documented() -> None:
    page = (DOCS / "evidence.md").read_text(encoding="utf-8")
    assert [field.name for field in msgspec.structs.fields(Budgets) if f"`{field.name}`" not in page] == []


def test_every_key_of_the_result_document_is_in_the_report_page() -> None:
    page = (DOCS / "report.md").read_text(encoding="utf-8")
    assert [field.name for field in msgspec.structs.fields(Result) if f"`{field.name}" not in page] == []


def test_every_relative_link_leads_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_room_is_in_the_architecture() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = [path.name for path in (ROOT / "src" / "vigilia").iterdir() if (path / "__init__.py").exists()]
    assert [room for room in rooms if not re.search(rf"^{room}\b", page, re.MULTILINE)] == []


def test_the_layer_contract_names_every_room() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    rooms = {f"vigilia.{path.name}" for path in (ROOT / "src" / "vigilia").iterdir() if (path / "__init__.py").exists()}
    assert set(layers) == rooms
