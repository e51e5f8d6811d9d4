/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-event-row.h"

#include "tc-clock.h"
#include "tc-facts-text.h"
#include "tc-json.h"
#include "tc-sentence.h"
#include "tc-text.h"

typedef struct
{
  const char *name;
  const char *icon;
  const char *style;
} Look;

/* A warning looks like one whatever it is about; the rest by its kind. */
static const Look *
find_look (JsonObject *event)
{
  static const Look severities[] = {
    { "error", "dialog-error-symbolic", "error" },
    { "warning", "dialog-warning-symbolic", "warning" },
  };
  static const Look kinds[] = {
    { "pause", "media-playback-pause-symbolic", "dim-label" },
    { "resume", "media-playback-start-symbolic", "dim-label" },
    { "suspend", "weather-clear-night-symbolic", "dim-label" },
    { "key", "dialog-password-symbolic", "dim-label" },
    { NULL, "media-record-symbolic", "dim-label" },
  };
  const char *severity = tc_json_get_string (event, "severity", "info");
  const char *kind = tc_json_get_string (event, "kind", "");
  guint i;

  for (i = 0; i < G_N_ELEMENTS (severities); i++)
    {
      if (g_str_equal (severity, severities[i].name))
        return &severities[i];
    }
  for (i = 0; kinds[i].name != NULL && !g_str_equal (kind, kinds[i].name); i++)
    ;

  return &kinds[i];
}

/**
 * tc_event_row_new:
 * @event: as in the engine's API; its text is shown as it is, never as markup
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
tc_event_row_new (JsonObject *event)
{
  const Look *look = find_look (event);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *image = gtk_image_new_from_icon_name (look->icon);
  g_autofree char *said = tc_sentence_dup_local (tc_json_get_string (event, "text", ""));
  g_autofree char *text = tc_text_sanitize (said, -1, -1, TC_TEXT_SINGLE_LINE);
  g_autofree char *day = NULL;
  g_autofree char *full = NULL;
  gint64 at_us = 0;

  tc_clock_parse_iso8601 (tc_json_get_string (event, "at", ""), &at_us);
  day = tc_facts_text_dup_day (at_us, FALSE);
  full = tc_facts_text_dup_day (at_us, TRUE);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
  adw_preferences_row_set_title_selectable (ADW_PREFERENCES_ROW (row), TRUE);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), day);
  gtk_widget_set_tooltip_text (row, full);
  gtk_widget_add_css_class (image, look->style);
  gtk_accessible_update_state (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), image);

  return row;
}
