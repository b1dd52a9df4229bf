"""Rule files are untrusted YAML: read them with a safe loader and within limits."""

from __future__ import annotations

import yaml
from sigma.exceptions import SigmaError
from sigma.rule.base import SigmaYAMLLoader, check_alias_expansion

from vigilia.model.errors import RuleError

__all__ = ["MAX_RULE_CHARACTERS", "Document", "read_documents"]

MAX_RULE_CHARACTERS = 512 * 1024
_MAX_DEPTH = 24
_MAX_EVENTS = 40_000
_MAX_ALIASES = 64

Document = dict[str, object]


class _Loader(SigmaYAMLLoader):
    """PyYAML's safe loader with pySigma's check for repeated keys; what looks like a date stays the text it is.

    YAML would make a date of it, which no value of a detection can be, and refuse a whole file for a wrong one.
    """

    def text_of(self, node: yaml.ScalarNode) -> str:
        """Return the text of a scalar as it was written."""
        return str(self.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.text_of)

_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


def read_documents(text: str, path: str) -> list[tuple[int, Document]]:
    """Return the YAML documents of a rule file, each with the line (from 1) on which it starts.

    Raises:
        RuleError: not YAML, too big, too deep, too many aliases, or a document that is no mapping.
    """
    if len(text) > MAX_RULE_CHARACTERS:
        raise RuleError(f"the rule file has more than {MAX_RULE_CHARACTERS} characters", where=path, hint="Split it.")
    try:
        starts = _document_starts(text, path)
        loaded = list(yaml.load_all(text, Loader=_Loader))
        check_alias_expansion(loaded)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, path) from error
    except SigmaError as error:
        raise RuleError(f"not a plain document: {error}", where=path, hint="Write it without aliases.") from error
    except (yaml.YAMLError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise RuleError(f"not valid YAML: {_first_line(error)}", where=path, hint="Correct the file.") from error
    return [(start, _mapping(one, path, start)) for start, one in zip(starts, loaded, strict=True) if one is not None]


def _document_starts(text: str, path: str) -> list[int]:
    """Walk the parser's events, which needs no recursion, before anything is built from them."""
    starts: list[int] = []
    depth = aliases = 0
    for number, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
        if isinstance(event, yaml.DocumentStartEvent):
            starts.append(_line(event))
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > _MAX_DEPTH or aliases > _MAX_ALIASES or number > _MAX_EVENTS:
            place = f"{path}:{_line(event)}"
            raise RuleError("nested too deep, or too many values or aliases", where=place, hint="Simplify the rule.")
    return starts


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _mapping(loaded: object, path: str, line: int) -> Document:
    if not isinstance(loaded, dict):
        raise RuleError("the rule is not a YAML mapping", where=f"{path}:{line}", hint="A rule starts with `title:`.")
    return loaded


def _syntax_error(error: yaml.MarkedYAMLError, path: str) -> RuleError:
    mark = error.problem_mark
    place = f"{path}:{mark.line + 1}" if mark else path
    problem = error.problem or _first_line(error)
    return RuleError(f"not valid YAML: {problem}", where=place, hint="Correct that line.")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
