"""Folding: constant PowerShell expressions replaced by what they come to, so that what a script hides can be read.

`'fin'+'dstr'`, `'{1}{0}' -f 'b','a'`, `[char]0x68`, `-join`, `-replace`, reversed strings, variables that the text
itself sets, `[Convert]::FromBase64String`. What is not constant, or not understood, stays as it was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from vigilia.targeting.commands.powershell_expressions import Expressions
from vigilia.targeting.commands.powershell_tokens import ScriptToken, script_tokens
from vigilia.targeting.commands.powershell_values import Value, as_text, operated
from vigilia.targeting.decoding.decoded_text import decode_base64

__all__ = ["Folded", "fold_script"]

_MARKS = re.compile(
    r"['\"]\s{0,16}\+|-[fF][\s'\"($@]|-join|-replace|-split|\[char|\[string\]|\$\w|frombase64|@['(\"]|[a-z]`[a-z]|`[a-z]{2}|\[-1|::|deflate|\.replace\(",
    re.IGNORECASE,
)
_COMPRESSED = re.compile(r"frombase64string|gzipstream|deflatestream", re.IGNORECASE)
_RAW_DEFLATE = re.compile(r"deflatestream", re.IGNORECASE)
_LENGTH_AT_MOST = 131072
_SHORTEST_SCRIPT = 24
_EMBEDDED_AT_MOST = 16


@dataclass(frozen=True, slots=True)
class Folded:
    """Text with constant expressions replaced, scripts that were encoded in it, and how both were disguised."""

    text: str
    scripts: tuple[str, ...]
    how: tuple[str, ...]


def fold_script(text: str) -> Folded:
    """Fold a PowerShell text; text without any sign of such tricks comes back as it is."""
    if not _MARKS.search(text):
        return Folded(text, (), ())
    folder = _Folder(script_tokens(text))
    folder.run()
    scripts = _embedded(text, folder) if _COMPRESSED.search(text) else {}
    steps = (step for steps in scripts.values() for step in steps)
    return Folded("".join(folder.output), tuple(scripts), tuple(dict.fromkeys((*folder.how, *steps))))


def _embedded(text: str, folder: _Folder) -> dict[str, tuple[str, ...]]:
    """Return the scripts that base64 texts hold, perhaps compressed, each with the steps that opened it."""
    raw = _RAW_DEFLATE.search(text) is not None
    scripts: dict[str, tuple[str, ...]] = {}
    for literal in folder.texts[:_EMBEDDED_AT_MOST]:
        opened = decode_base64("".join(literal.split()), raw_deflate=raw)
        if opened is not None:
            scripts[opened.text] = opened.how
    return scripts


def _quoted(text: str) -> str:
    """Return a literal that stands for a text; double quotes keep single ones readable within."""
    if "'" in text and '"' not in text and "`" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


@dataclass
class _Folder:
    tokens: list[ScriptToken]
    output: list[str] = field(default_factory=list)
    how: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    length: int = 0

    def __post_init__(self) -> None:
        self.expressions = Expressions(self.tokens)

    def run(self) -> None:
        """Write every token or what it folds to; bounded in steps and in length."""
        place = 0
        while place < len(self.tokens) and self.length < _LENGTH_AT_MOST:
            token = self.tokens[place]
            if token.kind == "variable" and (after := self._assignment(place)):
                place = after
            elif (parsed := self.expressions.expression(place)) is not None and self._tells(place, parsed):
                called = token.raw == "(" and place > 0 and self.tokens[place - 1].kind in ("word", "variable", "type")
                self._name_disguise(place, parsed[1])
                self._write_value(parsed[0], within="()" if called else "")
                place = parsed[1]
            else:
                self._write_raw(token)
                place += 1

    def _tells(self, place: int, parsed: tuple[Value, int]) -> bool:
        """Tell whether an expression says more than its first token does."""
        if isinstance(parsed[0], bytes):
            return False  # bytes are no text yet; the base64 that they came from is
        token = self.tokens[place]
        return parsed[1] > place + 1 or token.kind == "variable" or (token.kind == "text" and parsed[0] != token.value)

    def _name_disguise(self, place: int, end: int) -> None:
        """Say how an expression hid its text; a text in parentheses hid nothing."""
        telling = [token for token in self.tokens[place:end] if token.kind != "blank" and token.raw not in "(),@($"]
        if any(token.kind == "variable" or "$" in token.value for token in telling):
            self.how.append("variables")
        if any(token.kind not in ("variable", "text") or token.raw == "+" for token in telling):
            self.how.append("powershell-strings")

    def _write(self, text: str) -> None:
        self.output.append(text)
        self.length += len(text)

    def _write_raw(self, token: ScriptToken) -> None:
        if token.kind == "text" and len(token.value) >= _SHORTEST_SCRIPT:
            self.texts.append(token.value)
        if token.kind == "word" and "`" in token.raw:
            self.how.append("backticks")
            self._write(token.raw.replace("`", ""))
        elif token.kind == "comment":
            self._write(" ")
        else:
            self._write(token.raw)

    def _write_value(self, value: Value, within: str = "") -> None:
        values = value if isinstance(value, list) else [as_text(value)]
        self.texts += [str(one) for one in values if len(str(one)) >= _SHORTEST_SCRIPT]
        literal = ",".join(_quoted(str(one)) for one in values)
        self._write(f"{within[:1]}{literal}{within[1:]}")

    def _assignment(self, place: int) -> int | None:
        """Keep `$name = constant` and `$name in constants` of a loop; return the place behind it."""
        sign = self.expressions.skip_blanks(place + 1)
        if sign >= len(self.tokens) or self.tokens[sign].raw.lower() not in ("=", "+=", "in"):
            return None
        name = self.tokens[place].value
        parsed = self.expressions.expression(self.expressions.skip_blanks(sign + 1))
        value: Value | None = parsed[0] if parsed else None
        if value is not None and self.tokens[sign].raw == "+=":
            value = operated("+", self.expressions.variables.get(name, ""), value)
        if value is None or parsed is None or not self._ends_statement(parsed[1]):
            self.expressions.variables.pop(name, None)
            return self._write_through(place, sign + 1)
        self.expressions.variables[name] = value
        if isinstance(value, bytes):
            return self._write_through(place, parsed[1])
        self._name_disguise(self.expressions.skip_blanks(sign + 1), parsed[1])
        self._write(f"{self.tokens[place].raw} {self.tokens[sign].raw} ")
        self._write_value(value)
        return parsed[1]

    def _write_through(self, place: int, end: int) -> int:
        for token in self.tokens[place:end]:
            self._write_raw(token)
        return end

    def _ends_statement(self, place: int) -> bool:
        place = self.expressions.skip_blanks(place)
        return (
            place >= len(self.tokens)
            or self.tokens[place].raw in (";", "\n", "}", ")")
            or (self.tokens[place].kind == "comment")
        )
