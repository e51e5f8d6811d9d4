/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-cli-args.h"
#include "tc-cli-config.h"
#include "tc-cli-quick.h"
#include "tc-error.h"

static char **line_words; /* the present command line; the arguments point into it */

static TcCliArgs *
parse (const char  *line,
       GError     **error)
{
  g_autofree char *whole = g_strconcat ("trainctl ", line, NULL);
  int argc;

  g_clear_pointer (&line_words, g_strfreev);
  g_assert_true (g_shell_parse_argv (whole, &argc, &line_words, NULL));

  return tc_cli_args_parse (argc, line_words, error);
}

static void
assert_refused (const char *line,
                const char *part)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcCliArgs) args = parse (line, &error);

  if (args != NULL)
    g_error ("“%s” was taken", line);
  g_assert_error (error, TC_ERROR, TC_ERROR_USAGE);
  g_assert_null (strchr (error->message, '\n'));
  g_assert_null (strchr (error->message, '\033'));
  if (strstr (error->message, part) == NULL)
    g_error ("“%s”: “%s” does not say “%s”", line, error->message, part);
}

static void
test_table (void)
{
  for (guint i = 0; i < tc_cli_n_commands; i++)
    {
      const TcCliCommand *command = &tc_cli_commands[i];
      g_auto(GStrv) words = g_strsplit (command->name, " ", 2);
      guint n_words;

      g_assert_true (tc_cli_command_find (words[0], words[1], &n_words) == command);
      g_assert_cmpuint (n_words, ==, g_strv_length (words));
      g_assert_cmpuint (command->min_arguments, <=, command->max_arguments);
      for (const TcCliOption *o = command->options; o != NULL && o->name != NULL; o++)
        {
          g_assert_true (tc_cli_command_option (command, o->name, strlen (o->name)) == o);
          g_assert_cmpint (o->type == TC_CLI_VALUE_NONE, ==, o->value_name == NULL);
          g_assert_nonnull (o->help);
        }
    }
}

static void
test_parse (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcCliArgs) args = parse ("--json queue add --epochs=20 --set a=1 --set b=x=y --auto-stop --title '-odd'", &error);

  g_assert_no_error (error);
  g_assert_true (args->json);
  g_assert_cmpstr (args->command->name, ==, "queue add");
  g_assert_cmpstr (tc_cli_args_get (args, "epochs"), ==, "20");
  g_assert_cmpstr (tc_cli_args_get (args, "title"), ==, "-odd");
  g_assert_true (tc_cli_args_has (args, "auto-stop"));
  g_assert_false (tc_cli_args_has (args, "seed"));
  g_assert_cmpuint (args->given->len, ==, 5);
}

static void
test_parse_words (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcCliArgs) args = parse ("queue add --title x -- python3 train.py --lr 1 --json", &error);
  g_autoptr(TcCliArgs) ids = NULL;

  g_assert_no_error (error);
  g_assert_false (args->json);
  g_assert_cmpuint (args->words->len, ==, 5);
  g_assert_cmpstr (tc_cli_args_get_word (args, 2), ==, "--lr");
  g_clear_pointer (&args, tc_cli_args_free);

  ids = parse ("cancel '#17' 18 --json", &error);
  g_assert_no_error (error);
  g_assert_true (ids->json);
  g_assert_cmpstr (tc_cli_args_get_word (ids, 0), ==, "17");
  g_assert_cmpstr (tc_cli_args_get_word (ids, 1), ==, "18");
  g_assert_null (tc_cli_args_get_word (ids, 2));
}

static void
test_help (void)
{
  const char *const lines[] = { "--help", "-h", "queue --help", "queue add -h", "status --help", "help queue" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(TcCliArgs) args = parse (lines[i], &error);

      g_assert_no_error (error);
      g_assert_true (args->help || strcmp (args->command->name, "help") == 0);
    }
}

static void
test_refused (void)
{
  static const char *const cases[][2] = {
    { "bogus", "There is no command" },
    { "queue", "needs one of its commands" },
    { "queue bogus", "needs one of its commands" },
    { "--bogus", "is no option of trainctl" },
    { "start now", "no further words" },
    { "logs", "takes ID" },
    { "logs 1 2", "takes ID" },
    { "logs x", "number of a session" },
    { "logs -1", "is no option" },
    { "logs 0", "number of a session" },
    { "logs 1 -x", "is no option" },
    { "cancel 1 2 x", "number of a session" },
    { "queue add --epochs", "needs a value" },
    { "queue add --epochs 0", "from 1 to 500" },
    { "queue add --epochs 501", "from 1 to 500" },
    { "queue add --epochs 1e2", "from 1 to 500" },
    { "queue add --epochs ''", "from 1 to 500" },
    { "queue add --epochs 5 --epochs 6", "twice" },
    { "queue add --auto-stop=yes", "takes no value" },
    { "queue add --corpus german", "one of english, hlx, translation" },
    { "queue add --seed -5", "--seed must be" },
    { "queue add --set novalue", "KEY=VALUE" },
    { "queue add --set =x", "KEY=VALUE" },
    { "queue add --budget lots", "US dollars" },
    { "queue add --budget -1", "US dollars" },
    { "queue add --after x", "--after must be the number" },
    { "queue add --title ''", "not empty" },
    { "queue add python3 train.py", "behind “--”" },
    { "curriculum --epochs 1,2", "three numbers" },
    { "curriculum --epochs 1,2,501", "three numbers" },
    { "serve --port 65536", "from 0 to 65535" },
    { "queue add --title '\xff'", "valid text" },
    { "'\033[31mred\nline'", "There is no command" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_refused (cases[i][0], cases[i][1]);
}

static char *
config_of (const char  *line,
           GError     **error)
{
  g_autoptr(TcCliArgs) args = parse (line, error);

  if (args == NULL)
    return NULL;

  return g_str_has_prefix (line, "curriculum") ? tc_cli_config_for_curriculum (args, error)
                                               : tc_cli_config_for_queue_add (args, error);
}

static void
test_config (void)
{
  static const char *const cases[][2] = {
    { "queue add --corpus 2 --epochs 007", "{\"corpus\":\"hlx\",\"epochs\":7}" },
    { "queue add --corpus english --set lr=0.1 --set batch-size=8 --env A_B=c=d",
      "{\"corpus\":\"english\",\"settings\":{\"lr\":\"0.1\",\"batch-size\":\"8\"},\"environment\":{\"A_B\":\"c=d\"}}" },
    { "queue add --command 'echo {epochs}' --after 16 --budget 5.00 --seed 0 --auto-stop",
      "{\"command\":\"echo {epochs}\",\"after\":\"16\",\"seed\":0,\"budget_usd\":\"5.00\",\"auto_stop\":true}" },
    { "queue add --script /a/../b.py --resume-from /c.pt", "{\"resume_from\":\"/c.pt\",\"script\":\"/b.py\"}" },
    { "queue add -- python3 'my file.py' \"it's\" ''",
      "{\"command\":\"python3 'my file.py' 'it'\\\\''s' ''\"}" },
    { "queue add --command x --title '\"a\\\nb\t\033é'",
      "{\"title\":\"\\\"a\\\\\\u000ab\\u0009\\u001bé\",\"command\":\"x\"}" },
    { "curriculum --epochs 1,2,3 --target helix-1m",
      "{\"chain\":true,\"sessions\":[{\"corpus\":\"english\",\"epochs\":1,\"target\":\"helix-1m\"},"
      "{\"corpus\":\"hlx\",\"epochs\":2,\"target\":\"helix-1m\"},"
      "{\"corpus\":\"translation\",\"epochs\":3,\"target\":\"helix-1m\"}]}" },
    { "curriculum", "{\"chain\":true,\"sessions\":[{\"corpus\":\"english\",\"epochs\":200},"
      "{\"corpus\":\"hlx\",\"epochs\":200},{\"corpus\":\"translation\",\"epochs\":50}]}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *json = config_of (cases[i][0], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (json, ==, cases[i][1]);
    }
}

static void
test_config_refused (void)
{
  static const char *const cases[][2] = {
    { "queue add", "Say what to train" },
    { "queue add --script a --command b", "not both" },
    { "queue add --command a -- b", "not both" },
    { "queue add --corpus hlx --set a=1 --set a=2", "each key once" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *json = config_of (cases[i][0], &error);

      g_assert_null (json);
      g_assert_error (error, TC_ERROR, TC_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, cases[i][1]));
    }
}

static void
test_quick_find (void)
{
  const char *json = "{\"sessions\":[{\"title\":\"session_id\",\"session_id\":\"1\\u0037\"}]}";
  g_autofree char *id = tc_cli_quick_find (json, "session_id");
  g_autofree char *none = tc_cli_quick_find (json, "message");
  g_autofree char *broken = tc_cli_quick_find ("{\"session_id\" 17}", "session_id");

  g_assert_cmpstr (id, ==, "17");
  g_assert_null (none);
  g_assert_null (broken);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tc/cli-args/table", test_table);
  g_test_add_func ("/tc/cli-args/parse", test_parse);
  g_test_add_func ("/tc/cli-args/words", test_parse_words);
  g_test_add_func ("/tc/cli-args/help", test_help);
  g_test_add_func ("/tc/cli-args/refused", test_refused);
  g_test_add_func ("/tc/cli-config/json", test_config);
  g_test_add_func ("/tc/cli-config/refused", test_config_refused);
  g_test_add_func ("/tc/cli-quick/find", test_quick_find);

  return g_test_run ();
}
