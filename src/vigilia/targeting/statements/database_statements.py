"""Database statements: which texts they look for, in SQL, WQL, Cypher, the MongoDB shell and JSON queries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from vigilia.targeting.decoding.decoded_text import decode_base64, decode_hex
from vigilia.targeting.statements.patterns import pattern_words
from vigilia.targeting.statements.query_documents import document_terms
from vigilia.targeting.statements.statement_tables import StatementTable, holds_names, load_statement_table
from vigilia.targeting.statements.statement_tokens import Token, statement_tokens
from vigilia.targeting.terms.found_terms import Found, found_terms

__all__ = ["statement_terms"]

_LENGTH_AT_MOST = 65536
_PARAMETERS = re.compile(r"\bparameters:\s", re.IGNORECASE)
_PARAMETER = re.compile(r"(\$[0-9]{1,5}|@\w{1,80}) = '((?:[^']|'')*)'")


def statement_terms(text: str) -> Found:
    """Return what a statement looks for: patterns, full-text queries, and equalities on columns that hold names.

    Args:
        text: at most 64 Ki characters are looked at. Parameters are filled in where the log tells their values in the
            same text ("DETAIL:  parameters: $1 = '%x%'").
    """
    text = text[:_LENGTH_AT_MOST]
    document = document_terms(text)
    if document is not None:
        return document
    statement, values = _parameters(text)
    tokens = _with_inner_statements(statement_tokens(statement))
    scan = _Scan(tokens, values | _assigned(tokens), load_statement_table())
    return found_terms((pattern_words(term) for term in scan.terms()), scan.how)


def _parameters(text: str) -> tuple[str, dict[str, str]]:
    """Return the statement without the values of its parameters, and those values."""
    told = _PARAMETERS.search(text)
    if told is None:
        return text, {}
    values = {name: value.replace("''", "'") for name, value in _PARAMETER.findall(text, told.end())}
    return text[: told.start()], values


def _with_inner_statements(tokens: list[Token]) -> list[Token]:
    """Put the tokens of statements that are run from texts (`EXEC sp_executesql N'…'`) in the place of those texts."""
    inner = load_statement_table().inner_statements
    whole: list[Token] = []
    for place, token in enumerate(tokens):
        before = [one.value.lower() for one in tokens[max(place - 2, 0) : place] if one.value != "("][-1:]
        if token.kind == "text" and before and before[0] in inner:
            whole += statement_tokens(token.value)
        else:
            whole.append(token)
    return whole


def _assigned(tokens: list[Token]) -> dict[str, str]:
    """Return the variables that are given a text in the statement itself (`@p = N'%x%'`)."""
    threes = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return {
        name.value: text.value
        for name, equals, text in threes
        if name.kind == "parameter" and equals.value == "=" and text.kind == "text"
    }


@dataclass
class _Scan:
    """One pass over the tokens of a statement, from left to right."""

    tokens: list[Token]
    values: dict[str, str]
    table: StatementTable
    how: list[str] = field(default_factory=list)
    column: str = ""
    negated: bool = False
    condition: bool = False

    def terms(self) -> Iterable[str]:
        place = 0
        while place < len(self.tokens):
            token = self.tokens[place]
            operator, after = self._operator(place)
            if self._is_function(place):
                texts, place = self._operand(place + 1)
                yield from self._of_function(token.value.lower(), texts)
            elif self._compares(operator, after):
                texts, after = self._operand(after)
                yield from () if self.negated else texts
                place, self.negated = after, False
            else:
                self._note(token)
                place += 1

    def _operator(self, place: int) -> tuple[str, int]:
        """Return the operator that stands here, of one word or two, and the place behind it."""
        token = self.tokens[place]
        if token.kind not in ("word", "operator") and not token.value.startswith("$"):
            return "", place
        first = token.value.lower()
        if place + 1 < len(self.tokens) and self.tokens[place + 1].kind == "word":
            both = f"{first} {self.tokens[place + 1].value.lower()}"
            if both in self.table.comparisons:
                return both, place + 2
        after = place + 1
        if first.startswith("$") and after < len(self.tokens) and self.tokens[after].value == ":":
            after += 1
        return first, after

    def _is_function(self, place: int) -> bool:
        token = self.tokens[place]
        opened = place + 1 < len(self.tokens) and self.tokens[place + 1] == ("operator", "(")
        return opened and token.kind == "word" and token.value.lower() in self.table.first_text | self.table.last_text

    def _of_function(self, name: str, texts: list[str]) -> list[str]:
        chosen = texts[-1:] if name in self.table.last_text else texts[:1]
        return [] if self.negated else chosen

    def _compares(self, operator: str, after: int) -> bool:
        if operator in self.table.comparisons:
            return after >= len(self.tokens) or not self._is_function(after)
        if after < len(self.tokens) and self.tokens[after].kind == "regex":
            return operator in self.table.equalities
        return operator in self.table.equalities and self.condition and holds_names(self.column)

    def _note(self, token: Token) -> None:
        """Keep what the next operator needs to know: its column, a NOT, whether we are among conditions."""
        low = token.value.lower()
        if token.kind == "text":
            self.column = token.value[:200]
        elif token.kind == "word":
            last = low.rpartition(".")[2]
            self.condition = last in self.table.conditions or (self.condition and low not in self.table.assignments)
            self.negated = low == "not"
            if low not in ("not", "binary", "lower", "upper"):
                self.column = token.value[:200]
        elif token.value in ("!", "!~", "!=", "<>"):
            self.negated = token.value in ("!", "!~")
        elif token.value == ";":
            self.condition = False

    def _operand(self, place: int) -> tuple[list[str], int]:
        """Return the texts of the operand that begins here, joined where the statement joins them, and what follows."""
        operand = _Operand(self.values, self.table)
        start = place
        while place < len(self.tokens) and operand.takes(self.tokens, place):
            place += 1
        self.how += operand.how
        return operand.finished(), max(place, start)


@dataclass
class _Operand:
    """The right-hand side of a comparison, token by token."""

    values: dict[str, str]
    table: StatementTable
    texts: list[str] = field(default_factory=list)
    how: list[str] = field(default_factory=list)
    joins: bool = False
    functions: list[str] = field(default_factory=list)
    called: str = ""
    complete: bool = False

    def takes(self, tokens: list[Token], place: int) -> bool:
        """Take a token if it belongs to the operand."""
        token = tokens[place]
        if token.kind == "operator":
            return self._takes_operator(token.value)
        if self.complete and not self.functions and not self.joins:
            return False
        if token.kind == "word":
            return self._takes_word(token.value.lower(), tokens, place)
        if token.kind == "number":
            self._add_number(token.value)
            return True
        self._add(self.values.get(token.value, "") if token.kind == "parameter" else token.value)
        if token.kind == "parameter" and token.value in self.values:
            self.how.append("parameters")
        return True

    def finished(self) -> list[str]:
        return [text for text in self.texts if text]

    def _takes_operator(self, sign: str) -> bool:
        if sign in ("(", "["):
            if self.complete and not self.functions and not self.joins:
                return False
            self.functions.append(self.called)
            self.called = ""
        elif sign in (")", "]"):
            if not self.functions:
                return False
            self.functions.pop()
            self.complete = True
        elif sign in ("||", "+"):
            self.joins = True
            self.how.append("joined-strings")
        elif sign == ",":
            inner = self.functions[-1] if self.functions else None
            self.joins = inner in self.table.concatenations | self.table.character_functions
            return inner is not None
        elif not self.functions and sign not in ("::", ":"):
            return False
        return True

    def _takes_word(self, word: str, tokens: list[Token], place: int) -> bool:
        opens = place + 1 < len(tokens) and tokens[place + 1].value in ("(", "[")
        if not self.functions and not opens and tokens[place - 1].value != "::":
            return False
        self.called = word if opens else ""
        return True

    def _add_number(self, digits: str) -> None:
        if (
            self.functions
            and self.functions[-1] in self.table.character_functions
            and digits.isdecimal()
            and int(digits[:8]) < 0x110000
        ):
            self.how.append("character-codes")
            self._add(chr(int(digits[:8])))
        else:
            self.joins = False

    def _decoded(self, text: str) -> str:
        """Return the text that a decoding function around it makes of it."""
        around = self.functions[-1] if self.functions else ""
        if around in self.table.hex_functions and (plain := decode_hex(text)) is not None:
            self.how.append("hex")
            return plain
        if around in self.table.base64_functions and (opened := decode_base64(text)) is not None:
            self.how += opened.how
            return opened.text
        return text

    def _add(self, text: str) -> None:
        text = self._decoded(text)
        if self.joins and self.texts:
            self.texts[-1] += text
        else:
            self.texts.append(text)
        self.joins = False
        self.complete = True
