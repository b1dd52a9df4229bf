"""Constant expressions of PowerShell: parsed where they stand, and worked out (`powershell_values`).

Each method takes the place of a token and returns the value and the place behind it, or None where the text there is no
constant. Steps and depth are bounded, so that hostile text costs no more than long text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from vigilia.targeting.commands.powershell_tokens import ScriptToken, script_tokens
from vigilia.targeting.commands.powershell_values import Value, as_text, cast, flat, method, operated, static

__all__ = ["Expressions", "Parsed"]

_STEPS_AT_MOST = 100_000
_LETTERS_PER_STEP = 16
_DEPTH_AT_MOST = 24
_PIPELINE_TOKENS = 24
_INTERPOLATED_AT_MOST = 65536
_LENGTH = re.compile(r"(?:length|count)(?:-([0-9]{1,6}))?")
_INTERPOLATION = re.compile(r"\$(?:\{([A-Za-z_]\w{0,60})\}|([A-Za-z_]\w{0,60})|(\([^$()\n]{1,2000}\)))")

Parsed = tuple[Value, int] | None
# Operators by how tightly they bind, loosest first (about_Operator_Precedence).
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"-join", "-replace", "-ireplace", "-creplace", "-split", "-isplit", "-csplit", "-as", "-bxor"}),
    frozenset({"+"}),
    frozenset({"-f"}),
    frozenset({".."}),
)


@dataclass
class Expressions:
    """The tokens of a script and the variables that it has set so far."""

    tokens: list[ScriptToken]
    variables: dict[str, Value] = field(default_factory=dict)
    steps: int = 0
    no_constants: set[int] = field(default_factory=set)  # places of parentheses that were tried already

    def expression(self, place: int, level: int = 0, depth: int = 0) -> Parsed:
        """Parse an expression whose operators bind at least as tightly as those of a level."""
        if level == len(_LEVELS):
            return self._list(place, depth)
        parsed = self.expression(place, level + 1, depth)
        while parsed is not None:
            sign = self.skip_blanks(parsed[1])
            operator = self.raw(sign).lower()
            if operator not in _LEVELS[level]:
                break
            right = self._operand_of(operator, self.skip_blanks(sign + 1), level, depth)
            value = self._charged(operated(operator, parsed[0], right[0])) if right else None
            if right is None or value is None:
                break
            parsed = value, right[1]
        return self._piped(parsed) if level == 0 else parsed

    def _operand_of(self, operator: str, place: int, level: int, depth: int) -> Parsed:
        if operator == "-as" and place < len(self.tokens) and self.tokens[place].kind == "type":
            return self.tokens[place].value, place + 1
        return self.expression(place, level + 1, depth + 1)

    def _list(self, place: int, depth: int) -> Parsed:
        """`a,b,c`: the comma binds more tightly than any operator."""
        parsed = self._unary(place, depth)
        values: list[str | int] | None = None
        while parsed is not None:
            comma = self.skip_blanks(parsed[1])
            if self.raw(comma) != ",":
                break
            following = self._unary(self.skip_lines(comma + 1), depth)
            if following is None:
                break
            self._charged(values)
            values = [*(flat(parsed[0]) if values is None else values), *flat(following[0])]
            parsed = values, following[1]
        return parsed

    def _unary(self, place: int, depth: int) -> Parsed:
        self.steps += 1
        if self.steps > _STEPS_AT_MOST or depth > _DEPTH_AT_MOST or place >= len(self.tokens):
            return None
        token = self.tokens[place]
        maker = _UNARY.get(token.kind)
        parsed = maker(self, place, depth) if maker else None
        return self._postfixed(parsed, depth) if parsed else None

    def _literal(self, place: int, _depth: int) -> Parsed:
        return self._interpolated(self.tokens[place]), place + 1

    def _number(self, place: int, _depth: int) -> Parsed:
        digits = self.tokens[place].value
        return int(digits, 16 if digits[:2].lower() == "0x" else 10), place + 1

    def _variable(self, place: int, _depth: int) -> Parsed:
        value = self.variables.get(self.tokens[place].value)
        return None if value is None else (value, place + 1)

    def _type(self, place: int, depth: int) -> Parsed:
        """`[char] 104`, `[string]::Join(…)`, `[Text.Encoding]::UTF8.GetString(…)`."""
        kind = self.tokens[place].value
        after = self.skip_blanks(place + 1)
        if self.raw(after) == "::":
            return self._static(kind, after + 1, depth)
        parsed = self._unary(after, depth + 1)
        value = self._charged(cast(kind, parsed[0])) if parsed else None
        return None if parsed is None or value is None else (value, parsed[1])

    def _static(self, kind: str, place: int, depth: int) -> Parsed:
        name = self.raw(place).lower()
        if kind == "text.encoding" and self.raw(place + 1) == ".":
            kind, place = f"text.encoding::{name}", place + 2
            name = self.raw(place).lower()
        arguments = self._arguments(place + 1, depth)
        value = self._charged(static(kind, name, arguments[0])) if arguments else None
        return None if arguments is None or value is None else (value, arguments[1])

    def _word(self, place: int, depth: int) -> Parsed:
        """`-join (…)` in front of a list."""
        if self.tokens[place].value not in ("-join", "-split"):
            return None
        parsed = self._unary(self.skip_blanks(place + 1), depth + 1)
        if parsed is None:
            return None
        between: Value = "" if self.tokens[place].value == "-join" else " "
        value = operated(self.tokens[place].value, parsed[0], between)
        return None if value is None else (value, parsed[1])

    def _sign(self, place: int, depth: int) -> Parsed:
        """`( … )`, `@( … )` and `$( … )`."""
        raw = self.tokens[place].raw
        opened = place + 1 if raw == "$" and self.raw(place + 1) == "(" else place
        if self.raw(opened) not in ("(", "@(") or place in self.no_constants:
            return None
        parsed = self.expression(self.skip_lines(opened + 1), 0, depth + 1)
        end = self.skip_lines(parsed[1]) if parsed else place
        if parsed is None or self.raw(end) != ")":
            self.no_constants.add(place)
            return None
        return parsed[0], end + 1

    def _postfixed(self, parsed: tuple[Value, int], depth: int) -> Parsed:
        """Follow `.Method(…)` and `[index]` for as long as they come."""
        while True:
            value, place = parsed
            following: Parsed = None
            if self.raw(place) == "." and place + 1 < len(self.tokens):
                arguments = self._arguments(place + 2, depth)
                made = self._charged(method(self.tokens[place + 1].value, value, arguments[0])) if arguments else None
                following = (made, arguments[1]) if arguments and made is not None else self._length(value, place + 1)
            elif self.raw(place) == "[":
                following = self._indexed(value, place, depth)
            if following is None:
                return parsed
            parsed = following

    def _length(self, value: Value, place: int) -> Parsed:
        """`.Length`, `.Count`, and `.Length-1`, which the lexer leaves in one word."""
        found = _LENGTH.fullmatch(self.tokens[place].value)
        if found is None or isinstance(value, int):
            return None
        return len(value) - int(found[1] or 0), place + 1

    def _arguments(self, place: int, depth: int) -> tuple[list[Value], int] | None:
        """Return the arguments between parentheses, each on its own."""
        if self.raw(place) != "(":
            return None
        values: list[Value] = []
        place = self.skip_lines(place + 1)
        while self.raw(place) != ")":
            parsed = self._argument(place, depth)
            if parsed is None:
                return None
            values.append(parsed[0])
            place = self.skip_lines(parsed[1])
            place = self.skip_lines(place + 1) if self.raw(place) == "," else place
        return values, place + 1

    def _argument(self, place: int, depth: int) -> Parsed:
        """Return one argument: operators, but no comma, which parts arguments."""
        parsed = self._unary(place, depth + 1)
        while parsed is not None:
            sign = self.skip_blanks(parsed[1])
            if self.raw(sign) != "+":
                return parsed
            right = self._unary(self.skip_blanks(sign + 1), depth + 1)
            value = self._charged(operated("+", parsed[0], right[0])) if right else None
            parsed = (value, right[1]) if right and value is not None else None
        return None

    def _indexed(self, value: Value, place: int, depth: int) -> Parsed:
        """`'abc'[2..0]`, `$x[-1..-9]`, `'xyz'[1,0]`."""
        numbers, end = self._numbers(place + 1, depth)
        if self.raw(end) != "]" or not numbers or isinstance(value, int | bytes):
            return None
        chosen = [value[number] for number in numbers if -len(value) <= number < len(value)]
        if len(numbers) == 1 and chosen:
            return chosen[0], end + 1
        return list(chosen), end + 1

    def _numbers(self, place: int, depth: int) -> tuple[list[int], int]:
        """Return the numbers of an index (`1,2`, `-1..-9`, `($x.Length-1)..0`), and the place behind them."""
        numbers: list[int] = []
        bound = self._bound(place, depth)
        while bound is not None:
            number, place = bound
            numbers.append(number)
            if self.raw(place) == ".." and (other := self._bound(place + 1, depth)):
                steps = operated("..", number, other[0])
                numbers[-1:] = [int(step) for step in steps] if isinstance(steps, list) else []
                place = other[1]
            bound = self._bound(self.skip_blanks(place + 1), depth) if self.raw(place) == "," else None
        return numbers, place

    def _bound(self, place: int, depth: int) -> tuple[int, int] | None:
        """Return a whole number that may have a minus and may be worked out."""
        raw = self.raw(place)
        if raw.startswith("-") and raw[1:].isdecimal():
            return int(raw[:8]), place + 1
        parsed = self._unary(place + (raw == "-"), depth + 1)
        if parsed is None or not isinstance(parsed[0], int):
            return None
        return (-parsed[0] if raw == "-" else parsed[0]), parsed[1]

    def _piped(self, parsed: Parsed) -> Parsed:
        """`(104,111) | % { [char]$_ }`: a list of numbers made characters."""
        if parsed is None:
            return None
        bar = self.skip_blanks(parsed[1])
        if self.raw(bar) != "|":
            return parsed
        words = [(at, self.tokens[at]) for at in range(bar + 1, min(bar + _PIPELINE_TOKENS, len(self.tokens)))]
        told = [(at, token) for at, token in words if token.kind != "blank"]
        if not told or told[0][1].value not in ("%", "foreach-object", "foreach") or len(told) < 4:
            return parsed
        end = next((at for at, token in told if token.raw == "}"), 0)
        inside = [token for at, token in told[1:] if at < end]
        if not end or not any(token.value == "char" for token in inside) or not any(t.value == "_" for t in inside):
            return parsed
        numbers = flat(parsed[0])
        key = next((int(t.value, 0) for t in inside if t.kind == "number" and t.value.lower().lstrip("0x")), None)
        mixed = [one ^ key if isinstance(one, int) and key is not None else one for one in numbers]
        letters = [cast("char", cast("int", one) or 0) for one in mixed]
        return [str(letter) for letter in letters if letter is not None], end + 1

    def _interpolated(self, token: ScriptToken) -> str:
        """Return a string with the variables put in that the text itself set (double quotes only)."""
        if token.raw[:1] not in '"\u201c\u201d\u201e@' or "$" not in token.value or token.raw.startswith("@'"):
            return token.value
        text = _INTERPOLATION.sub(self._value_of, token.value[:_INTERPOLATED_AT_MOST])
        return text[:_INTERPOLATED_AT_MOST]

    def _value_of(self, found: re.Match[str]) -> str:
        value = self._inner(found[3]) if found[3] else self.variables.get((found[1] or found[2]).lower())
        return found[0] if value is None else as_text(value)[:2000]

    def _inner(self, text: str) -> Value | None:
        """Work out the parentheses of `"… $( … )"`, where the whole of them is a constant; they hold no others."""
        inner = Expressions(script_tokens(text), self.variables, self.steps)
        parsed = inner.expression(0)
        self.steps = inner.steps + len(inner.tokens)
        return parsed[0] if parsed is not None and parsed[1] == len(inner.tokens) else None

    def _charged(self, value: Value | None) -> Value | None:
        """Count a step for every few letters made, so that short text cannot make long texts for ever."""
        if value is not None and not isinstance(value, int):
            self.steps += len(value) // _LETTERS_PER_STEP
        return value

    def raw(self, place: int) -> str:
        """Return a token as written; nothing behind the last."""
        return self.tokens[place].raw if place < len(self.tokens) else ""

    def skip_blanks(self, place: int) -> int:
        """Return the place of the next token that is no blank."""
        while place < len(self.tokens) and self.tokens[place].kind == "blank":
            place += 1
        return place

    def skip_lines(self, place: int) -> int:
        """Return the place of the next token that is neither blank nor the end of a line."""
        while place < len(self.tokens) and (self.tokens[place].kind == "blank" or self.tokens[place].raw == "\n"):
            place += 1
        return place


_UNARY: dict[str, Callable[[Expressions, int, int], Parsed]] = {
    "text": Expressions._literal,
    "number": Expressions._number,
    "variable": Expressions._variable,
    "type": Expressions._type,
    "word": Expressions._word,
    "sign": Expressions._sign,
}
