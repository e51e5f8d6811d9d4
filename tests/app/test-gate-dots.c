/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <gtk/gtk.h>

#include "tc-gate-dots.h"

static void
collect (GtkWidget *widget,
         GString   *text)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_visible (widget))
    g_string_append_printf (text, "%s|", gtk_label_get_label (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, text);
}

static void
assert_shown (TcGateDots *dots,
              const char *expected)
{
  g_autoptr(GString) text = g_string_new (NULL);

  collect (GTK_WIDGET (dots), text);
  g_assert_cmpstr (text->str, ==, expected);
}

/* The usual gates, and those a script has of its own, in the order of epochs. */
static void
test_gates (void)
{
  TcGateDots *dots = g_object_ref_sink (TC_GATE_DOTS (tc_gate_dots_new ()));

  tc_gate_dots_set_epochs (dots, 20, 7);
  assert_shown (dots, "○ 1|○ 5|○ 10|○ 20|");
  tc_gate_dots_set_result (dots, 5, "warn");
  tc_gate_dots_set_result (dots, 7, "pass");
  tc_gate_dots_set_result (dots, 3, "fail");
  tc_gate_dots_set_result (dots, 7, "fail");
  assert_shown (dots, "○ 1|✕ 3|◐ 5|✕ 7|○ 10|○ 20|");
  tc_gate_dots_clear (dots);
  assert_shown (dots, "○ 1|○ 5|○ 10|○ 20|");
  tc_gate_dots_set_epochs (dots, 500, 7);
  for (guint epoch = 1; epoch <= 500; epoch++)
    tc_gate_dots_set_result (dots, epoch, "pass");
  tc_gate_dots_clear (dots);
  assert_shown (dots, "○ 1|○ 5|○ 10|○ 20|○ 50|○ 100|○ 150|○ 200|");
  g_assert_finalize_object (dots);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/gate-dots/gates", test_gates);

  return g_test_run ();
}
