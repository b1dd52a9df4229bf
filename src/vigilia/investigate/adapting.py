"""What the person asked to be done to rules: pipelines by name or file, and files with the values of placeholders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from vigilia.knowledge.shipped_table import read_texts
from vigilia.model.errors import RuleError, UsageError
from vigilia.model.toml_text import decode_toml
from vigilia.sigma.adaptation import UNCHANGED, Adaptation, PipelineText

__all__ = ["read_adaptation", "shipped_pipelines"]

_SUFFIXES = (".yml", ".yaml")
_MAX_BYTES = 2 * 1024 * 1024

Given = Mapping[str, str | int | list[str | int]]


def read_adaptation(
    pipelines: Sequence[str] = (), placeholders: Sequence[Path] = (), known: Mapping[str, Sequence[str]] | None = None
) -> Adaptation:
    """Return what is to be done to rules.

    Args:
        pipelines: YAML files, or names of pipelines that ship with the package or come with a pySigma plug-in.
        placeholders: TOML or YAML files, name → value or list of values; later files take the place of earlier ones.
        known: values that the organisation profile gives; files take their place.

    Raises:
        UsageError: a file cannot be read, or is not of that shape.
    """
    if not pipelines and not placeholders and not known:
        return UNCHANGED
    values = {name: tuple(given) for name, given in (known or {}).items()}
    for path in placeholders:
        values.update(_placeholders(path))
    return Adaptation(pipelines=tuple(map(_pipeline, pipelines)), placeholders=dict(sorted(values.items())))


def shipped_pipelines() -> dict[str, str]:
    """Return the pipelines that ship with the package: name → YAML text."""
    texts = read_texts("vigilia.detect", "pipelines", ".yml")
    return {name.removesuffix(".yml"): text for name, text in texts.items()}


def _pipeline(wanted: str) -> PipelineText:
    """Return a pipeline by name; what looks like a file is one."""
    if wanted.endswith(_SUFFIXES) or "/" in wanted or "\\" in wanted:
        return PipelineText(name=wanted, text=_text(Path(wanted)))
    return PipelineText(name=wanted, text=shipped_pipelines().get(wanted, ""))


def _placeholders(path: Path) -> dict[str, tuple[str, ...]]:
    text = _text(path)
    given = _from_yaml(text, path) if path.name.endswith(_SUFFIXES) else _from_toml(text, path)
    return {name: tuple(map(str, one if isinstance(one, list) else [one])) for name, one in given.items()}


def _from_toml(text: str, path: Path) -> Given:
    try:
        return decode_toml(text, dict[str, str | int | list[str | int]])
    except msgspec.DecodeError as error:
        hint = 'Write one line for each placeholder: name = ["value", "another"].'
        raise UsageError(f"the placeholders cannot be read ({error})", where=str(path), hint=hint) from error


def _from_yaml(text: str, path: Path) -> Given:
    from vigilia.sigma.documents import read_documents  # brings pySigma, which a start without it does not need

    hint = "Write one entry for each placeholder: `name: [value, another]`."
    try:
        documents = read_documents(text, str(path))
        merged = {key: one for _, document in documents for key, one in document.items()}
        return msgspec.convert(merged, type=dict[str, str | int | list[str | int]])
    except (RuleError, msgspec.ValidationError) as error:
        raise UsageError(f"the placeholders cannot be read ({error})", where=str(path), hint=hint) from error


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"the file cannot be read ({error.strerror})", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise UsageError("the file is not UTF-8 text", where=str(path), hint="Save the file as UTF-8.") from error
    if len(content) > _MAX_BYTES or not text.strip():
        raise UsageError("the file is empty, or has more than 2 MiB", where=str(path))
    return text
