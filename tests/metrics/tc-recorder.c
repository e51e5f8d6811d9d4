/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-recorder.h"

#include <math.h>

#define WHERE " @%" G_GINT64_FORMAT "\n"

static const char *
shown (const char *text)
{
  return text != NULL ? text : "-";
}

static void
record_point (const TcPoint *point,
              gpointer       user_data)
{
  g_assert_true (point->kind == tc_point_kind_of (point->value));
  g_assert_true (isfinite (point->x));
  g_string_append_printf (user_data, "point %s x=%.6g y=%.10g" WHERE,
                          point->name, point->x, point->value, point->offset);
}

static void
record_epoch (int      epoch,
              int      total_epochs,
              gint64   offset,
              gpointer user_data)
{
  g_string_append_printf (user_data, "epoch %d/%d" WHERE, epoch, total_epochs, offset);
}

static void
record_batch (int      epoch,
              int      batch,
              int      batches,
              gint64   offset,
              gpointer user_data)
{
  g_string_append_printf (user_data, "batch %d: %d/%d" WHERE, epoch, batch, batches, offset);
}

static void
record_phase (int      phase,
              gint64   offset,
              gpointer user_data)
{
  g_string_append_printf (user_data, "phase %d" WHERE, phase, offset);
}

static void
record_model (gint64      parameters,
              const char *target,
              gint64      offset,
              gpointer    user_data)
{
  g_string_append_printf (user_data, "model %" G_GINT64_FORMAT " %s" WHERE,
                          parameters, shown (target), offset);
}

static void
record_gate (const TcParsedGate *gate,
             gpointer            user_data)
{
  g_string_append_printf (user_data, "gate %d %s [%s] [%s]" WHERE, gate->epoch, gate->result,
                          shown (gate->text), shown (gate->report), gate->offset);
}

static void
record_checkpoint (const TcParsedCheckpoint *checkpoint,
                   gpointer                  user_data)
{
  g_string_append_printf (user_data,
                          "checkpoint %s epoch=%d%s bytes=%" G_GINT64_FORMAT " %s %.6g" WHERE,
                          checkpoint->path, checkpoint->epoch, checkpoint->best ? " best" : "",
                          checkpoint->bytes, shown (checkpoint->sha256), checkpoint->val_loss,
                          checkpoint->offset);
}

static void
record_reason (const TcParsedReason *reason,
               gpointer              user_data)
{
  g_string_append_printf (user_data, "reason %s (%d) [%s] from [%s]" WHERE, reason->code,
                          reason->weight, reason->text, reason->detail, reason->offset);
}

static void
record_message (const char *severity,
                const char *text,
                gint64      offset,
                gpointer    user_data)
{
  g_string_append_printf (user_data, "message %s [%s]" WHERE, severity, text, offset);
}

static void
record_end (const char *status,
            const char *reason,
            gint64      offset,
            gpointer    user_data)
{
  g_string_append_printf (user_data, "end %s [%s]" WHERE, status, shown (reason), offset);
}

const TcParseSink tc_recorder_sink = {
  .point = record_point,
  .epoch = record_epoch,
  .batch = record_batch,
  .phase = record_phase,
  .model = record_model,
  .gate = record_gate,
  .checkpoint = record_checkpoint,
  .reason = record_reason,
  .message = record_message,
  .end = record_end,
};
