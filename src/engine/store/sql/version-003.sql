-- SPDX-License-Identifier: MIT
-- SPDX-FileCopyrightText: 2026 The Training Center developers

-- What the supervisor of a session said, or why it said nothing: then error is
-- set and the judgement is NULL. cost_micro is NULL where nobody knows it, which
-- is not the same as 0.
CREATE TABLE verdicts (
  id             INTEGER PRIMARY KEY,
  session        INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  attempt        INTEGER NOT NULL,
  epoch          INTEGER NOT NULL,
  at_us          INTEGER NOT NULL,
  provider       TEXT NOT NULL,
  model          TEXT NOT NULL,
  convergence    INTEGER,
  accuracy       INTEGER,
  format         INTEGER,
  progress       INTEGER,
  score          INTEGER,
  grade          TEXT,
  status         TEXT,
  recommendation TEXT,
  action         TEXT NOT NULL,
  note           TEXT,
  cost_micro     INTEGER,
  error          TEXT,
  CHECK ((error IS NULL) = (score IS NOT NULL))
) STRICT;
CREATE INDEX verdicts_by_session ON verdicts (session, id);
