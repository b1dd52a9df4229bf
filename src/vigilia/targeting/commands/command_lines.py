"""Command lines and scripts: which of their words are what somebody looked for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from vigilia.targeting.commands.arguments import Argument, arguments
from vigilia.targeting.commands.cmd_variables import with_cmd_variables
from vigilia.targeting.commands.comparisons import comparison_terms
from vigilia.targeting.commands.constant_output import printed_by
from vigilia.targeting.commands.given_away import tools_given_away
from vigilia.targeting.commands.lost_quotes import regrouped
from vigilia.targeting.commands.posix_words import posix_line
from vigilia.targeting.commands.powershell_folding import fold_script
from vigilia.targeting.commands.tools import PreparedTool, SearchTools, load_search_tools, tools_named
from vigilia.targeting.commands.values import value_terms
from vigilia.targeting.commands.windows_words import windows_line
from vigilia.targeting.commands.words import Command, Word
from vigilia.targeting.decoding.decoded_text import decode_base64
from vigilia.targeting.statements.ldap_filters import filter_terms
from vigilia.targeting.statements.statement_tables import load_statement_table
from vigilia.targeting.terms.found_terms import Found, found_terms

__all__ = ["Found", "SearchTools", "load_search_tools", "search_terms"]

_DEPTH_AT_MOST = 6
_EVALUATION_DEPTH_AT_MOST = 2
_LENGTH_AT_MOST = 65536
_CHARACTERS_AT_MOST = 4 * _LENGTH_AT_MOST  # of a text and all that is found within it
_WORDS_BEFORE_PROGRAM = 12
_FED_WORDS_AT_MOST = 200
_FED_LINES_AT_MOST = 20

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w{0,60}\+?=")
_HISTORY_PLACE = re.compile(r"[0-9][0-9:/.T+-]{0,30}|:|[0-9]{1,12}:[0-9]{1,9}")  # number and time of a history line
_ZSH_HISTORY = re.compile(r"^: [0-9]{1,12}:[0-9]{1,9};", re.MULTILINE)
_FROM_FILE = re.compile(r"\s-pattern[\s:]{1,4}\(\s{0,4}(?:get-content|gc|cat|type)\s", re.IGNORECASE)
_INPUT = ("-", "/dev/stdin")
_DIRECTORY_FILTER = re.compile(r"\([&|]\s{0,4}\(\s{0,4}object(?:class|category)\s{0,4}=", re.IGNORECASE)
_NO_COMMA = re.compile(r"[^,]+")
_EXECUTABLE = (".exe", ".com")
_SUFFIX = re.compile(r"\.(?:exe|com|cmd|bat|ps1)$")


def search_terms(text: str, *, windows: bool, quoted: bool = True) -> Found:
    """Return what a command line or script looks for; no terms where it does not search.

    Args:
        text: at most 64 Ki characters are looked at, and 256 Ki of what is found encoded within it.
        windows: the text is for cmd or PowerShell; else for a POSIX shell.
        quoted: the text holds the quotes that kept arguments together, where there were any.
    """
    reading = _Reading(quoted=quoted)
    text = text[:_LENGTH_AT_MOST]
    reading.read(text, windows=windows, depth=0)
    if not reading.terms and _DIRECTORY_FILTER.search(text):  # written without quotes, so that its parentheses cut it
        reading.terms += filter_terms(text).terms
    return found_terms(reading.terms, reading.how, reading.left_out, reading.in_files)


@dataclass
class _Reading:
    """What was found so far in one text and in the texts within it."""

    terms: list[str] = field(default_factory=list)
    how: list[str] = field(default_factory=list)
    left_out: int = 0
    in_files: int = 0
    budget: int = _CHARACTERS_AT_MOST
    quoted: bool = True

    def read(self, text: str, *, windows: bool, depth: int) -> None:
        """Read a command line or script, and what it holds within."""
        self.budget -= len(text)
        if depth > _DEPTH_AT_MOST or self.budget < 0:
            self.left_out += 1
        elif windows:
            self._read_windows(text, depth)
        else:
            self._read_posix(text, depth)

    def _read_windows(self, text: str, depth: int) -> None:
        text, put_in = with_cmd_variables(text)
        folded = fold_script(text)
        count = len(self.terms)
        self.terms += comparison_terms(folded.text)
        self.in_files += len(_FROM_FILE.findall(folded.text))
        line = windows_line(folded.text)
        before: Command | None = None
        outer: list[Command] = []
        for command in line.commands:
            if before is not None and _opens_loop(before):
                self._loop(command, windows=True, depth=depth)
            else:
                self._command(_resumed(command, before, outer), None, windows=True, depth=depth)
            if command.opened == "(":
                outer.append(command)
            before = command
        for script in folded.scripts:
            self.read(script, windows=True, depth=depth + 1)
        if len(self.terms) > count:
            self.how += [*(["variables"] if put_in else []), *folded.how, *line.how]

    def _read_posix(self, text: str, depth: int) -> None:
        text = _ZSH_HISTORY.sub("", text) if text.startswith(": ") else text
        line = posix_line(text, self._printed_within)
        count = len(self.terms)
        stream: str | None = None
        for command in line.commands:
            given = command.fed if command.fed is not None else stream if command.piped else None
            self._command(command, given, windows=False, depth=depth)
            stream = self._printed(command, given)
        for inner in line.inner:
            self.read(inner, windows=False, depth=depth + 1)
        if len(self.terms) > count:
            self.how += line.how

    def _printed_within(self, text: str, depth: int = 0) -> str | None:
        """Return what the command of `$(…)` prints, where its text alone says so."""
        if depth >= _EVALUATION_DEPTH_AT_MOST:
            return None
        stream: str | None = None
        for command in posix_line(text, lambda inner: self._printed_within(inner, depth + 1)).commands:
            given = command.fed if command.fed is not None else stream if command.piped else None
            stream = self._printed(command, given)
        return stream

    def _printed(self, command: Command, given: str | None) -> str | None:
        words = [word.text for word in command.words]
        result = printed_by(_program(words[0]), words[1:], given) if words else None
        if result is not None and result[1]:
            self.how.append(result[1])
        return result[0] if result else None

    def _command(self, command: Command, given: str | None, *, windows: bool, depth: int) -> None:
        """Read one command, behind what may stand before its program."""
        words = command.words
        if not windows and len(words) > 2 and words[0].text == "for" and words[2].text == "in":
            self._loop(Command(words[3:], command.source), windows=windows, depth=depth)
            return
        start, words = _start(words, windows=windows)
        if start >= len(words):
            return
        behind = Command(words[start + 1 :], command.source)
        named = tools_named(_program(words[start].text), windows=windows)
        count = len(self.terms)
        for ready in named or tools_given_away(behind.words, windows=windows):
            self._program(ready, behind, given, windows=windows, depth=depth)
        if not named and len(self.terms) > count:
            self.how.append("renamed-program")

    def _program(self, ready: PreparedTool, command: Command, given: str | None, *, windows: bool, depth: int) -> None:
        if not self.quoted:
            command = replace(command, words=regrouped(ready, command.words))
        for argument in arguments(ready, command.words, windows=windows):
            self._argument(ready, argument, command, given, windows=windows, depth=depth)
        if given is None or ready.tool.fed == "skip":
            return
        if ready.tool.fed == "command":
            self.read(given, windows=windows, depth=depth + 1)
        elif ready.tool.fed == "statement":
            self._take(value_terms("statement", given, named=True))

    def _argument(
        self, ready: PreparedTool, argument: Argument, command: Command, given: str | None, *, windows: bool, depth: int
    ) -> None:
        words = command.words[argument.place : argument.end]
        match argument.reads:
            case "command":
                self.read(argument.value, windows=windows, depth=depth + 1)
            case "words":
                mark = _mark(command.words[: argument.place])
                self._inner_words(ready, Command(words, command.source), given, mark, windows=windows, depth=depth)
            case "rest":
                self.read(_rest(ready, words, command, windows=windows), windows=windows, depth=depth + 1)
            case "encoded":
                self._encoded(argument.value, depth)
            case "list":
                self._listed(argument.value, given)
            case "statement" if words and argument.value.lower() in load_statement_table().openings:
                self._take(value_terms("statement", _unquoted_statement(words[0], command), named=True))
            case reads:
                self._take(value_terms(reads, argument.value, named=argument.named))

    def _inner_words(
        self, ready: PreparedTool, command: Command, given: str | None, mark: str, *, windows: bool, depth: int
    ) -> None:
        """Read the command that a program such as sudo, xargs or find -exec was given word by word."""
        words = command.words
        if depth >= _DEPTH_AT_MOST:
            self.left_out += 1
        elif windows or (len(words) == 1 and " " in words[0].text):
            flags = {name for name, reads in ready.exact.items() if reads == "flag"}
            self.read(" ".join(w.text for w in words if w.text.lower() not in flags), windows=windows, depth=depth + 1)
        else:
            for inner in [command] if given is None or ready.tool.fed != "words" else _with_fed(command, given, mark):
                self.budget -= sum(len(word.text) for word in inner.words)
                if self.budget < 0:
                    self.left_out += 1
                    break
                self._command(inner, None, windows=windows, depth=depth + 1)

    def _encoded(self, token: str, depth: int) -> None:
        script = decode_base64(token)
        if script is not None:
            self.how += script.how
            self.read(script.text, windows=True, depth=depth + 1)

    def _listed(self, file: str, given: str | None) -> None:
        """Take the lines of the file of terms where it is what the line itself feeds the program; else count it."""
        if given is not None and file in _INPUT:
            self._take(found_terms(given.split("\n")))
        else:
            self.in_files += 1

    def _loop(self, command: Command, *, windows: bool, depth: int) -> None:
        """Read what a loop goes through: masks of file names, or (cmd) a command in quotes."""
        for word in command.words:
            if windows and " " in word.text and "*" not in word.text.partition(" ")[0]:
                self.read(word.text, windows=True, depth=depth + 1)
            else:
                self._take(value_terms("mask", word.text, named=False))

    def _take(self, found: Found) -> None:
        self.terms += found.terms
        self.how += found.how
        self.left_out += found.left_out


def _start(words: list[Word], *, windows: bool) -> tuple[int, list[Word]]:
    """Return the place of the program's name: behind keywords, assignments, and the number of a history line."""
    keywords = load_search_tools().keywords
    place = 0
    while place < min(len(words), _WORDS_BEFORE_PROGRAM):
        text = words[place].text
        if windows and text.startswith("$"):
            if place + 1 < len(words) and words[place + 1].text in ("=", "+=", "in"):
                place += 2
                continue
            _, equals, value = text.partition("=")
            if equals and value:
                return place, [*words[:place], words[place]._replace(text=value), *words[place + 1 :]]
        elif text.lower() not in keywords and not _ASSIGNMENT.match(text) and not _HISTORY_PLACE.fullmatch(text):
            break
        place += 1
    return place, _whole_program(words, place) if windows else words


def _whole_program(words: list[Word], place: int) -> list[Word]:
    """Join a Windows path that has spaces and no quotes; split `cmd,/c,dir`, which cmd does at commas too."""
    if place >= len(words):
        return words
    text = words[place].text
    first = text.lstrip("@,;")
    if "," in first and tools_named(_program(first.partition(",")[0]), windows=True):
        start = words[place].end - len(first)
        pieces = [Word(found[0], start + found.start(), start + found.end()) for found in _NO_COMMA.finditer(first)]
        return [*words[:place], *pieces, *words[place + 1 :]]
    if text[1:3] == ":\\" and not text.lower().endswith(_EXECUTABLE):
        for end in range(place + 1, min(place + 8, len(words))):
            if words[end].text.lower().endswith(_EXECUTABLE):
                return [*words[:place], *words[end:]] if "\\" in words[end].text else words
    return words


def _mark(options: Sequence[Word]) -> str:
    """Return what stands for each line that xargs reads: "{}", or what `-I` says."""
    for word, following in itertools.zip_longest(options, options[1:]):
        if word.text.startswith("-I"):
            return word.text[2:] or (following.text if following else "{}")
    return "{}"


def _with_fed(command: Command, given: str, mark: str) -> list[Command]:
    """Put what xargs reads behind the words; where a mark stands for it, there, one command for each line."""
    words = command.words
    if not any(mark in word.text for word in words):
        return [Command([*words, *(Word(text, 0, 0) for text in given.split()[:_FED_WORDS_AT_MOST])], "")]
    lines = [line.strip() for line in given.split("\n") if line.strip()]
    return [
        Command([word._replace(text=word.text.replace(mark, line, 1)) for word in words], "")
        for line in lines[:_FED_LINES_AT_MOST]
    ]


def _program(word: str) -> str:
    name = word.replace("\\", "/").rpartition("/")[2].lower().lstrip("@,;.")
    return _SUFFIX.sub("", name)


def _opens_loop(command: Command) -> bool:
    first, last = command.words[0].text.lower().lstrip("@"), command.words[-1].text.lower()
    return command.opened == "(" and first == "for" and last == "in"


def _resumed(command: Command, before: Command | None, outer: list[Command]) -> Command:
    """Put options that go on behind parentheses to their program: `sls -Path (gci x) -Pattern y`."""
    if before is None or before.opened != ")" or not outer:
        return command
    program = outer.pop()
    if not command.words[0].text.startswith("-"):
        return command
    return Command([*program.words, *command.words], command.source, opened=command.opened)


def _unquoted_statement(first: Word, command: Command) -> str:
    """Return a statement from its first word to the end of the line: a list of programs started has lost its quotes.

    What was typed as one argument was taken apart as if it were shell text, so its own text is taken instead.
    """
    if not command.source:
        return " ".join(word.text for word in command.words)
    return command.source[first.start :].partition("\n")[0]


def _rest(ready: PreparedTool, words: Sequence[Word], command: Command, *, windows: bool) -> str:
    """Return the text that a shell was given to run, as that shell gets it."""
    if not words:
        return ""
    if not windows:
        return " ".join(word.text for word in words)
    if len(words) == 1 and ready.tool.names[0] != "cmd":
        return words[0].text
    if not command.source:
        return " ".join(word.text for word in words)
    raw = command.source[words[0].start : words[-1].end]
    if len(raw) > 1 and raw[0] == raw[-1] == '"' and (len(words) == 1 or ready.tool.names[0] == "cmd"):
        return raw[1:-1]
    return raw
