/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <string.h>

#include "tc-text.h"

#define FFFD "\357\277\275"

/* Sanitises in pieces of each size; whatever it is, the text must be the
 * same. */
static void
check_bytes (const char  *bytes,
             gsize        length,
             TcTextFlags  flags,
             const char  *expected)
{
  for (gsize size = 1; size <= length + 1; size++)
    {
      g_autoptr(TcTextSanitizer) sanitizer = tc_text_sanitizer_new (flags);
      g_autoptr(GString) out = g_string_new (NULL);

      for (gsize at = 0; at < length; at += size)
        {
          gsize n = MIN (size, length - at);
          g_autofree char *piece = g_memdup2 (bytes + at, n);

          tc_text_sanitizer_push (sanitizer, piece, n, out);
        }
      tc_text_sanitizer_finish (sanitizer, out);
      g_assert_cmpstr (out->str, ==, expected);
      g_assert_true (g_utf8_validate_len (out->str, out->len, NULL));
    }
}

static void
check (const char *text,
       const char *expected)
{
  check_bytes (text, strlen (text), TC_TEXT_DEFAULT, expected);
}

/* P07 */
static void
test_utf8 (void)
{
  check ("plain text, é ⟁ 🜊 😀", "plain text, é ⟁ 🜊 😀");
  check_bytes ("a\0b", 3, 0, "a" FFFD "b");
  check ("\xff", FFFD);
  check ("a\xc3", "a" FFFD);
  check ("\xe2\x9f", FFFD);
  check ("\xe2\x9f" "a", FFFD "a");
  check ("\xe2\x9f\xe2\x9f\x81", FFFD "⟁");
  check ("\xc0\x80", FFFD FFFD);
  check ("\xed\xa0\x80", FFFD FFFD FFFD);
  check ("\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD);
  check ("\xf0\x9f\x9c", FFFD);
  check ("\xe0\x80\x80", FFFD FFFD FFFD);
  check ("\xf0\x80\x80\x80", FFFD FFFD FFFD FFFD);
  check ("\x80\xbf", FFFD FFFD);
  /* UTF-16: every other byte is a nul. */
  check_bytes ("\xff\xfe" "h\0i\0", 6, 0, FFFD FFFD "h" FFFD "i" FFFD);
}

/* P05 */
static void
test_escapes (void)
{
  check ("\033[31mred\033[0m", "red");
  check ("\033[38;2;1;2;3mx\033[?25l\033[2K", "x");
  check ("\033]0;evil title\007shown", "shown");
  check ("\033]52;c;ZXZpbA==\033\\shown", "shown");
  check ("\033]8;;http://evil\033\\link\033]8;;\033\\", "link");
  check ("\033P1$r0m\033\\shown\033_apc\033\\\033^pm\033\\\033Xsos\033\\!", "shown!");
  check ("\033c\0337\0338\033(B\033#8x", "x");
  check ("\302\233" "31mred", "red");
  check ("\302\235" "0;title\302\234shown", "shown");
  check ("\302\205a\302\200", "a");
  check ("a\033", "a");
  check ("a\033[12", "a");
  check ("\033[31\033[32mx", "x");
  check ("\033\033[31mx", "x");
  check ("\033[3\x01" "1mx", "1mx");
  check ("\033é", "é");
  check ("bell\007 back\010 del\177 vt\013 ff\014 so\016", "bell back del vt ff so");
}

/* A string sequence nobody ends does not swallow the log. */
static void
test_endless_string (void)
{
  g_autofree char *filler = g_strnfill (5000, 'y');
  g_autofree char *text = g_strconcat ("\033]0;", filler, NULL);
  g_autofree char *shown = tc_text_sanitize (text, -1, 100000, 0);

  check ("\033]0;title\nnext line", "\nnext line");
  check ("\033]0;title\030next", "next");
  g_assert_cmpuint (strlen (shown), >, 800);
  g_assert_cmpuint (strlen (shown), <, 1000);
}

static void
test_bidi (void)
{
  check ("a\342\200\256b", "a[U+202E]b");
  check ("\342\201\246x\342\201\251", "[U+2066]x[U+2069]");
  check ("\342\200\217\330\234", "[U+200F][U+061C]");
  /* Joiners are part of emoji and of words. */
  check ("👩\342\200\215🔬", "👩\342\200\215🔬");
}

static void
test_line_ends (void)
{
  const char *text = "a\tb\nc\r\nd\re\r\r\nf\342\200\250g";

  check (text, "a\tb\nc\nd\ne\n\nf\ng");
  check_bytes (text, strlen (text), TC_TEXT_SINGLE_LINE, "a b c d e  f g");
}

static void
check_cap (const char *text,
           gsize       max_bytes,
           const char *expected)
{
  g_autofree char *shown = tc_text_sanitize (text, -1, max_bytes, 0);

  g_assert_cmpstr (shown, ==, expected);
  g_assert_cmpuint (strlen (shown), <=, max_bytes);
}

static void
test_cap (void)
{
  g_autofree char *huge = g_strnfill (50000000, 'x');
  g_autofree char *shown = NULL;

  check_cap ("abcdef", 6, "abcdef");
  check_cap ("abcdefg", 6, "abc…");
  check_cap ("ééé", 6, "ééé");
  check_cap ("éééé", 6, "é…");
  check_cap ("abcd", 3, "…");
  check_cap ("abcd", 2, "ab");
  check_cap ("éé", 1, "");
  check_cap ("abcd", 0, "");

  shown = tc_text_sanitize (huge, -1, 4096, 0);
  g_assert_cmpuint (strlen (shown), ==, 4096);
}

/* Whatever comes in, what goes out is UTF-8 without a control character. */
static void
test_random (void)
{
  for (int i = 0; i < 3000; i++)
    {
      char bytes[64];
      g_autofree char *shown = NULL;

      for (gsize j = 0; j < sizeof bytes; j++)
        bytes[j] = g_test_rand_bit () ? "\033[]P\\;0m\302\233\235\234\342\200\256\n"
                                        [g_test_rand_int_range (0, 17)]
                                      : (char) g_test_rand_int_range (0, 256);
      shown = tc_text_sanitize (bytes, sizeof bytes, 10000, 0);
      g_assert_true (g_utf8_validate (shown, -1, NULL));
      for (const char *at = shown; *at != '\0'; at = g_utf8_next_char (at))
        {
          gunichar c = g_utf8_get_char (at);

          g_assert_true ((c >= 0x20 && c < 0x7f) || c >= 0xa0 || c == '\n' || c == '\t');
          g_assert_true (c != 0x202e);
        }
      check_bytes (bytes, sizeof bytes, 0, shown);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/text/utf8", test_utf8);
  g_test_add_func ("/tc/text/escapes", test_escapes);
  g_test_add_func ("/tc/text/endless-string", test_endless_string);
  g_test_add_func ("/tc/text/bidi", test_bidi);
  g_test_add_func ("/tc/text/line-ends", test_line_ends);
  g_test_add_func ("/tc/text/cap", test_cap);
  g_test_add_func ("/tc/text/random", test_random);

  return g_test_run ();
}
