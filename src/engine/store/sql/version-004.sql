-- SPDX-License-Identifier: MIT
-- SPDX-FileCopyrightText: 2026 The Training Center developers

-- What a session was expected to take before it started, and what it took. The
-- truths of ended sessions are what later estimates are made of; script is the
-- hash of the training script, or the command.
CREATE TABLE estimates (
  session  INTEGER PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
  script   TEXT NOT NULL,
  target   TEXT NOT NULL,
  estimate TEXT,
  truth    TEXT
) STRICT;
CREATE INDEX truths_by_target ON estimates (target, session) WHERE truth IS NOT NULL;
