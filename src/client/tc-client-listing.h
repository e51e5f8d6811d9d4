/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The engine's answer to GET /api/training/queue, read in other threads and one
 * session at a time: of ten thousand sessions it has ten megabytes, and as one
 * tree a hundred.
 */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *sessions;  /* (owned) (element-type TcSession) each id once, in the engine's order */
  gboolean   is_paused;
} TcClientListing;

TcClientListing *tc_client_listing_new         (GBytes               *answer,
                                                GError              **error);
void             tc_client_listing_free        (TcClientListing      *self);
void             tc_client_listing_read_async  (GBytes               *answer,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
TcClientListing *tc_client_listing_read_finish (GAsyncResult         *result,
                                                GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcClientListing, tc_client_listing_free)

G_END_DECLS
