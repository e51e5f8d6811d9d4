# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""The watchdog: what it says when, and that no clock but a monotonic one moves it."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from helix import watchdog
from helix.watchdog import Watch

SCRIPT = Path(watchdog.__file__).parent.parent / "training_watchdog.py"


def status(epoch=1, state="training", loss=2.0, stamp="2026-01-01T00:00:00Z", **more):
    return {"timestamp": stamp, "status": state, "epoch": epoch, "total_epochs": 9, "train_loss": loss, "val_loss": 2.1, **more}


class Findings(unittest.TestCase):
    def kinds(self, watch, found, now):
        return [finding.kind for finding in watch.check(found, now)]

    def test_stall_is_silence_on_the_monotonic_clock(self):
        watch = Watch(100, None, 0.0)
        self.assertEqual(self.kinds(watch, None, 50), [])
        self.assertEqual(self.kinds(watch, None, 101), ["stall"])
        # Time stamps a day off in either direction change nothing.
        self.assertEqual(self.kinds(watch, status(stamp="2020-01-01T00:00:00Z"), 150), [])
        self.assertEqual(self.kinds(watch, status(stamp="2020-01-01T00:00:00Z"), 249), [])
        self.assertEqual(self.kinds(watch, status(stamp="2020-01-01T00:00:00Z"), 251), ["stall"])
        self.assertEqual(self.kinds(watch, status(2, stamp="2030-01-01T00:00:00+02:00"), 252), [])

    def test_long_epochs_are_no_stall(self):
        watch = Watch(100, None, 0.0)
        for epoch in range(4):
            watch.check(status(epoch), epoch * 90.0)
        self.assertEqual(self.kinds(watch, status(3), 270 + 260), [])
        self.assertEqual(self.kinds(watch, status(3), 270 + 271), ["stall"])

    def test_not_a_number(self):
        watch = Watch(100, None, 0.0)
        self.assertEqual(self.kinds(watch, status(loss=float("nan")), 1), ["nan"])
        self.assertEqual(self.kinds(watch, status(2, loss=None, non_finite=["train_loss"]), 2), ["nan"])
        self.assertEqual(self.kinds(watch, status(0, loss=None), 3), [])

    def test_divergence(self):
        watch = Watch(100, None, 0.0)
        self.assertEqual(self.kinds(watch, status(1, loss=1.0), 1), [])
        self.assertEqual(self.kinds(watch, status(2, loss=1.4), 2), [])
        self.assertEqual(self.kinds(watch, status(3, loss=2.5), 3), ["divergence"])
        self.assertEqual(self.kinds(watch, status(4, loss=19.7), 4), ["divergence"])

    def test_failure(self):
        self.assertEqual(self.kinds(Watch(100, None, 0.0), status(3, "quality_failed"), 500), ["failure"])

    def test_a_stale_file_is_not_this_run(self):
        watch = Watch(100, watchdog.utc_seconds("2026-06-01T00:00:00Z"), 0.0)
        self.assertEqual(self.kinds(watch, status(9, "completed"), 10), [])
        self.assertEqual(self.kinds(watch, status(9, "completed"), 101), ["stall"])

    def test_utc(self):
        self.assertEqual(watchdog.utc_seconds("1970-01-01T01:00:00Z"), 3600)
        self.assertEqual(watchdog.utc_seconds("1970-01-01T01:00:00"), 3600)
        self.assertEqual(watchdog.utc_seconds("1970-01-01T01:00:00+01:00"), 0)
        self.assertIsNone(watchdog.utc_seconds(None))


class Script(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = Path(self.folder.name) / "training_status.json"

    def start(self, *more, zone="Pacific/Kiritimati"):
        return subprocess.Popen([sys.executable, SCRIPT, "--status-file", self.file, "--check-interval", "0.1", *more],
                                stdout=subprocess.PIPE, text=True, env={**os.environ, "TZ": zone})

    def lines(self, output):
        return [json.loads(line[9:]) for line in output.splitlines() if line.startswith("WATCHDOG {")]

    def test_ends_with_the_run(self):
        for state, code in (("completed", 0), ("aborted", 1), ("interrupted", 1)):
            self.file.write_text(json.dumps(status(3, state)))
            watcher = self.start()
            output, _ = watcher.communicate(timeout=20)
            self.assertEqual(watcher.returncode, code, output)
            self.assertEqual(self.lines(output)[-1]["status"], state)

    def test_ends_with_the_process(self):
        sleeper = subprocess.Popen(["sleep", "60"])
        watcher = self.start("--pid", str(sleeper.pid))
        time.sleep(0.5)
        self.assertIsNone(watcher.poll())
        sleeper.kill()
        sleeper.wait()
        output, _ = watcher.communicate(timeout=20)
        self.assertEqual(watcher.returncode, 1)
        self.assertEqual(self.lines(output)[-1]["findings"][0]["kind"], "lost")

    def test_half_a_file_and_a_term_signal(self):
        self.file.write_text('{"status": "trai')
        watcher = self.start("--stall-after", "0.2")
        time.sleep(1.5)
        watcher.terminate()
        output, _ = watcher.communicate(timeout=20)
        self.assertEqual(watcher.returncode, 143)
        self.assertEqual(self.lines(output)[-1]["findings"][0]["kind"], "stall")
        self.assertIn("STALL: no status file yet", output)

    def test_usage(self):
        for arguments in ([], ["--status-file", "x", "--check-interval", "0"], ["--status-file", "x", "--check-interval", "nan"]):
            done = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True)
            self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
