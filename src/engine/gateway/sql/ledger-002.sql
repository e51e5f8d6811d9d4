-- SPDX-License-Identifier: MIT
-- The key that a run uses, so that the next engine gives it the same; 0: none.

ALTER TABLE tokens ADD COLUMN key INTEGER NOT NULL DEFAULT 0;
