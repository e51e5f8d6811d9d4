-- SPDX-License-Identifier: MIT
-- SPDX-FileCopyrightText: 2026 The Training Center developers
-- Not a release: a step of the kinds there will be, to try upgrading with.
-- A new column, filled from what is there.
ALTER TABLE sessions ADD COLUMN state TEXT;
UPDATE sessions SET state = json ->> '$.status';
CREATE INDEX sessions_by_state ON sessions (state);
