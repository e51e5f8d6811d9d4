# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The house rules, one function each; RULES at the end names them.

A rule gets a Source and yields (line, what is wrong). The figures are the hard
limits of the budgets in src/README.md.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

import c_source

Finding = tuple[int, str]

MAX_LINES = {".c": 800, ".h": 150, ".ui": 400, ".py": 800, ".sh": 800}
MAX_TEST_LINES = 1000
MAX_FUNCTION = 80
MAX_CLASS_INIT = 100
MAX_PARAMETERS = 7
MAX_COMPLEXITY = 15
MAX_NESTING = 4
TAG_WITHIN = 6

# What each layer of src/ may include, itself left out.
LAYERS = {
    "base": set(),
    "model": {"base"},
    "metrics": {"base"},
    "shim": set(),
    "engine": {"base", "model", "metrics"},
    "client": {"base", "model", "metrics"},
    "cli": {"base", "model", "metrics", "client"},
    "app": {"base", "model", "metrics", "client"},
    "app/chart": {"base", "metrics"},
}

# Libraries, by how the names of their headers begin, and who may use them.
LIBRARIES = {
    "gtk/": {"app", "app/chart"},
    "adwaita": {"app", "app/chart"},
    "libsoup/": {"engine", "client"},
    "sqlite3": {"engine"},
    "libsecret/": {"engine"},
    "json-glib/": set(LAYERS) - {"shim", "app/chart"},
    "gio/": set(LAYERS) - {"shim"},
    "glib": set(LAYERS) - {"shim"},
}


@dataclass
class Source:
    """One file: its path in the checkout with "/", and its text.

    headers maps the name of each header below src/ to its layer.
    """

    path: str
    text: str
    headers: dict[str, str]

    @property
    def suffix(self) -> str:
        """The ending of the name, ".sh" and ".py" also for scripts by "#!"."""
        suffix = PurePosixPath(self.path).suffix
        if suffix in ("", ".in") and self.text.startswith("#!"):
            first = self.text.split("\n", 1)[0]
            return ".py" if "python" in first else ".sh"
        return suffix

    @property
    def is_c(self) -> bool:
        """C source or header."""
        return self.suffix in (".c", ".h")

    @property
    def layer(self) -> str | None:
        """The layer a file below src/ belongs to, else None."""
        return layer_of(self.path)

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their ends."""
        return self.text.splitlines()

    @cached_property
    def code(self) -> str:
        """The C code alone."""
        return c_source.code_only(self.text)

    @cached_property
    def tokens(self) -> list[c_source.Token]:
        """The tokens of the C code."""
        return c_source.tokenize(self.code)

    @cached_property
    def functions(self) -> list[c_source.Function]:
        """The C functions defined here."""
        return c_source.functions(self.tokens)

    def calls(self, pattern: str) -> Iterator[tuple[c_source.Token, list[str]]]:
        """Yields each call of a C function whose name matches, with arguments."""
        name = re.compile(pattern)
        for index, token in enumerate(self.tokens[:-1]):
            if self.tokens[index + 1].text == "(" and name.fullmatch(token.text):
                yield token, c_source.arguments(self.tokens, index + 1)


def layer_of(path: str) -> str | None:
    """Returns the layer of a path in the checkout, None outside of src/."""
    parts = PurePosixPath(path).parts
    if len(parts) < 3 or parts[0] != "src":
        return None
    if parts[1:3] == ("app", "chart"):
        return "app/chart"
    return parts[1]


def spdx(source: Source) -> Iterator[Finding]:
    """The licence is the first line, or the second below "#!" or "<?xml"."""
    first = source.lines[:1]
    if first and first[0].startswith(("#!", "<?xml")):
        first = source.lines[1:2]
    if not first or "SPDX-License-Identifier: MIT" not in first[0]:
        yield 1, "the first line is not “SPDX-License-Identifier: MIT”"


def trailing_space(source: Source) -> Iterator[Finding]:
    """No blanks at the end of a line, and a newline at the end of the file."""
    for number, line in enumerate(source.lines, 1):
        if line != line.rstrip():
            yield number, "blanks at the end of the line"
    if source.text and not source.text.endswith("\n"):
        yield len(source.lines), "no newline at the end of the file"


def tabs(source: Source) -> Iterator[Finding]:
    """Spaces indent."""
    for number, line in enumerate(source.lines, 1):
        if "\t" in line:
            yield number, "a tab"


# Put together so that this file does not hold the words itself.
_MARKERS = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")) + r")\b")


def markers(source: Source) -> Iterator[Finding]:
    """Nothing is left undone with a note; NEEDSWORK with a reason may stay."""
    for number, line in enumerate(source.lines, 1):
        match = _MARKERS.search(line)
        if match is not None:
            yield number, f"{match[0]} in the text"


def file_length(source: Source) -> Iterator[Finding]:
    """Files have an end."""
    limit = MAX_LINES.get(source.suffix)
    if limit is None:
        return
    if source.path.startswith("tests/") and source.suffix in (".c", ".py", ".sh"):
        limit = MAX_TEST_LINES
    if len(source.lines) > limit:
        yield limit + 1, f"{len(source.lines)} lines; the limit is {limit}"


def pragma_once(source: Source) -> Iterator[Finding]:
    """Headers guard themselves."""
    if source.suffix == ".h" and not re.search(r"^#pragma once$", source.text, re.M):
        yield 1, "no “#pragma once”"


def function_length(source: Source) -> Iterator[Finding]:
    """Functions fit on a page."""
    for function in source.functions:
        is_class_init = function.name.endswith("_class_init")
        limit = MAX_CLASS_INIT if is_class_init else MAX_FUNCTION
        if function.lines > limit:
            yield function.line, f"{function.name}() has {function.lines} lines; the limit is {limit}"


def parameters(source: Source) -> Iterator[Finding]:
    """More than seven parameters are a struct."""
    for function in source.functions:
        if function.parameters > MAX_PARAMETERS:
            yield function.line, f"{function.name}() has {function.parameters} parameters; the limit is {MAX_PARAMETERS}"


def complexity(source: Source) -> Iterator[Finding]:
    """Few decisions a function."""
    for function in source.functions:
        if function.complexity > MAX_COMPLEXITY:
            yield function.line, f"{function.name}() has complexity {function.complexity}; the limit is {MAX_COMPLEXITY}"


def nesting(source: Source) -> Iterator[Finding]:
    """Few levels a function."""
    for function in source.functions:
        if function.nesting > MAX_NESTING:
            yield function.line, f"{function.name}() nests {function.nesting} deep; the limit is {MAX_NESTING}"


def notify(source: Source) -> Iterator[Finding]:
    """Properties are notified by their pspec."""
    for token, _arguments in source.calls("g_object_notify"):
        yield token.line, "g_object_notify(); use g_object_notify_by_pspec()"


def connect(source: Source) -> Iterator[Finding]:
    """A widget that listens must not outlive its wish: connect_object."""
    if source.layer not in ("app", "app/chart"):
        return
    for token, arguments in source.calls(r"g_signal_connect(_swapped|_after)?"):
        if arguments and re.search(r"\bself\b", arguments[-1]):
            yield token.line, f"{token.text}() with self; use g_signal_connect_object()"


def task_tag(source: Source) -> Iterator[Finding]:
    """A task says where it comes from."""
    for token, _arguments in source.calls("g_task_new"):
        near = source.lines[token.line - 1 : token.line + TAG_WITHIN]
        if not any("g_task_set_source_tag" in line for line in near):
            yield token.line, f"no g_task_set_source_tag() within {TAG_WITHIN} lines of g_task_new()"


def param_spec(source: Source) -> Iterator[Finding]:
    """Nobody reads nick and blurb; names are static."""
    for token, arguments in source.calls(r"g_param_spec_(?!internal|ref|sink|unref|get_\w+)\w+"):
        if len(arguments) < 4:
            continue
        if arguments[1:3] != ["NULL", "NULL"]:
            yield token.line, f"{token.text}(): nick and blurb are NULL"
        flags = arguments[-1]
        if "G_PARAM_" in flags and "G_PARAM_STATIC_STRINGS" not in flags:
            yield token.line, f"{token.text}(): without G_PARAM_STATIC_STRINGS"


def glib_types(source: Source) -> Iterator[Finding]:
    """C has names for its own types."""
    for token in source.tokens:
        if token.text in ("gchar", "gint", "gshort", "glong", "gfloat", "gdouble"):
            yield token.line, f"{token.text}; write {token.text[1:]}"


def singletons(source: Source) -> Iterator[Finding]:
    """One composition root a process hands out collaborators."""
    for token, _arguments in source.calls(r"tc_\w+_get_(default|instance)"):
        yield token.line, f"{token.text}(): a singleton; pass the object in"


_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)


def includes(source: Source) -> Iterator[Finding]:
    """Dependencies point down: see the picture in src/README.md."""
    layer = source.layer
    text = c_source.without_comments(source.text)
    for match in _INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        name = match[2]
        if name.endswith(".c"):
            yield line, f"includes the source file {name}"
        if layer is None:
            continue
        wrong = _wrong_library(layer, name) or _wrong_layer(source, layer, name)
        if wrong:
            yield line, wrong


def _wrong_library(layer: str, name: str) -> str | None:
    for start, layers in LIBRARIES.items():
        if name.startswith(start):
            return None if layer in layers else f"{layer} may not use {name}"
    return None


def _wrong_layer(source: Source, layer: str, name: str) -> str | None:
    other = source.headers.get(PurePosixPath(name).name)
    if other is None or other == layer or other in LAYERS.get(layer, set()):
        return None
    if layer == "app" and other == "app/chart":
        return None
    return f"{layer} may not include {name} of {other}"


def unknown_layer(source: Source) -> Iterator[Finding]:
    """A new folder in src/ takes its place in the picture first."""
    if source.is_c and source.layer is not None and source.layer not in LAYERS:
        yield 1, f"src/{source.layer} is no layer; add it to src/README.md and to LAYERS"


def python_functions(source: Source) -> Iterator[Finding]:
    """Python is measured as C is."""
    try:
        tree = ast.parse(source.text)
    except SyntaxError as error:
        yield error.lineno or 1, f"not Python: {error.msg}"
        return
    for node in ast.walk(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > MAX_FUNCTION:
            yield node.lineno, f"{node.name}() has {length} lines; the limit is {MAX_FUNCTION}"


@dataclass(frozen=True)
class Rule:
    """A rule's name and the endings of the files it is for; None means all."""

    name: str
    check: Callable[[Source], Iterator[Finding]]
    suffixes: frozenset[str] | None = None

    def applies(self, source: Source) -> bool:
        """Tells if the rule is for this file."""
        return self.suffixes is None or source.suffix in self.suffixes


_C = frozenset({".c", ".h"})

RULES = (
    Rule("spdx", spdx),
    Rule("trailing-space", trailing_space),
    Rule("markers", markers),
    Rule("file-length", file_length),
    Rule("tabs", tabs, _C | {".py"}),
    Rule("pragma-once", pragma_once, frozenset({".h"})),
    Rule("function-length", function_length, _C),
    Rule("parameters", parameters, _C),
    Rule("complexity", complexity, _C),
    Rule("nesting", nesting, _C),
    Rule("notify", notify, _C),
    Rule("connect", connect, _C),
    Rule("task-tag", task_tag, _C),
    Rule("param-spec", param_spec, _C),
    Rule("glib-types", glib_types, _C),
    Rule("singletons", singletons, _C),
    Rule("includes", includes, _C),
    Rule("unknown-layer", unknown_layer, _C),
    Rule("python-functions", python_functions, frozenset({".py"})),
)
