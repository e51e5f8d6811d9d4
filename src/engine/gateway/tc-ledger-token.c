/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The tokens of runs, as hashes: a run may outlive the engine that started it. */

#include "config.h"

#include "tc-ledger-private.h"

/**
 * tc_ledger_save_token:
 * @sha256: of the token, in hexadecimal
 * @key_id: what the run asks with in truth; 0: no key
 *
 * Remembers the token of a run; a later one takes the place of an earlier.
 */
void
tc_ledger_save_token (TcLedger   *self,
                      guint64     session_id,
                      guint       attempt,
                      const char *sha256,
                      guint64     key_id)
{
  static const TcLedgerOperation operation = {
    tc_ledger_write_token, NULL, tc_ledger_note_free, TC_LEDGER_RETRIED
  };
  TcLedgerNote *note;

  g_return_if_fail (TC_IS_LEDGER (self));
  g_return_if_fail (sha256 != NULL);

  tc_ledger_book_set_token (self->book, session_id, attempt, sha256, key_id);
  note = g_new0 (TcLedgerNote, 1);
  note->session_id = session_id;
  note->attempt = attempt;
  note->scope = g_strdup (sha256);
  note->key_id = key_id;
  tc_ledger_start (self, &operation, note, NULL);
}

/**
 * tc_ledger_dup_token:
 *
 * Returns: (transfer full) (nullable): the hash of the run's token
 */
char *
tc_ledger_dup_token (TcLedger *self,
                     guint64   session_id,
                     guint     attempt)
{
  const TcLedgerToken *token;

  g_return_val_if_fail (TC_IS_LEDGER (self), NULL);

  token = tc_ledger_book_peek_token (self->book, session_id, attempt);

  return token != NULL ? g_strdup (token->sha256) : NULL;
}

/**
 * tc_ledger_get_token_key:
 *
 * Returns: the key the run asked with last; 0: none, or nobody knows
 */
guint64
tc_ledger_get_token_key (TcLedger *self,
                         guint64   session_id,
                         guint     attempt)
{
  const TcLedgerToken *token;

  g_return_val_if_fail (TC_IS_LEDGER (self), 0);

  token = tc_ledger_book_peek_token (self->book, session_id, attempt);

  return token != NULL ? token->key_id : 0;
}

static gboolean
is_of_session (gpointer key,
               gpointer value,
               gpointer user_data)
{
  return g_str_has_prefix (key, user_data);
}

/**
 * tc_ledger_drop_tokens:
 *
 * Forgets the tokens of all attempts of a session.
 */
void
tc_ledger_drop_tokens (TcLedger *self,
                       guint64   session_id)
{
  static const TcLedgerOperation operation = {
    tc_ledger_drop_token, NULL, tc_ledger_note_free, TC_LEDGER_RETRIED
  };
  g_autofree char *prefix = g_strdup_printf ("%" G_GUINT64_FORMAT ".", session_id);
  TcLedgerNote *note;

  g_return_if_fail (TC_IS_LEDGER (self));

  if (g_hash_table_foreach_remove (self->book->tokens, is_of_session, prefix) == 0)
    return;
  note = g_new0 (TcLedgerNote, 1);
  note->session_id = session_id;
  tc_ledger_start (self, &operation, note, NULL);
}
