/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "tc-error.h"
#include "tc-file.h"
#include "tc-json.h"

static JsonObject *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  JsonObject *object = tc_json_parse_object (text, -1, TC_JSON_ALLOW_NON_FINITE, &error);

  g_assert_no_error (error);

  return object;
}

static void
assert_refused (const char  *text,
                gssize       length,
                TcJsonFlags  flags)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_json_parse (text, length, flags, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static gpointer
check_depth (gpointer data)
{
  for (gsize depth = 10; depth <= 1000000; depth *= 10)
    {
      g_autofree char *open = g_strnfill (depth, '[');
      g_autofree char *close = g_strnfill (depth, ']');
      g_autofree char *text = g_strconcat (open, close, NULL);
      g_autofree char *objects = g_malloc (depth * 5 + 1);
      g_autoptr(JsonNode) node = NULL;

      for (gsize i = 0; i < depth; i++)
        memcpy (objects + i * 5, "{\"a\":", 5);
      objects[depth * 5] = '\0';

      node = tc_json_parse (text, -1, TC_JSON_DEFAULT, NULL);
      g_assert_true ((node != NULL) == (depth <= TC_JSON_MAX_DEPTH));
      assert_refused (open, -1, TC_JSON_DEFAULT);
      assert_refused (objects, -1, TC_JSON_DEFAULT);
    }

  return NULL;
}

/* P01: no depth reaches the stack, in no thread. */
static void
test_depth (void)
{
  g_autofree char *open = g_strnfill (TC_JSON_MAX_DEPTH, '[');
  g_autofree char *close = g_strnfill (TC_JSON_MAX_DEPTH, ']');
  g_autofree char *most = g_strconcat (open, close, NULL);
  g_autofree char *more = g_strconcat ("[", open, close, "]", NULL);
  g_autoptr(JsonNode) node = tc_json_parse (most, -1, TC_JSON_DEFAULT, NULL);

  g_assert_nonnull (node);
  assert_refused (more, -1, TC_JSON_DEFAULT);

  check_depth (NULL);
  g_thread_join (g_thread_new ("depth", check_depth, NULL));
}

/* P02 */
static void
test_numbers (void)
{
  static const struct { const char *text; gint64 value; } ints[] = {
    { "9223372036854775807", G_MAXINT64 }, { "-9223372036854775808", G_MININT64 },
    { "0", 0 }, { "-1", -1 }, { "42", 42 },
  };
  static const struct { const char *text; double value; } doubles[] = {
    { "0.5", 0.5 }, { "1e2", 100 }, { "1E+2", 100 }, { "1.5e-3", 0.0015 }, { "-0.0", -0.0 },
    { "-0", -0.0 }, { "1e308", 1e308 }, { "5e-324", 5e-324 }, { "1e-400", 0 },
    { "123456789012345678901234567890.5", 1.2345678901234568e29 },
    { "0.1000000000000000055511151231257827021181583404541015625", 0.1 },
  };
  static const char *const bad[] = {
    "9223372036854775808", "-9223372036854775809", "18446744073709551616",
    "1234567890123456789012345678901234567890", "1e400", "-1e400", "012", "-012", "0x10",
    "0o7", ".1", "1.", "1.e1", "+1", "1e", "1e+", "--1", "1_000", "1 2", "NaN", "Infinity",
    "-Infinity", "nan", "inf", "0b1", "-", "1a", "1.2.3",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ints); i++)
    {
      g_autoptr(JsonNode) node = tc_json_parse (ints[i].text, -1, TC_JSON_DEFAULT, NULL);

      g_assert_true (json_node_get_value_type (node) == G_TYPE_INT64);
      g_assert_cmpint (json_node_get_int (node), ==, ints[i].value);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (doubles); i++)
    {
      g_autoptr(JsonNode) node = tc_json_parse (doubles[i].text, -1, TC_JSON_DEFAULT, NULL);

      g_assert_true (json_node_get_value_type (node) == G_TYPE_DOUBLE);
      g_assert_cmpfloat (json_node_get_double (node), ==, doubles[i].value);
      g_assert_true (signbit (json_node_get_double (node)) == signbit (doubles[i].value));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i], -1, TC_JSON_DEFAULT);
}

/* P03 */
static void
test_non_finite (void)
{
  static const char *const nans[] = { "NaN", "nan" };
  static const char *const bad[] = { "Nan", "NAN", "NaNs", "Infinit", "--Infinity", "- Infinity" };
  g_autoptr(JsonObject) object = parse ("{\"a\": Infinity, \"b\": -Infinity, \"c\": [NaN, 1]}");

  g_assert_true (isinf (tc_json_get_double (object, "a", 0)));
  g_assert_cmpfloat (tc_json_get_double (object, "b", 0), <, 0);
  g_assert_true (isnan (json_array_get_double_element (tc_json_get_array (object, "c"), 0)));
  /* Not a number of tokens, not a sum of money. */
  g_assert_cmpint (tc_json_get_int (object, "a", 7), ==, 7);
  g_assert_cmpint (tc_json_get_int (object, "b", 7), ==, 7);

  for (gsize i = 0; i < G_N_ELEMENTS (nans); i++)
    {
      g_autoptr(JsonNode) node = tc_json_parse (nans[i], -1, TC_JSON_ALLOW_NON_FINITE, NULL);

      g_assert_true (isnan (json_node_get_double (node)));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i], -1, TC_JSON_ALLOW_NON_FINITE);
}

static void
test_strings (void)
{
  static const struct { const char *text; const char *value; } good[] = {
    { "\"\"", "" }, { "\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d" },
    { "\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t" }, { "\"\\u0041\\u00e9\\u20AC\"", "Aé€" },
    { "\"\\ud83d\\ude00\"", "😀" }, { "\"⟁ é 😀\"", "⟁ é 😀" }, { "\"\x7f\"", "\x7f" },
    /* What a C string or UTF-8 cannot hold. */
    { "\"a\\u0000b\"", "a\357\277\275b" }, { "\"\\ud83d\"", "\357\277\275" },
    { "\"\\ude00x\"", "\357\277\275x" }, { "\"\\ud83dx\"", "\357\277\275x" },
    { "\"\\ud83d\\u0041\"", "\357\277\275A" }, { "\"\\ud83d\\ud83d\\ude00\"", "\357\277\275😀" },
  };
  static const char *const bad[] = {
    "'a'", "\"a", "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\", "\"\\u", "\"a\nb\"",
    "\"a\tb\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xe2\x82\"", "\"a\" \"b\"",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) node = tc_json_parse (good[i].text, -1, TC_JSON_DEFAULT, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (json_node_get_string (node), ==, good[i].value);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i], -1, TC_JSON_DEFAULT);

  /* A nul in the text is no end of it. */
  assert_refused ("\"a\0b\"", 5, TC_JSON_DEFAULT);
  assert_refused ("1\0", 2, TC_JSON_DEFAULT);
}

static void
test_structure (void)
{
  static const char *const bad[] = {
    "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{,}", "{\"a\"}",
    "{\"a\":}", "{\"a\":1,}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{a:1}", "{1:1}", "[}", "{]",
    "[1]]", "{} {}", "{}x", "// c\n1", "/* c */ 1", "1 // c", "# c\n1", "var x = {};", "x",
    "tru", "truex", "nul", "None", "True", "[1];", "\xef\xbb\xbf\xef\xbb\xbf" "1", "\x0c" "1",
  };
  g_autoptr(JsonObject) object = NULL;
  g_autoptr(JsonNode) marked = tc_json_parse ("\xef\xbb\xbf[1]", -1, TC_JSON_DEFAULT, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      assert_refused (bad[i], -1, TC_JSON_DEFAULT);
      assert_refused (bad[i], -1, TC_JSON_ALLOW_NON_FINITE);
    }

  g_assert_nonnull (marked);
  object = parse (" { \"a\" : [ ] , \"b\" : { } , \"a\" : 2 , \"c\" : null } \r\n");
  g_assert_cmpuint (json_object_get_size (object), ==, 3);
  g_assert_cmpint (tc_json_get_int (object, "a", 0), ==, 2);
  g_assert_false (tc_json_has (object, "c"));
  g_assert_true (tc_json_has (object, "b"));
}

/* Every prefix of a text is refused: nothing half-written is believed. */
static void
test_prefixes (void)
{
  const char *text = "{\"a\": [1, -2.5e3, true, false, null, \"x\\u00e9\"], \"b\": {\"c\": \"⟁\"}}";

  for (gsize i = 0; i < strlen (text); i++)
    {
      /* A copy that ends there, so that a sanitizer sees a read too far. */
      g_autofree char *copy = g_memdup2 (text, i);

      assert_refused (copy, (gssize) i, TC_JSON_DEFAULT);
    }
}

static void
test_max_bytes (void)
{
  g_autofree char *spaces = g_strnfill (TC_JSON_MAX_BYTES, ' ');
  g_autoptr(JsonNode) node = NULL;

  spaces[0] = '1';
  node = tc_json_parse (spaces, TC_JSON_MAX_BYTES, TC_JSON_DEFAULT, NULL);
  g_assert_nonnull (node);
  assert_refused (spaces, (gssize) TC_JSON_MAX_BYTES + 1, TC_JSON_DEFAULT);
}

/* Getters are for data of strangers: any wrong type gives the fallback. */
static void
test_getters (void)
{
  static const char *const members[] = { "n", "d", "s", "b", "o", "a", "z", "none" };
  g_autoptr(JsonObject) object = parse (
    "{\"n\": 5, \"d\": 2.5, \"s\": \"x\", \"b\": true, \"o\": {}, \"a\": [], \"z\": null,"
    " \"five\": 5.0, \"huge\": 1e300, \"large\": 1e18, \"half\": 1.5, \"v\": [\"p\", \"q\"], \"mixed\": [\"p\", 1]}");
  g_auto(GStrv) strings = tc_json_dup_strv (object, "v");

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      const char *m = members[i];

      g_assert_cmpint (tc_json_get_int (object, m, -7), ==, *m == 'n' && !m[1] ? 5 : -7);
      g_assert_cmpstr (tc_json_get_string (object, m, "f"), ==, *m == 's' ? "x" : "f");
      g_assert_true (tc_json_get_boolean (object, m, FALSE) == (*m == 'b'));
      g_assert_true ((tc_json_get_object (object, m) != NULL) == (*m == 'o'));
      g_assert_true ((tc_json_get_array (object, m) != NULL) == (*m == 'a'));
    }

  g_assert_cmpfloat (tc_json_get_double (object, "n", 0), ==, 5);
  g_assert_cmpfloat (tc_json_get_double (object, "d", 0), ==, 2.5);
  g_assert_cmpfloat (tc_json_get_double (object, "s", -1), ==, -1);
  g_assert_cmpint (tc_json_get_int (object, "five", 0), ==, 5);
  g_assert_cmpint (tc_json_get_int (object, "huge", -7), ==, -7);
  g_assert_cmpint (tc_json_get_int (object, "large", -7), ==, -7);
  g_assert_cmpint (tc_json_get_int (object, "half", -7), ==, -7);
  g_assert_cmpstr (strings[1], ==, "q");
  g_assert_null (strings[2]);
  g_assert_null (tc_json_dup_strv (object, "mixed"));
  g_assert_null (tc_json_dup_strv (object, "n"));

  g_assert_cmpint (tc_json_get_int (NULL, "n", 3), ==, 3);
  g_assert_null (tc_json_get_string (NULL, "n", NULL));
  g_assert_null (tc_json_get_object (NULL, "n"));
  g_assert_false (tc_json_has (NULL, "n"));
}

static void
test_write (void)
{
  const char *text = "{\"a\":[1,2.5,true,null,\"q\\\"\\\\\\n\\u0001é\"],\"b\":{},\"c\":[],\"d\":1.0}";
  g_autoptr(JsonNode) node = tc_json_parse (text, -1, TC_JSON_DEFAULT, NULL);
  g_autofree char *plain = tc_json_to_string (node, FALSE);
  g_autofree char *pretty = tc_json_to_string (node, TRUE);
  g_autoptr(JsonNode) again = tc_json_parse (pretty, -1, TC_JSON_DEFAULT, NULL);
  g_autofree char *same = tc_json_object_to_string (json_node_get_object (again), FALSE);

  g_assert_cmpstr (plain, ==, text);
  g_assert_cmpstr (same, ==, text);
  g_assert_true (g_str_has_prefix (pretty, "{\n  \"a\": [\n    1,\n"));
  g_assert_true (g_str_has_suffix (pretty, "  \"b\": {},\n  \"c\": [],\n  \"d\": 1.0\n}\n"));
}

/* P04's other half: what we write, everybody reads. */
static void
test_write_non_finite (void)
{
  g_autoptr(JsonNode) node = tc_json_parse ("[NaN, Infinity, -Infinity, 1e308]", -1,
                                            TC_JSON_ALLOW_NON_FINITE, NULL);
  g_autofree char *text = tc_json_to_string (node, FALSE);

  g_assert_cmpstr (text, ==, "[null,null,null,1e+308]");
}

static void
test_write_doubles (void)
{
  for (int i = 0; i < 20000; i++)
    {
      union { guint64 bits; double value; } any;
      g_autoptr(JsonNode) node = NULL;
      g_autoptr(JsonNode) back = NULL;
      g_autofree char *text = NULL;

      any.bits = (guint64) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();
      if (!isfinite (any.value))
        continue;
      node = json_node_init_double (json_node_alloc (), any.value);
      text = tc_json_to_string (node, FALSE);
      back = tc_json_parse (text, -1, TC_JSON_DEFAULT, NULL);
      g_assert_true (json_node_get_value_type (back) == G_TYPE_DOUBLE);
      g_assert_cmpfloat (json_node_get_double (back), ==, any.value);
    }
}

static void
test_write_bad_utf8 (void)
{
  g_autoptr(JsonNode) node = json_node_init_string (json_node_alloc (), "a\xff" "b");
  g_autofree char *text = tc_json_to_string (node, FALSE);

  g_assert_cmpstr (text, ==, "\"a\357\277\275b\"");
}

static void
test_files (void)
{
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "x.json", NULL);
  g_autoptr(JsonNode) node = tc_json_parse ("{\"a\":1}", -1, TC_JSON_DEFAULT, NULL);
  g_autoptr(JsonObject) object = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_cache_dir (), 0700), ==, 0);
  g_assert_true (tc_json_save (path, node, &error));
  object = tc_json_load (path, 100, TC_JSON_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_cmpint (tc_json_get_int (object, "a", 0), ==, 1);

  g_assert_null (tc_json_load (path, 5, TC_JSON_DEFAULT, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  g_clear_error (&error);

  g_assert_true (tc_file_write (path, "[1]", -1, TC_FILE_DEFAULT, NULL));
  g_assert_null (tc_json_load (path, 100, TC_JSON_DEFAULT, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "x.json"));
  g_clear_error (&error);

  g_assert_null (tc_json_load ("/no/such.json", 100, TC_JSON_DEFAULT, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_NOT_FOUND);
}

static void
test_scanner_skip (void)
{
  const char *text = "{\"skip\": [1, {\"x\": [2]}, \"]\"], \"take\": 3}";
  TcJsonScanner scanner;
  char small[4];

  tc_json_scanner_init (&scanner, text, strlen (text), FALSE);
  g_assert_cmpint (tc_json_scanner_next (&scanner), ==, TC_JSON_TOKEN_OBJECT_BEGIN);
  g_assert_cmpint (tc_json_scanner_next (&scanner), ==, TC_JSON_TOKEN_KEY);
  g_assert_true (tc_json_scanner_is (&scanner, "skip"));
  g_assert_true (tc_json_scanner_skip (&scanner, tc_json_scanner_next (&scanner)));
  g_assert_cmpint (tc_json_scanner_next (&scanner), ==, TC_JSON_TOKEN_KEY);
  g_assert_true (tc_json_scanner_is (&scanner, "take"));
  g_assert_false (tc_json_scanner_is (&scanner, "tak"));
  g_assert_cmpuint (tc_json_scanner_copy (&scanner, small, sizeof small), ==, 3);
  g_assert_cmpstr (small, ==, "tak");
  g_assert_cmpint (tc_json_scanner_next (&scanner), ==, TC_JSON_TOKEN_INT);
  g_assert_cmpint (tc_json_scanner_next (&scanner), ==, TC_JSON_TOKEN_OBJECT_END);
  g_assert_cmpint (tc_json_scanner_next (&scanner), ==, TC_JSON_TOKEN_END);

  /* An error stays one. */
  tc_json_scanner_init (&scanner, "[x]", 3, FALSE);
  g_assert_cmpint (tc_json_scanner_next (&scanner), ==, TC_JSON_TOKEN_ARRAY_BEGIN);
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (tc_json_scanner_next (&scanner), ==, TC_JSON_TOKEN_ERROR);
  g_assert_cmpuint (scanner.problem_offset, ==, 1);
}

/* One element of a long list at a time, with what is null left out at every depth. */
static void
test_build (void)
{
  static const char text[] = "[{\"a\":null,\"b\":{\"c\":null,\"d\":[null,1]}},\"two\"]";
  g_autoptr(JsonNode) first = NULL;
  g_autoptr(JsonNode) second = NULL;
  g_autofree char *written = NULL;
  TcJsonScanner scanner;

  tc_json_scanner_init (&scanner, text, strlen (text), FALSE);
  g_assert_cmpint (tc_json_scanner_next (&scanner), ==, TC_JSON_TOKEN_ARRAY_BEGIN);
  first = tc_json_build (&scanner, tc_json_scanner_next (&scanner), TC_JSON_SKIP_NULLS);
  g_assert_nonnull (first);
  written = tc_json_to_string (first, FALSE);
  g_assert_cmpstr (written, ==, "{\"b\":{\"d\":[null,1]}}");
  second = tc_json_build (&scanner, tc_json_scanner_next (&scanner), TC_JSON_DEFAULT);
  g_assert_cmpstr (json_node_get_string (second), ==, "two");
  g_assert_null (tc_json_build (&scanner, tc_json_scanner_next (&scanner), TC_JSON_DEFAULT));
  g_assert_cmpint (tc_json_scanner_next (&scanner), ==, TC_JSON_TOKEN_END);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/tc/json/depth", test_depth);
  g_test_add_func ("/tc/json/numbers", test_numbers);
  g_test_add_func ("/tc/json/non-finite", test_non_finite);
  g_test_add_func ("/tc/json/strings", test_strings);
  g_test_add_func ("/tc/json/structure", test_structure);
  g_test_add_func ("/tc/json/prefixes", test_prefixes);
  g_test_add_func ("/tc/json/max-bytes", test_max_bytes);
  g_test_add_func ("/tc/json/getters", test_getters);
  g_test_add_func ("/tc/json/write", test_write);
  g_test_add_func ("/tc/json/write-non-finite", test_write_non_finite);
  g_test_add_func ("/tc/json/write-doubles", test_write_doubles);
  g_test_add_func ("/tc/json/write-bad-utf8", test_write_bad_utf8);
  g_test_add_func ("/tc/json/files", test_files);
  g_test_add_func ("/tc/json/scanner-skip", test_scanner_skip);
  g_test_add_func ("/tc/json/build", test_build);

  return g_test_run ();
}
