"""Words of cmd and PowerShell: what both, and the C runtime between them, make of quotes, carets and backticks.

A recorded Windows command line does not say which program will take it apart, so one lexer follows the rules that do
not contradict each other: double quotes everywhere, single quotes where a word begins, carets and backticks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vigilia.targeting.commands.lexer import Lexer
from vigilia.targeting.commands.words import Command, Line, Word

__all__ = ["windows_line"]

_PLAIN = re.compile(r"[^ \t\r\n\f\v\xa0\"'|;&(){}^`<>]+")
_BLANK = re.compile(r"[ \t\r\f\v\xa0]+")
_PATH = re.compile(r"\"((?:[A-Za-z]:|\\\\|%\w{1,40}%|\.{1,2}\\)[^\"\n]*\\)\"(?=[\s|&);,]|\Z)")
_DOUBLE = re.compile(r"\"((?:[^\"\\`]|\"\"|`.|\\.)*)\"", re.DOTALL)
_DOUBLE_ESCAPE = re.compile(r"\\\"|\"\"|`(.)", re.DOTALL)
_SINGLE = re.compile(r"['\u2018\u2019]((?:[^'\u2018\u2019]|'')*)['\u2018\u2019]")
_REDIRECTION = re.compile(r"[<>]{1,2}(?:&[0-9])?")
_OPENS_SINGLE = "=,:("


def windows_line(text: str) -> Line:
    """Return the commands of a text; quotes that nobody closes are letters."""
    return _Lexer(text).run()


@dataclass
class _Lexer(Lexer):
    plain = _PLAIN
    blank = _BLANK

    redirected: bool = False

    def special(self, letter: str, here: int) -> None:
        if letter == '"':
            self._double(here)
        elif letter == "'":
            self._single(here)
        elif letter in "^`":
            self._escape(letter, here)
        elif letter in "<>":
            self._redirect(here)
        else:
            double = self.text[here : here + 2]
            sign = double if double in ("||", "&&") else letter
            self.end_command(sign)
            self.position = here + len(sign)

    def pass_blank(self, end: int) -> None:
        """End the word, unless it is a list that goes on: `*a*, *b*`."""
        self.position = end
        if self.parts and self.parts[-1].endswith(",") and not self.text[end : end + 1].isspace():
            return
        self._end_word()

    def _double(self, here: int) -> None:
        if path := _PATH.match(self.text, here):  # a folder whose last letter is a backslash escapes nothing
            self.add(path[1], here, path.end())
        elif '"' not in self.unclosed and (closed := _DOUBLE.match(self.text, here)):
            if self.parts and not closed[1]:
                self.line.how.append("quotes-within-words")
            self.add(_DOUBLE_ESCAPE.sub(lambda found: found[1] or '"', closed[1]), here, closed.end())
        else:
            self.unclosed.add('"')
            self.add("", here, here + 1)

    def _single(self, here: int) -> None:
        opens = self.parts is None or self.parts == ["."] or self.parts[-1][-1:] in _OPENS_SINGLE
        closed = _SINGLE.match(self.text, here) if opens and "'" not in self.unclosed else None
        if closed:
            self.add(closed[1].replace("''", "'"), here, closed.end())
            return
        if opens:
            self.unclosed.add("'")
        self.add("'", here, here + 1)

    def _escape(self, sign: str, here: int) -> None:
        """Take the letter behind a caret or backtick as it is; at the end of a line both continue it."""
        following = self.text[here + 1 : here + 3]
        if following.startswith(("\n", "\r")):
            self.position = here + (3 if following == "\r\n" else 2)
            return
        if following[:1].isalnum():
            self.line.how.append("caret-escapes" if sign == "^" else "backticks")
        self.add(following[:1], here, here + 2)

    def _redirect(self, here: int) -> None:
        sign = _REDIRECTION.match(self.text, here)
        if self.parts is not None and "".join(self.parts).isdigit():
            self.parts = None  # the number of a stream: `2>nul`
        self._end_word()
        self.position = sign.end() if sign else here + 1
        self.redirected = not (sign and "&" in sign[0])

    def _end_word(self) -> None:
        if self.parts is None:
            return
        if not self.redirected:
            self.words.append(Word("".join(self.parts), self.started, min(self.position, len(self.text))))
        self.parts, self.redirected = None, False

    def end_command(self, sign: str) -> None:
        self._end_word()
        if self.words:
            self.line.commands.append(Command(self.words, self.text, None, self.piped, sign))
        self.piped = sign == "|"
        self.words, self.redirected = [], False
