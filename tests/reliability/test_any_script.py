#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Any script works, and any name is shown as the text it is."""

import csv
import hashlib
import io
import json
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "harness"))

from enginerun import Engine  # noqa: E402
from scenes import on_terminal, python, queue, script, texts  # noqa: E402
from tap import check, check_equal, main, test  # noqa: E402

OWN = """#!/usr/bin/env python3
import argparse, json, sys
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, required=True)
parser.add_argument("--corpus")
parser.add_argument("--batch-size", type=int)
parser.add_argument("--fast", action="store_true")
print(json.dumps([sys.argv[1:], vars(parser.parse_args())]))
"""
NO_HELP = """#!/bin/sh
test $# -gt 1 || { echo "usage: me"; exit 0; }
echo "$@"
"""
HUGGING_FACE = r"""
for step in range(1, 21):
    print({'loss': round(3 - step / 10, 4), 'grad_norm': 0.5, 'learning_rate': 5e-05, 'epoch': round(step / 10, 2)})
    if step % 10 == 0:
        print({'eval_loss': round(3.1 - step / 10, 4), 'eval_runtime': 1.25, 'eval_samples_per_second': 80.0,
               'epoch': step / 10})
print({'train_runtime': 12.5, 'train_samples_per_second': 40.0, 'train_loss': 1.95, 'epoch': 2.0})
"""
TQDM = r"""
import sys
for epoch in range(1, 4):
    for step in range(0, 51, 5):
        sys.stderr.write('\rEpoch %d/3: %3d%%|%s| %d/50 [00:%02d<00:10, 5.00it/s, loss=%.3f]'
                         % (epoch, step * 2, '#' * (step // 10), step, step // 5, 4 - epoch - step / 100))
        sys.stderr.flush()
    sys.stderr.write('\n')
"""
OWN_FORMAT = r"""
for n in range(1, 4):
    print(f"({n} of 3) cost={1 / n:.3f} speed=7")
"""
NAMES = ("<b>bold</b> & <a href='x'>", "line\nbreak\ttab", "../../../etc/passwd", "-rf --all", "=1+1", "@SUM(A1)",
         "\u202egnp.exe", "\x1b[31mred\x1b]0;t\x07", "%n%s%d {epochs}", "ä" * 1000, "'\"; DROP TABLE sessions; --",
         "\u2066isolate\u0000"[:-1], " ")


@test("a command of one's own: placeholders are filled in, and a value never becomes two arguments")
def template() -> None:
    with Engine() as engine:
        show = script(engine, "show", "#!/usr/bin/env python3\nimport json, sys\nprint(json.dumps(sys.argv[1:]))\n")
        corpus = engine.root / "my corpus $(id) 'x'.md"
        corpus.write_text("text")
        session = engine.run(f"{show} {{epochs}} --c={{corpus}} '{{target}} {{seed}}' {{unknown}} \"a b\" \\{{phase}} ''",
                             corpus="hlx", epochs=7, seed=5, target="helix-1m", corpus_file=str(corpus))
        check_equal(engine.wait(session)["status"], "completed", engine.session(session)["reason"])
        check_equal(json.loads(engine.output(session)),
                    ["7", f"--c={corpus}", "helix-1m 5", "{unknown}", "a b", "2", ""], "its arguments")
        done = engine.trainctl("queue", "add", "--", show, "two words", "$HOME", "*", "{epochs}x", "")
        session = done.stdout.strip()
        check_equal(engine.wait(session)["status"], "completed", done.stderr)
        check_equal(json.loads(engine.output(session)), ["two words", "$HOME", "*", "200x", ""], "words of trainctl")


@test("a script that knows neither provider nor model: asked once, they are left out, and that is said")
def left_out() -> None:
    with Engine() as engine:
        config = {"script": script(engine, "own.py", OWN), "epochs": 4, "provider": "somebody", "model": "m-1", "seed": 3,
                  "settings": {"batch-size": "8", "fast": "", "warp": "9"}}
        session = engine.post("/api/training/start", config)["session_id"]
        found = engine.wait(session)
        check_equal(found["status"], "completed", engine.output(session))
        argv, _ = json.loads(engine.output(session))
        check_equal(argv, ["--epochs", "4", "--corpus", "corpus_all_variants.md", "--batch-size", "8", "--fast"], "argv")
        check_equal(sorted(found["left_out"]), sorted(["--phase", "--provider", "--model", "--target", "--seed",
                                                       "--warp"]), "left out")
        check_equal(json.loads((engine.run_dir(session) / "spec.json").read_text())["left_out"], found["left_out"],
                    "spec.json")
        check("--provider" in engine.trainctl("status", session).stdout + texts(engine, session), "nobody says it")


@test("a script that does not know --help still runs, with everything")
def no_help() -> None:
    with Engine() as engine:
        session = engine.post("/api/training/start", {"script": script(engine, "plain.sh", NO_HELP), "epochs": 2,
                                                      "target": "helix-1m"})["session_id"]
        found = engine.wait(session)
        check_equal(found["status"], "completed", engine.output(session))
        check(b"--epochs 2" in engine.output(session), engine.output(session), found["left_out"])


@test("what a Hugging Face trainer, a tqdm bar and an expression of one's own say becomes metrics")
def dialects() -> None:
    with Engine() as engine:
        session = engine.run(f"{sys.executable} -S {script(engine, 'hf.py', HUGGING_FACE)}")
        engine.wait(session)
        series = engine.metrics(session)
        check_equal(len(series["train_loss"]) + len(series.get("batch_loss", [])) >= 20, True, series.keys())
        check_equal([value for _, value in series["val_loss"]], [2.1, 1.1], "eval_loss")
        check_equal(len(series["lr"]), 20, "learning rates")

        session = engine.run(f"{sys.executable} -S {script(engine, 'bar.py', TQDM)}")
        found = engine.wait(session)
        losses = [value for _, value in engine.metrics(session)["batch_loss"]]
        check_equal((losses[0], losses[-1]), (3.0, 0.5), losses)
        check_equal((found["epoch"], found["total_epochs"]), (3, 3), "epochs")

        session = engine.run(f"{sys.executable} -S {script(engine, 'own.py', OWN_FORMAT)}",
                             progress_regex=r"\((?<epoch>\d+) of (?<total>\d+)\) cost=(?<loss>[\d.]+)")
        found = engine.wait(session)
        check_equal(engine.metrics(session)["train_loss"], [[1.0, 1.0], [2.0, 0.5], [3.0, 0.333]], "own expression")
        check_equal((found["epoch"], found["total_epochs"]), (3, 3), "own epochs")


@test("what a script prints and writes into events.jsonl is one message; what it prints twice is two")
def twice() -> None:
    with Engine() as engine:
        own = script(engine, "warns.py", """import json, os
print("⚠ 70 documents are too long and were cut", flush=True)
with open(os.environ["TRAINING_CENTER_EVENTS"], "a") as events:
    events.write(json.dumps({"type": "message", "severity": "warning",
                             "text": "70 documents are too long and were cut"}) + "\\n")
print("⚠ The disk is slow", flush=True)
print("⚠ The disk is slow", flush=True)
""")
        session = engine.run(f"{sys.executable} -S {own}")
        check_equal(engine.wait(session)["status"], "completed", engine.output(session))
        said = [event["text"] for event in engine.events(session) if event["kind"] == "script"]
        check_equal([sum(words in text for text in said) for words in ("70 documents", "The disk is slow")], [1, 2], str(said))


@test("a key that was typed into a command is shown to nobody, and the command keeps it, a duplicate's too")
def key_in_command() -> None:
    with Engine() as engine:
        secret = "sk-ant-api03-" + "Ab3_dEf7hIj-" * 8 + "AA"
        tells = script(engine, "tells", "#!/usr/bin/env python3\nimport hashlib, sys\n"
                       "print(hashlib.sha256(sys.argv[1].encode()).hexdigest(), *sys.argv[2:])\n")
        digest = hashlib.sha256(f"--key={secret}".encode()).hexdigest()
        session = engine.run(f"{tells} --key={secret} ******** two")
        found = engine.wait(session)
        check_equal(engine.output(session).decode().split(), [digest, "********", "two"], found["reason"])
        for shown in (json.dumps(found), json.dumps(engine.get("/api/training/queue")), texts(engine, session),
                      engine.trainctl("status", session).stdout, engine.trainctl("queue", "list", "--json").stdout):
            check(secret not in shown and "Ab3_dEf7hIj-" not in shown, "the key is in", shown)
        command = found["config"]["command"]
        check(" --key=****" in command and command.endswith(" ******** two"), command)

        again = engine.wait(engine.post("/api/training/start", {**found["config"], "command": f"{command} more"})["session_id"])
        check_equal(engine.output(again["session_id"]).decode().split(), [digest, "********", "two", "more"], again["reason"])
        check(secret not in json.dumps(again), "the key of the duplicate is told")
        unknown = {**found["config"], "command": command.replace("--key=", "--other=")}
        status, answer = engine.request("POST", "/api/training/queue", unknown)
        check_equal(status, 400, answer)
        check("write it again in place of “--other=****" in answer["error"]["message"], answer)


@test("P16 hostile titles: kept as they are, harmless wherever they are shown")
def titles() -> None:
    with Engine() as engine:
        for title in NAMES:
            engine.add("true", title=title)
        check_equal([entry["title"] for entry in queue(engine)][:12], list(NAMES)[:12], "in the API")
        shown = on_terminal(engine, "queue", "list")
        check("\x07" not in shown and "\x1b]" not in shown and "\x1b[31m" not in shown, repr(shown))
        check("\u202e" not in shown or "\u202c" in shown or "\u2069" in shown, "direction leaks:", repr(shown))
        rows = [line for line in engine.trainctl("queue", "list").stdout.splitlines() if line.strip()]
        check(len(rows) <= len(NAMES) + 3, "a title makes rows of its own:", rows)
        for number, title in enumerate(NAMES, 1):
            done = engine.trainctl("status", str(number))
            check_equal((done.returncode, done.stderr), (0, ""), repr(title))
            check(not set("\x1b\x07") & set(done.stdout), repr(done.stdout))
        engine.post("/api/training/start")
        engine.wait(str(len(NAMES)))
        check_equal(sorted(path.name for path in (engine.data / "runs").iterdir()),
                    sorted(str(number) for number in range(1, len(NAMES) + 1)), "folders")
        engine.kill()
        engine.start()
        check_equal([entry["title"] for entry in queue(engine)][:12], list(NAMES)[:12], "after a crash")
        status, answer = engine.request("POST", "/api/training/queue", {"command": "true", "title": "t" * 65536})
        check_equal((status, "title" in answer["error"]["message"]), (400, True), answer)


@test("P16 names of metrics that a spreadsheet would take for formulas are escaped, and stay readable")
def formulas() -> None:
    with Engine() as engine:
        session = engine.run(python(
            "import json\nfor name in ('=cmd', '+1', '-1', '@x', 'a,b', 'q\"q', 'fine'):\n"
            "    print(json.dumps({'type': 'epoch', 'epoch': 1, name: 1.5, 'loss': 2.5}))\n"
            "    print({'loss': 1.0, name: 1.5, 'epoch': 1.0})"))
        engine.wait(session)
        for text in (engine.trainctl("metrics", session, "--csv").stdout,
                     engine.request("GET", f"/api/training/metrics/{session}?format=csv")[1].decode()):
            rows = list(csv.reader(io.StringIO(text)))
            check(len(rows) > 1 and all(len(row) == 3 for row in rows), rows)
            for row in rows[1:]:
                check(row[0][:1] not in "=+-@\t", "a formula:", row)
                float(row[1])
        check(os.path.exists(engine.run_dir(session)), "the folder")


if __name__ == "__main__":
    main()
