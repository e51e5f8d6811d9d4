#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Proves that every rule of check-style can fail, and that good files pass.

Each rule has bad snippets that it must report at the right line, and good ones
that look alike and that it must leave alone. Speaks TAP.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.dont_write_bytecode = True

from rules import RULES, Source  # noqa: E402

SPDX_C = "/* SPDX-License-Identifier: MIT */\n"
HEADERS = {"tc-file.h": "base", "tc-session.h": "model", "tc-engine.h": "engine",
           "tc-client.h": "client", "tc-series.h": "metrics", "tc-chart.h": "app/chart"}


@dataclass
class Case:
    """A snippet, and the lines at which the rule must report it."""

    rule: str
    path: str
    text: str
    lines: tuple[int, ...] = ()


def function(name: str, body: str, parameters: str = "void") -> str:
    """Returns a C function; its name is in line 2 and its body from line 4 on."""
    return f"static void\n{name} ({parameters})\n{{\n{body}}}\n"


def nested(levels: int, braces: bool) -> str:
    """Returns a body that nests conditions."""
    if braces:
        return "if (a) {\n" * levels + "work ();\n" + "}\n" * levels
    return "if (a)\n" * levels + "work ();\n"


IN_BASE = "src/base/tc-x.c"
IN_APP = "src/app/tc-x.c"
SPEC = 'g_param_spec_string ("name", {}, {}, NULL,\n  G_PARAM_READWRITE{});\n'
LONG_PYTHON = "def f():\n" + "    work()\n" * 80

CASES = [
    Case("spdx", IN_BASE, "int x;\n", (1,)),
    Case("spdx", "src/base/meson.build", "\n# SPDX-License-Identifier: MIT\n", (1,)),
    Case("spdx", "tests/x.py", "#!/usr/bin/env python3\nimport os\n", (1,)),
    Case("spdx", IN_BASE, SPDX_C),
    Case("spdx", "src/app/x.ui", '<?xml version="1.0"?>\n<!-- SPDX-License-Identifier: MIT -->\n'),
    Case("trailing-space", IN_BASE, "int x; \nint y;\n", (1,)),
    Case("trailing-space", IN_BASE, "int x;\nint y;", (2,)),
    Case("trailing-space", IN_BASE, "int x;\n\nint y;\n"),
    Case("markers", IN_BASE, "int x;\n/* TO" "DO: more */\n", (2,)),
    Case("markers", "tests/x.sh", "# XX" "X\n# HA" "CK\n# FIX" "ME\n", (1, 2, 3)),
    Case("markers", IN_BASE, 'x = "/tmp/file-XXXXXX"; /* NEEDSWORK: a reason */\n'),
    Case("file-length", IN_BASE, "\n" * 801, (801,)),
    Case("file-length", "src/base/tc-x.h", "\n" * 151, (151,)),
    Case("file-length", "src/app/tc-x.ui", "\n" * 401, (401,)),
    Case("file-length", "data/trainer/x.py", "\n" * 801, (801,)),
    Case("file-length", "tests/base/test-x.c", "\n" * 1001, (1001,)),
    Case("file-length", "tests/base/test-x.c", "\n" * 1000),
    Case("tabs", IN_BASE, "int x;\n\tint y;\n", (2,)),
    Case("tabs", IN_BASE, 'x = "\\t";\n'),
    Case("pragma-once", "src/base/tc-x.h", "#ifndef X_H\n#define X_H\n#endif\n", (1,)),
    Case("pragma-once", "src/base/tc-x.h", "\n#pragma once\n"),
    Case("function-length", IN_BASE, function("long_one", "work ();\n" * 79), (2,)),
    Case("function-length", IN_BASE, function("long_enough", "work ();\n" * 77)),
    Case("function-length", IN_BASE, function("tc_x_class_init", "work ();\n" * 99), (2,)),
    Case("function-length", IN_BASE, function("tc_x_class_init", "work ();\n" * 90)),
    Case("parameters", IN_BASE, function("f", "", "int a, int b, int c, int d, int e, int f, int g, int h"), (2,)),
    Case("parameters", IN_BASE, function("f", "", "int a, void (*cb) (int x, int y), int c, int d, int e, int f, int g")),
    Case("complexity", IN_BASE, function("f", "if (a && b || c)\nwork ();\n" * 5), (2,)),
    Case("complexity", IN_BASE, function("f", "switch (a)\n{\n" + "case 1:\n" * 15 + "}\n"), (2,)),
    Case("complexity", IN_BASE, function("f", 'log ("if (a && b) ? c");  /* if if if if if if if if if if if if if if if */\n')),
    Case("nesting", IN_BASE, function("f", nested(5, True)), (2,)),
    Case("nesting", IN_BASE, function("f", nested(5, False)), (2,)),
    Case("nesting", IN_BASE, function("f", "for_each (x, list) {\n" + nested(4, True) + "}\n"), (2,)),
    Case("nesting", IN_BASE, function("f", nested(4, True) + nested(4, False))),
    Case("nesting", IN_BASE, function("f", "if (a)\n a ();\n" + "else if (b)\n b ();\n" * 8 + "else\n c ();\n")),
    Case("nesting", IN_BASE, function("f", "X x = { { { { { 1 } } } } };\nuse ((X) { .a = { { 1 } } });\nout:\nwork ();\n")),
    Case("notify", IN_BASE, function("f", 'g_object_notify (G_OBJECT (self), "x");\n'), (4,)),
    Case("notify", IN_BASE, function("f", "/* g_object_notify (x) */\ng_object_notify_by_pspec (o, p);\n")),
    Case("connect", IN_APP, function("f", 'g_signal_connect (o, "x", G_CALLBACK (cb), self);\n'), (4,)),
    Case("connect", IN_APP, function("f", 'g_signal_connect_swapped (\n  o, "x",\n  G_CALLBACK (cb),\n  G_OBJECT (self));\n'), (4,)),
    Case("connect", IN_APP, function("f", 'g_signal_connect_object (o, "x", G_CALLBACK (cb), self, 0);\ng_signal_connect (self, "x", G_CALLBACK (cb), NULL);\n')),
    Case("task-tag", IN_BASE, function("f", "task = g_task_new (s, c, cb, data);\n" + "work ();\n" * 9 + "g_task_set_source_tag (task, f);\n"), (4,)),
    Case("task-tag", IN_BASE, function("f", "task = g_task_new (s, c, cb, data);\ng_task_set_source_tag (task, f);\n")),
    Case("param-spec", IN_BASE, function("f", SPEC.format('"Nick"', '"Blurb"', " | G_PARAM_STATIC_STRINGS")), (4,)),
    Case("param-spec", IN_BASE, function("f", SPEC.format("NULL", "NULL", "")), (4,)),
    Case("param-spec", IN_BASE, function("f", SPEC.format("NULL", "NULL", " | G_PARAM_STATIC_STRINGS"))),
    Case("glib-types", IN_BASE, "static gchar *x;\nstatic gint y;\n", (1, 2)),
    Case("glib-types", IN_BASE, "static gint64 x;  /* gint */\nstatic guint y;\n"),
    Case("singletons", IN_BASE, function("f", "x = tc_store_get_default ();\n"), (4,)),
    Case("singletons", IN_BASE, function("f", "x = tc_store_get_path (store);\n")),
    Case("includes", IN_BASE, '#include <glib.h>\n#include "tc-session.h"\n', (2,)),
    Case("includes", "src/app/tc-x.c", '#include "tc-engine.h"\n', (1,)),
    Case("includes", "src/cli/tc-x.c", '#include "../engine/tc-engine.h"\n', (1,)),
    Case("includes", "src/metrics/tc-x.c", '#include "tc-session.h"\n', (1,)),
    Case("includes", "src/app/chart/tc-x.c", '#include "tc-client.h"\n', (1,)),
    Case("includes", "src/shim/shim.c", '#include <glib.h>\n#include "tc-file.h"\n', (1, 2)),
    Case("includes", "src/engine/api/tc-x.c", "#include <gtk/gtk.h>\n", (1,)),
    Case("includes", "tests/base/test-x.c", '#include "tc-file.c"\n', (1,)),
    Case("includes", "src/engine/api/tc-x.c", '/* #include "tc-client.h" */\n#include <libsoup/soup.h>\n#include "tc-session.h"\n#include "tc-engine.h"\n'),
    Case("includes", "src/app/tc-x.c", '#include <gtk/gtk.h>\n#include "tc-chart.h"\n#include "tc-client.h"\n'),
    Case("unknown-layer", "src/misc/tc-x.c", SPDX_C, (1,)),
    Case("unknown-layer", IN_BASE, SPDX_C),
    Case("python-functions", "tests/x.py", "import os\n\n" + LONG_PYTHON, (3,)),
    Case("python-functions", "tests/x.py", "def f(:\n", (1,)),
    Case("python-functions", "tests/x.py", LONG_PYTHON.replace("    work()\n", "", 1)),
]


def check(case: Case) -> str | None:
    """Returns what is wrong with the rule's answer, None when it is right."""
    rule = next(rule for rule in RULES if rule.name == case.rule)
    source = Source(case.path, case.text, HEADERS)
    if not rule.applies(source):
        return f"the rule does not look at {case.path}"
    lines = tuple(line for line, _text in rule.check(source))
    if lines != case.lines:
        return f"reported lines {lines}, expected {case.lines}"
    return None


def run_script(files: dict[str, str]) -> int:
    """Returns the exit code of check-style on a tree with these files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        script = Path(__file__).with_name("check-style")
        done = subprocess.run([sys.executable, script, folder], capture_output=True,
                              check=False)
        return done.returncode


def main() -> int:
    """Runs every case and the script itself; prints TAP."""
    results: list[tuple[str, str | None]] = []
    for case in CASES:
        kind = "reports" if case.lines else "leaves alone"
        results.append((f"{case.rule} {kind} {case.path}", check(case)))
    for rule in RULES:
        proven = any(case.rule == rule.name and case.lines for case in CASES)
        results.append((f"{rule.name} has a bad snippet", None if proven else "none"))

    expected = [("good tree", {IN_BASE: SPDX_C}, 0), ("bad tree", {IN_BASE: "int x;\n"}, 1),
                ("empty tree", {}, 1)]
    for name, files, code in expected:
        answer = run_script(files)
        results.append((f"check-style on a {name}", None if answer == code else f"exit code {answer}"))

    print(f"1..{len(results)}")
    for number, (name, wrong) in enumerate(results, 1):
        if wrong:
            print(f"# {wrong}")
        print(f"{'not ok' if wrong else 'ok'} {number} - {name}")
    return 1 if any(wrong for _name, wrong in results) else 0


if __name__ == "__main__":
    sys.exit(main())
