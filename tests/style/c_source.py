# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Reads C well enough to measure it, with nothing but the standard library.

A file is turned into text of the same shape in which comments, literals and
preprocessor lines are blank, so that what is left can be searched without
finding words in strings, at the line numbers of the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SPLIT = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<char>'(?:\\.|[^'\\\n])*')""",
    re.DOTALL | re.VERBOSE,
)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|&&|\|\||->|[^\s]")
_DECISIONS = {"if", "for", "while", "case", "&&", "||", "?"}
_LOOPS = {"if", "for", "while", "switch"}


def _blank(text: str) -> str:
    """Returns spaces in the shape of text."""
    return re.sub(r"[^\n]", " ", text)


def without_comments(text: str) -> str:
    """Returns text with its comments blank and its literals as they are."""

    def replace(match: re.Match) -> str:
        return _blank(match[0]) if match["comment"] else match[0]

    return _SPLIT.sub(replace, text)


def code_only(text: str) -> str:
    """Returns text with comments, literals' contents and directives blank."""

    def replace(match: re.Match) -> str:
        if match["comment"]:
            return _blank(match[0])
        return match[0][0] + _blank(match[0][1:-1]) + match[0][-1]

    return _DIRECTIVE.sub(lambda m: _blank(m[0]), _SPLIT.sub(replace, text))


@dataclass
class Token:
    """A word or a sign of the code, and the line it is in."""

    text: str
    line: int


def tokenize(code: str) -> list[Token]:
    """Splits what code_only() returned."""
    tokens = []
    line = 1
    at = 0
    for match in _TOKEN.finditer(code):
        line += code.count("\n", at, match.start())
        at = match.start()
        tokens.append(Token(match[0], line))
    return tokens


@dataclass
class Function:
    """One function definition and its measures.

    line and end are those of its name and of its closing brace.
    """

    name: str
    line: int
    end: int
    parameters: int
    complexity: int
    nesting: int

    @property
    def lines(self) -> int:
        """Length as ctags counts it: from the name to the closing brace."""
        return self.end - self.line + 1


def matching(tokens: list[Token], start: int) -> int:
    """Returns the index of the bracket that closes tokens[start]."""
    pairs = {"(": ")", "{": "}", "[": "]"}
    opening = tokens[start].text
    closing = pairs[opening]
    depth = 0
    for index in range(start, len(tokens)):
        if tokens[index].text == opening:
            depth += 1
        elif tokens[index].text == closing:
            depth -= 1
            if depth == 0:
                return index
    return len(tokens) - 1


def functions(tokens: list[Token]) -> list[Function]:
    """Finds the function definitions of a file."""
    found = []
    head = 0
    index = 0
    while index < len(tokens):
        text = tokens[index].text
        if text == "{":
            end = matching(tokens, index)
            name = _function_name(tokens, head, index)
            if name is not None:
                found.append(_measure(tokens, name, index, end))
            index = end
            head = end + 1
        elif text == ";":
            head = index + 1
        index += 1
    return found


def _function_name(tokens: list[Token], head: int, brace: int) -> int | None:
    """Returns the index of the function's name before a brace, if it is one.

    The brace of a function follows a parameter list; that of a struct, an enum
    or an initializer does not, and an initializer has a "=" before it.
    """
    depth = 0
    opening = None
    for index in range(head, brace):
        text = tokens[index].text
        if text == "=" and depth == 0:
            return None
        if text == "(":
            if depth == 0:
                opening = index
            depth += 1
        elif text == ")":
            depth -= 1
    if opening is None or tokens[brace - 1].text != ")" or opening <= head:
        return None
    name = opening - 1
    return name if re.match(r"[A-Za-z_]", tokens[name].text) else None


def _measure(tokens: list[Token], name: int, brace: int, end: int) -> Function:
    body = tokens[brace + 1 : end]
    return Function(
        name=tokens[name].text,
        line=tokens[name].line,
        end=tokens[end].line,
        parameters=len(arguments(tokens, name + 1)),
        complexity=1 + sum(token.text in _DECISIONS for token in body),
        nesting=_Nesting(body).deepest,
    )


def arguments(tokens: list[Token], opening: int) -> list[str]:
    """Returns the arguments in the parentheses that open at an index."""
    end = matching(tokens, opening)
    parts: list[list[str]] = [[]]
    depth = 0
    for token in tokens[opening + 1 : end]:
        if token.text in "([{":
            depth += 1
        elif token.text in ")]}":
            depth -= 1
        if token.text == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token.text)
    joined = [" ".join(part) for part in parts]
    return [] if joined in (["void"], [""]) else joined


@dataclass
class _Nesting:
    """Walks the statements of a function's body for the deepest nesting.

    Control statements nest with and without braces; an "else if" chain is one
    level, and a block that only scopes names is none.
    """

    tokens: list[Token]
    deepest: int = field(default=0)

    def __post_init__(self) -> None:
        index = 0
        while index < len(self.tokens):
            index = self._statement(index, 0)

    def _text(self, index: int) -> str:
        return self.tokens[index].text if index < len(self.tokens) else ""

    def _inner(self, index: int, depth: int) -> int:
        self.deepest = max(self.deepest, depth + 1)
        return self._statement(index, depth + 1)

    def _statement(self, index: int, depth: int) -> int:
        """Walks one statement; returns the index after it."""
        text = self._text(index)
        if text == "{":
            end = matching(self.tokens, index)
            index += 1
            while index < end:
                index = self._statement(index, depth)
            return end + 1
        if text in _LOOPS and self._text(index + 1) == "(":
            body = matching(self.tokens, index + 1) + 1
            return self._else(self._inner(body, depth), depth, text)
        if text == "do":
            return self._expression(self._inner(index + 1, depth), depth)
        if text in ("case", "default"):
            return self._label(index)
        return self._expression(index, depth)

    def _else(self, index: int, depth: int, word: str) -> int:
        if word != "if" or self._text(index) != "else":
            return index
        if self._text(index + 1) == "if":
            return self._statement(index + 1, depth)
        return self._inner(index + 1, depth)

    def _label(self, index: int) -> int:
        while index < len(self.tokens) and self._text(index) != ":":
            index += 1
        return index + 1

    def _expression(self, index: int, depth: int) -> int:
        """Walks to the end of a statement without a keyword of its own.

        A macro with a block after its arguments is a loop of the macro's; a
        goto label ends at its colon.
        """
        if self._text(index + 1) == ":":
            return index + 2
        if self._text(index + 1) == "(":
            block = matching(self.tokens, index + 1) + 1
            if self._text(block) == "{":
                return self._inner(block, depth)
        while index < len(self.tokens) and self._text(index) != ";":
            if self._text(index) in ("(", "[", "{"):
                index = matching(self.tokens, index)
            index += 1
        return index + 1
