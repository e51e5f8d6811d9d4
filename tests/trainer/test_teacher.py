# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""What a teacher says is checked, paid for once, capped, and the same when a run goes on."""

import argparse
import json
import os
import tempfile
import unittest
from decimal import Decimal
from pathlib import Path
from unittest import mock

import test_resume
from helix import codec, gateway, generator, options, teacher
from helix.corpus import Corpus, Example, is_training
from support import InFolder
from teacher_stub import TOKEN, Stub

RATIO = 0.9


def corpus(count=400):
    """Return (training side, held-out side) of a small corpus."""
    examples = [Example(english, value, {format: codec.show(value, format) for format in codec.FORMATS})
                for english, value in generator.blocks(count, 1)]
    return Corpus(examples).split(RATIO)


class Ask(unittest.TestCase):
    """Lessons of a teacher behind a stub."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.train, self.held_out = corpus()
        self.waits = []

    def options(self, *arguments):
        return options.parser().parse_args(["--phase", "1", "--model", "m", "--teach-cache", str(self.folder / "cache"),
                                            "--checkpoint-dir", str(self.folder), "--train-ratio", str(RATIO),
                                            *map(str, arguments)])

    def lesson(self, stub, *arguments, session=""):
        chosen = self.options(*arguments)
        way = gateway.Gateway(stub.base, TOKEN, self.waits.append)
        with mock.patch.dict(os.environ, {"TRAINING_CENTER_SESSION_ID": session}):
            return teacher.Teacher(chosen, way, self.train, self.held_out).teach()

    def assert_sound(self, lesson):
        """Every pair is HLX in all formats, of the training side, new, and in none of the held-out sentences."""
        kept_back = {example.english for example in self.held_out}
        known = {example.english for example in self.train}
        found = [example.english for example in lesson.examples]
        self.assertEqual(len(found), len(set(found)))
        self.assertFalse(set(found) & (kept_back | known))
        for example in lesson.examples:
            self.assertTrue(is_training(example.value, RATIO))
            for format, text in example.texts.items():
                self.assertEqual(codec.show(codec.parse(text, format), "HLXL"), example.texts["HLXL"])

    def test_a_good_teacher(self):
        with Stub() as stub:
            lesson = self.lesson(stub, "--teach-pairs", 50)
            calls = len(stub.bodies)
            again = self.lesson(stub, "--teach-pairs", 50)
            self.assertEqual(len(stub.bodies), calls, "asked again")
        self.assertEqual(len(lesson.examples), 50)
        self.assertIsNone(lesson.stopped)
        self.assert_sound(lesson)
        self.assertEqual(lesson.cost, Decimal("0.01") * calls)
        self.assertEqual((again.digest, again.calls, again.cached, again.cost), (lesson.digest, 0, calls, 0))
        body = stub.bodies[0]
        self.assertEqual(set(stub.tokens), {f"Bearer {TOKEN}"})
        self.assertEqual(body["response_format"]["type"], "json_schema")
        self.assertGreater(body["max_completion_tokens"], 0)
        # What is held out is not even shown.
        shown = "".join(body["messages"][1]["content"] for body in stub.bodies)
        for example in self.held_out:
            self.assertNotIn(f"{example.english}\t", shown)

    def test_the_kinds(self):
        with Stub() as stub:
            for kind, start in (("paraphrase", "For each"), ("pairs", "These are")):
                self.assert_sound(self.lesson(stub, "--teach-pairs", 10, "--teach-kinds", kind))
                self.assertTrue(stub.bodies[-1]["messages"][1]["content"].startswith(start))
        for text in ("", "other", "pairs,"):
            with self.assertRaises(argparse.ArgumentTypeError):
                teacher.kinds(text)

    def test_wrong_pairs(self):
        source = next(example for example in self.train if "logs" not in example.english
                      and example.texts["HLXL"].startswith("{1000"))
        secret = next(example for example in self.held_out)
        search = '{1000: {@0: "search", @1: &h_logs, @2: "timeout"}}'
        cases = [
            ("Rummage the logs for \"timeout\"", search, None),
            ("Find it", '{1000: {@0: "search", @1: &h_', "not HLX"),
            ("Find it", 'b"data"', "not HLX"),
            ("Rummage the logs for \"time\"", search, "not said"),
            ("Rummage something for \"timeout\"", search, "not said"),
            ("Explode the logs", '{1000: {@0: "explode", @1: &h_logs}}', "of no known shape"),
            ("Something else", "{4711: {@0: 1}}", "of no known shape"),
            (source.english, source.texts["HLXL"], "duplicate"),
            (f"  {source.english.upper()}.", source.texts["HLXL"], "duplicate"),
            (f"Do: {secret.english}", secret.texts["HLXL"], "held out"),
            (secret.english, source.texts["HLXL"], "held out"),
            ("", "1", "no sentence"), ("x" * 300, "1", "no sentence"), ("a\x1b[31m b", "1", "no sentence"),
        ]
        for english, hlxl, reason in cases:
            judge = teacher.Judge(self.train, self.held_out, RATIO)
            judge.shapes.add((1000, "search", (0, 1, 2)))
            if reason is None:
                self.assertTrue(is_training(codec.parse(hlxl, "HLXL"), RATIO), "choose another text for the test")
                self.assertEqual(judge.accept(english, hlxl, {}).english, english)
                continue
            with self.assertRaises(teacher.HlxError, msg=english) as caught:
                judge.accept(english, hlxl, {})
            self.assertEqual(str(caught.exception), reason, english)
        judge = teacher.Judge(self.train, self.held_out, RATIO)
        with self.assertRaisesRegex(teacher.HlxError, "another meaning"):
            judge.accept("Kindly search the logs", search, {source.texts["HLXL"]: source})

    def test_nonsense(self):
        answers = iter(["no JSON", "[]", '{"pairs": 7}', '{"pairs": [1, {"english": 2}, null]}', "", "[" * 5000, b"<html>",
                        b"[]", b"x" * (3 << 20), b'{"choices": []}'] + ["{}"] * 40)
        with Stub(lambda prompt: next(answers)) as stub:
            lesson = self.lesson(stub, "--teach-pairs", 5)
        self.assertEqual(lesson.examples, [])
        self.assertTrue(lesson.stopped)
        self.assertGreater(lesson.rejected["no sentence"], 3)
        self.assertIn("0 of 5 pairs accepted", lesson.describe(5))

    def test_money(self):
        with Stub() as stub:
            lesson = self.lesson(stub, "--teach-pairs", 500, "--teach-budget", "0.035", session="7")
            self.assertEqual((lesson.cost, len(stub.bodies)), (Decimal("0.03"), 3))
            self.assertIn("--teach-budget", lesson.stopped)
            # A second attempt of the same session does not get the sum anew.
            again = self.lesson(stub, "--teach-pairs", 500, "--teach-budget", "0.035", session="7")
            self.assertEqual((again.digest, len(stub.bodies)), (lesson.digest, 3))
            stub.left = "0.000000"
            self.assertIn("budget", self.lesson(stub, "--teach-pairs", 500, "--seed", 2).stopped)
            self.assertEqual(len(stub.bodies), 3)
        with Stub(cost="unknown") as stub:
            lesson = self.lesson(stub, "--teach-pairs", 500, "--teach-budget", "9", "--seed", 3)
            self.assertEqual(len(stub.bodies), 1)
            self.assertIn("not known", lesson.stopped)
        with Stub() as stub:
            stub.failures = [(402, {"x_should_retry": "false"})] * 9
            lesson = self.lesson(stub, "--teach-pairs", 50, "--seed", 4)
            self.assertEqual(len(stub.bodies), 1)
            self.assertIn("trouble 402", lesson.stopped)
        self.assertEqual(self.waits, [])

    def test_trouble_that_passes(self):
        with Stub() as stub:
            stub.failures = [(500, {}), (429, {"retry_after": "7"}), (503, {"retry_after_ms": "250"}), (529, {"retry_after": "3600"})]
            lesson = self.lesson(stub, "--teach-pairs", 30)
            self.assertEqual(len(lesson.examples), 30)
        self.assertEqual(self.waits[1], 7)
        self.assertTrue(0.35 < self.waits[0] <= 0.5 and self.waits[2] < 9, self.waits)

    def test_trouble_that_stays(self):
        for status, headers, calls in ((500, {}, 9), (429, {"x_should_retry": "false"}, 3), (401, {}, 1), (404, {}, 1),
                                       (400, {}, 3), (302, {"Location": "http://127.0.0.1:1/"}, 3)):
            with Stub() as stub:
                stub.failures = [(status, headers)] * 99
                lesson = self.lesson(stub, "--teach-pairs", 30)
                self.assertEqual((status, len(stub.bodies)), (status, calls))
                self.assertTrue(lesson.stopped)

    def test_a_slow_teacher(self):
        with Stub() as stub, mock.patch.object(gateway, "TIMEOUT", 0.1):
            stub.delay = 0.5
            lesson = self.lesson(stub, "--teach-pairs", 30)
        self.assertIn("gave no usable answer", lesson.stopped)
        with Stub() as stub, mock.patch.object(teacher, "TEACHING_MAX", 0.0):
            self.assertIn("took more than", self.lesson(stub, "--teach-pairs", 30).stopped)

    def test_the_record(self):
        chosen = self.options("--teach-pairs", 20)
        with Stub() as stub:
            lesson = self.lesson(stub, "--teach-pairs", 20)
        teacher.write_record(chosen, "digest", lesson)
        self.assertEqual(teacher.read_record(chosen, "digest").digest, lesson.digest)
        self.assertIsNone(teacher.read_record(chosen, "another"))
        self.assertIsNone(teacher.read_record(self.options("--teach-pairs", 21), "digest"))
        path = teacher.record_path(chosen)
        for damage in ("", "{", path.read_text().replace("hlxl", "hlx"), path.read_text() + "7\n"):
            path.write_text(damage)
            self.assertIsNone(teacher.read_record(chosen, "digest"))


class Train(InFolder):
    """The trainer with a teacher, from outside."""

    ARGUMENTS = ("--phase", 1, "--epochs", 2, "--steps-per-epoch", 25, "--gates", "off", "--model", "m", "--teach-pairs", 30,
                 "--teach-cache", "cache")

    def test_without_a_gateway(self):
        for environment, arguments in (({}, ()), ({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, ()),
                                       ({"OPENAI_BASE_URL": "x", "OPENAI_API_KEY": "y"}, ("--model", "none"))):
            self.environment = {key: value for key, value in self.environment.items() if not key.startswith("OPENAI")}
            self.environment |= environment
            done = self.train(*self.ARGUMENTS, *arguments)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("--teach-pairs needs", done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1)

    def test_a_run_with_a_teacher(self):
        with Stub() as stub:
            # The gateway is on this machine: a proxy has no business with it.
            self.environment |= {"OPENAI_BASE_URL": stub.base, "OPENAI_API_KEY": TOKEN,
                                 "http_proxy": "http://127.0.0.1:1", "TRAINING_CENTER_SESSION_ID": "7"}
            output = self.trained(*self.ARGUMENTS)
            self.assertIn("✓ Teacher: 30 of 30 pairs accepted", output)
            straight = self.manifest("phase1_epoch2")
            self.assertEqual(straight["settings"]["taught"], straight["corpus"]["taught"])
            self.assertTrue(any("30 of 30 pairs" in event["text"] for event in self.events("message")))
            self.assertNotIn(TOKEN, output + json.dumps(self.events()))
            for path in (self.folder / "checkpoints").iterdir():
                self.assertNotIn(TOKEN.encode(), path.read_bytes())
                path.unlink()
            (self.folder / "events.jsonl").unlink()
            self.resume(stub, straight)

    def resume(self, stub, straight):
        """Interrupted, the run goes on with the pairs it had, although the teacher would say something else now."""
        calls = len(stub.bodies)
        code, output = test_resume.Resume.interrupt(self, *self.ARGUMENTS)
        self.assertEqual(code, 143, output)
        self.assertEqual(len(stub.bodies), calls, "the cache was not used")
        stub.answer = lambda prompt: "nonsense"
        for path in (self.folder / "cache").iterdir():
            path.unlink()
        name = next((self.folder / "checkpoints").glob("*INTERRUPTED*_optim.safetensors")).name
        output = self.trained(*self.ARGUMENTS, "--resume-from", f"checkpoints/{name}")
        self.assertIn("the 30 pairs of this run so far", output)
        self.assertNotIn("Not bit-exact", output)
        self.assertEqual(len(stub.bodies), calls)
        again = self.manifest("phase1_epoch2")
        self.assertEqual(again["files"]["weights"]["sha256"], straight["files"]["weights"]["sha256"])


if __name__ == "__main__":
    unittest.main()
