"""Words of POSIX shells: quotes, `$'…'`, variables that the line itself sets, here-documents, `$(…)`.

Follows the Shell Command Language of POSIX.1-2024, chapter 2, as far as a line that nobody runs can be followed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from vigilia.targeting.commands.lexer import Lexer
from vigilia.targeting.commands.words import Command, Line, Word
from vigilia.targeting.decoding.escapes import c_unescaped

__all__ = ["posix_line"]

_PLAIN = re.compile(r"[^ \t\r\n'\"\\$`|;&(){}<>#]+")
_BLANK = re.compile(r"(?:[ \t\r]|\\\n)+")
_SINGLE = re.compile(r"'([^']*)'")
_DOUBLE_PLAIN = re.compile(r"[^\"\\$`]+")
_ANSI = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w{0,60})|\{([A-Za-z_]\w{0,60})\})")
_EXPANSION = re.compile(r"\$\{[^}\n]{0,200}\}|\$[@*#?$!0-9-]")
_ASSIGNMENT = re.compile(r"(?:export|local|declare|readonly)?\s*([A-Za-z_]\w{0,60})=(.*)", re.DOTALL)
_HERE = re.compile(r"<<-?[ \t]*(['\"]?)([A-Za-z_]\w{0,40})\1")
_REDIRECTION = re.compile(r"&?[<>]{1,2}[&|]?")
# Stands for what the line does not tell, so that a word that is unknown is still a word.
UNKNOWN = "\ufffc"
_LONGEST_VALUE = 4096
_DEEPEST = 12

Evaluate = Callable[[str], str | None]


def posix_line(text: str, evaluate: Evaluate) -> Line:
    """Return the commands of a text.

    Args:
        text: a command line or script; quotes that nobody closes are letters.
        evaluate: gives what an inner command prints where that is known (`echo … | base64 -d`), else None.
    """
    return _Lexer(text, evaluate=evaluate).run()


def _prints_nothing(_command: str) -> str | None:
    return None


@dataclass
class _Lexer(Lexer):
    plain = _PLAIN
    blank = _BLANK

    evaluate: Evaluate = _prints_nothing
    variables: dict[str, str] = field(default_factory=dict)
    fed: str | None = None
    redirected: str = ""
    heredocs: list[tuple[Command | None, str]] = field(default_factory=list)

    def pass_blank(self, end: int) -> None:
        self._end_word()
        self.position = end

    def special(self, letter: str, here: int) -> None:
        if letter in "'\"":
            self._quoted(letter, here)
        elif letter == "\\":
            self.add(self.text[here + 1 : here + 2], here, here + 2)
        elif letter in "$`":
            text, end = self._dollar(here)
            self.add(text, here, end)
        elif letter in "<>" or self.text.startswith(("&>", "<&"), here):
            self._redirect(here)
        elif letter == "#":
            self._comment(here)
        elif letter in "{}" and self._is_within_word(here):
            self.add(letter, here, here + 1)
        else:
            self._separate(letter, here)

    def _is_within_word(self, here: int) -> bool:
        """Braces are grammar only where they stand alone: `{ grep x; }` but not `*.{doc,pdf}` and not `-I{}`."""
        following = self.text[here + 1 : here + 2]
        return self.parts is not None or (bool(following) and not following.isspace() and following != ";")

    def _quoted(self, quote: str, here: int) -> None:
        if quote in self.unclosed:
            self.add(quote, here, here + 1)
            return
        if quote == "'":
            closed = _SINGLE.match(self.text, here)
            content, end = (closed[1], closed.end()) if closed else (None, here + 1)
        else:
            content, end = self._double(here + 1)
        if content is None:  # not closed: an apostrophe, or a process title that lost its quotes
            self.unclosed.add(quote)
            content, end = quote, here + 1
        self.add(content, here, end)

    def _double(self, start: int) -> tuple[str | None, int]:
        """Return what stands between double quotes, expanded, and the place behind; None where nobody closes them."""
        parts: list[str] = []
        place = start
        while place < len(self.text):
            letter = self.text[place]
            if letter == '"':
                return "".join(parts), place + 1
            if plain := _DOUBLE_PLAIN.match(self.text, place):
                parts.append(plain[0])
                place = plain.end()
            elif letter == "\\":
                following = self.text[place + 1 : place + 2]
                parts.append(following if following in '"\\$`' else f"\\{following}" if following != "\n" else "")
                place += 2
            else:
                text, place = self._dollar(place)
                parts.append(text)
        return None, start

    def _dollar(self, here: int) -> tuple[str, int]:
        """Return what `$…` or a backquoted command stands for, as far as the line tells, and the place behind it."""
        if ansi := _ANSI.match(self.text, here):
            self.line.how.append("ansi-c-quoting")
            return c_unescaped(ansi[1]), ansi.end()
        if self.text.startswith("$(", here) or self.text[here] == "`":
            return self._substitution(here)
        if variable := _VARIABLE.match(self.text, here):
            value = self.variables.get(variable[1] or variable[2])
            if value is not None:
                self.line.how.append("variables")
            return UNKNOWN if value is None else value, variable.end()
        if expansion := _EXPANSION.match(self.text, here):
            return UNKNOWN, expansion.end()
        return ("" if self.text.startswith('$"', here) else "$"), here + 1

    def _substitution(self, here: int) -> tuple[str, int]:
        backquoted = self.text[here] == "`"
        start = here + (1 if backquoted else 2)
        sign = "`" if backquoted else "$("
        end = -1
        if sign not in self.unclosed:
            end = self.text.find("`", start) if backquoted else _closing(self.text, start)
        if end < 0:
            self.unclosed.add(sign)
            return "", start
        inner = self.text[start:end]
        self.line.inner.append(inner)
        printed = self.evaluate(inner)
        return UNKNOWN if printed is None else printed.rstrip("\n"), end + 1

    def _redirect(self, here: int) -> None:
        """Note here-documents and here-strings; leave out where input comes from and output goes to."""
        if self.parts is not None and "".join(self.parts).isdigit():
            self.parts = None  # the number of a file: `2>/dev/null`
        self._end_word()
        if self.text.startswith("<<<", here):
            self.redirected, self.position = "<<<", here + 3
        elif heredoc := _HERE.match(self.text, here):
            self.heredocs.append((None, heredoc[2]))
            self.position = heredoc.end()
        elif self.text[here : here + 2] in ("<(", ">("):
            self._separate("(", here + 1)
        else:
            sign = _REDIRECTION.match(self.text, here)
            self.redirected, self.position = ">", sign.end() if sign else here + 1

    def _comment(self, here: int) -> None:
        if self.parts is not None:
            self.add("#", here, here + 1)
            return
        end = self.text.find("\n", here)
        self.position = len(self.text) if end < 0 else end

    def _separate(self, letter: str, here: int) -> None:
        double = self.text[here : here + 2]
        sign = double if double in ("||", "&&", ";;", "|&") else letter
        self.end_command(sign)
        self.position = here + len(sign)
        if letter == "\n" and self.heredocs:
            self._read_heredocs()

    def _end_word(self) -> None:
        if self.parts is None:
            return
        text = "".join(self.parts)[:65536]
        self.parts = None
        if self.redirected == "<<<":
            self.fed = text
        elif not self.redirected:
            self.words.append(Word(text, self.started, self.position))
        self.redirected = ""

    def end_command(self, sign: str) -> None:
        self._end_word()
        command = Command(self.words, self.text, self.fed, self.piped, sign)
        if self.words or self.fed is not None:
            self.line.commands.append(command)
            self._assign()
        self.heredocs = [(owner or command, mark) for owner, mark in self.heredocs]
        self.piped = sign in ("|", "|&") if sign != "\n" or self.words else self.piped
        self.words, self.fed, self.redirected = [], None, ""

    def _assign(self) -> None:
        """Keep what a command of assignments alone sets; the last value counts."""
        if len(self.words) > 3 and self.words[0].text == "for" and self.words[2].text == "in":
            values = " ".join(word.text for word in self.words[3:200] if "*" not in word.text)
            self.variables[self.words[1].text] = values[:_LONGEST_VALUE] or UNKNOWN
            return
        words = self.words[1:] if self.words and self.words[0].text in ("export", "local", "declare") else self.words
        found = [_ASSIGNMENT.fullmatch(word.text) for word in words[:20]]
        for one in found if all(found) else []:
            if one is not None:
                self.variables[one[1]] = one[2][:_LONGEST_VALUE]

    def _read_heredocs(self) -> None:
        """Give each here-document, which begins on the next line, to its command."""
        for command, mark in self.heredocs:
            end = re.compile(rf"^[ \t]*{mark}[ \t]*$", re.MULTILINE).search(self.text, self.position)
            stop = end.start() if end else len(self.text)
            if command is not None:
                command.fed = self.text[self.position : stop]
            self.position = end.end() if end else len(self.text)
        self.heredocs = []


def _closing(text: str, start: int) -> int:
    """Return the place of the parenthesis that closes `$(`, or -1; quotes hide parentheses."""
    depth, quote = 1, ""
    for place in range(start, min(len(text), start + 16384)):
        letter = text[place]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
            if depth == 0:
                return place
    return -1
