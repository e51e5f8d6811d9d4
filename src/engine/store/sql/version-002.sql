-- SPDX-License-Identifier: MIT
-- SPDX-FileCopyrightText: 2026 The Training Center developers

-- What is known of the keys to providers; the secrets are in the keyring, where
-- secret_id finds them. It is random, because a database that was lost starts
-- again with id 1, and the keyring still has what belonged to the old one.
CREATE TABLE api_keys (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  provider      TEXT NOT NULL,
  name          TEXT NOT NULL,
  base_url      TEXT,
  secret_id     TEXT,
  last_four     TEXT,
  state         TEXT NOT NULL,
  state_text    TEXT,
  checked_at_us INTEGER NOT NULL,
  created_at_us INTEGER NOT NULL,
  UNIQUE (provider, name)
) STRICT;
