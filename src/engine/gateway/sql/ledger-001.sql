-- SPDX-License-Identifier: MIT
-- The book of all money. Amounts are micro-dollars, NULL where nobody knows;
-- times are microseconds of UTC; a day is YYYYMMDD where the user was then.

CREATE TABLE calls (
  id          INTEGER PRIMARY KEY,
  session     INTEGER NOT NULL,
  attempt     INTEGER NOT NULL,
  origin      TEXT    NOT NULL CHECK (origin IN ('script', 'supervisor')),
  provider    TEXT    NOT NULL,
  key         INTEGER NOT NULL,
  model       TEXT    NOT NULL,
  is_stream   INTEGER NOT NULL CHECK (is_stream IN (0, 1)),
  is_free     INTEGER NOT NULL CHECK (is_free IN (0, 1)),
  -- unsettled: found held by the next engine, and costs all that was held
  state       TEXT    NOT NULL CHECK (state IN ('held', 'settled', 'released', 'unsettled', 'refused')),
  at_us       INTEGER NOT NULL,
  day         INTEGER NOT NULL,
  hold        INTEGER CHECK (hold >= 0),
  ended_us    INTEGER,
  status      INTEGER NOT NULL DEFAULT 0,
  input       INTEGER NOT NULL DEFAULT 0 CHECK (input >= 0),
  cache_read  INTEGER NOT NULL DEFAULT 0 CHECK (cache_read >= 0),
  cache_write INTEGER NOT NULL DEFAULT 0 CHECK (cache_write >= 0),
  output      INTEGER NOT NULL DEFAULT 0 CHECK (output >= 0),
  cost        INTEGER CHECK (cost >= 0),
  source      TEXT    CHECK (source IN ('exact', 'computed', 'estimated', 'unknown')),
  why         TEXT,
  -- of the same refusal within a minute
  times       INTEGER NOT NULL DEFAULT 1 CHECK (times > 0)
) STRICT;

CREATE INDEX calls_session ON calls (session);
CREATE INDEX calls_at ON calls (at_us);
CREATE INDEX calls_held ON calls (id) WHERE state = 'held';

CREATE TABLE budgets (
  scope      TEXT    PRIMARY KEY,
  amount     INTEGER NOT NULL CHECK (amount >= 0),
  changed_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was said already: once for each budget, its month or session, its amount
-- and its step.
CREATE TABLE alerts (
  scope   TEXT    NOT NULL,
  period  TEXT    NOT NULL,
  amount  INTEGER NOT NULL,
  percent INTEGER NOT NULL,
  at_us   INTEGER NOT NULL,
  PRIMARY KEY (scope, period, amount, percent)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  session INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  sha256  TEXT    NOT NULL,
  PRIMARY KEY (session, attempt)
) STRICT, WITHOUT ROWID;
