-- SPDX-License-Identifier: MIT
-- SPDX-FileCopyrightText: 2026 The Training Center developers
-- Not a release. A table that others refer to is rebuilt, as SQLite's manual
-- tells to.
CREATE TABLE new_series (
  id      INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  name    TEXT NOT NULL,
  unit    TEXT,
  UNIQUE (session, name)
) STRICT;
INSERT INTO new_series (id, session, name) SELECT id, session, name FROM series;
DROP TABLE series;
ALTER TABLE new_series RENAME TO series;
CREATE TABLE tags (
  session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  tag     TEXT NOT NULL,
  PRIMARY KEY (session, tag)
) STRICT, WITHOUT ROWID;
INSERT INTO tags SELECT id, 'old' FROM sessions;
