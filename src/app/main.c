/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "tc-application.h"
#include "tc-install.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr(TcApplication) application = NULL;
  g_autofree char *locale_dir = tc_install_dup_locale_dir ();

  /* GTK does it later, and the name below is wanted now. */
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name (_("Training Center"));

  application = tc_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
