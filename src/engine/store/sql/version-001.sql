-- SPDX-License-Identifier: MIT
-- SPDX-FileCopyrightText: 2026 The Training Center developers

-- A session as the engine last said it. AUTOINCREMENT: the number of a removed
-- session is never given to another one, whose run folder it would share.
CREATE TABLE sessions (
  id   INTEGER PRIMARY KEY AUTOINCREMENT,
  json TEXT NOT NULL
) STRICT;

-- How far the files of a run have been read; without a row: not at all.
CREATE TABLE cursors (
  session       INTEGER PRIMARY KEY REFERENCES sessions ON DELETE CASCADE,
  log_offset    INTEGER NOT NULL,
  events_offset INTEGER NOT NULL,
  parser_state  TEXT
) STRICT;

CREATE TABLE series (
  id      INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  name    TEXT NOT NULL,
  UNIQUE (session, name)
) STRICT;

-- kind is TcPointKind; value is NULL unless it is finite, for SQLite has no NaN.
-- attempt comes last in the key: a scan in its order meets the values of one x
-- oldest attempt first.
CREATE TABLE points (
  series  INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
  x       REAL NOT NULL,
  attempt INTEGER NOT NULL,
  value   REAL,
  kind    INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 3),
  PRIMARY KEY (series, x, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE gates (
  id      INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  epoch   INTEGER NOT NULL,
  result  TEXT NOT NULL,
  text    TEXT,
  report  TEXT,
  at_us   INTEGER NOT NULL,
  UNIQUE (session, attempt, epoch)
) STRICT;

CREATE TABLE checkpoints (
  id       INTEGER PRIMARY KEY,
  session  INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  attempt  INTEGER NOT NULL,
  epoch    INTEGER NOT NULL,
  path     TEXT NOT NULL,
  sha256   TEXT,
  bytes    INTEGER NOT NULL,
  val_loss REAL,
  is_best  INTEGER NOT NULL,
  at_us    INTEGER NOT NULL,
  UNIQUE (session, path)
) STRICT;

-- session is NULL for what the engine says of itself.
CREATE TABLE events (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  session  INTEGER REFERENCES sessions ON DELETE CASCADE,
  severity INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  text     TEXT NOT NULL,
  at_us    INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_session ON events (session, id);

CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Tells this database and its copies from every other; see tc-store-recovery.h.
INSERT INTO settings VALUES ('store.id', lower(hex(randomblob(16))));
