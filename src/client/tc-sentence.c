/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-sentence.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "tc-sentence-list.h"

/* A sentence in a value in a sentence, one after another; what is more is not the engine's. */
#define MAX_DEPTH 8
#define MAX_BYTES 2000

/* One of the lists' formats, cut at its values. */
typedef struct
{
  const char *said;     /* in the window, in English */
  char      **words;    /* (owned) what stands before, between and after the values, one more than there are values */
  gsize       n_values;
  gsize       weight;   /* bytes of all words: the more, the surer */
} Shape;

static char **
split (const char *format)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new ();
  g_autoptr(GString) word = g_string_new (NULL);

  for (const char *c = format; *c != '\0'; c++)
    {
      if (c[0] == '%' && c[1] == 's')
        {
          g_ptr_array_add (words, g_strdup (word->str));
          g_string_truncate (word, 0);
          c++;
        }
      else
        {
          g_string_append_c (word, *c);
          if (c[0] == '%' && c[1] == '%')
            c++;
        }
    }
  g_ptr_array_add (words, g_strdup (word->str));
  g_ptr_array_add (words, NULL);

  return (char **) g_ptr_array_steal (words, NULL);
}

static int
compare_weight (gconstpointer a,
                gconstpointer b)
{
  const Shape *shape_a = a;
  const Shape *shape_b = b;

  return shape_a->weight > shape_b->weight ? -1 : shape_a->weight < shape_b->weight;
}

static void
shape_init (Shape      *shape,
            const char *engine,
            const char *window)
{
  shape->said = window;
  shape->words = split (engine);
  shape->n_values = g_strv_length (shape->words) - 1;
  for (gsize i = 0; i <= shape->n_values; i++)
    shape->weight += strlen (shape->words[i]);
}

/* Returns: (array zero-terminated=1): the surest first. Made once: they are as
 *   constant as the lists. */
static const Shape *
get_shapes (void)
{
  static Shape *shapes;

  if (g_once_init_enter_pointer (&shapes))
    {
      gsize n = tc_sentence_list_length + tc_sentence_rewordings_length;
      Shape *made = g_new0 (Shape, n + 1);

      for (gsize i = 0; i < tc_sentence_list_length; i++)
        shape_init (&made[i], tc_sentence_list[i], tc_sentence_list[i]);
      for (gsize i = 0; i < tc_sentence_rewordings_length; i++)
        shape_init (&made[tc_sentence_list_length + i], tc_sentence_rewordings[i].engine,
                    tc_sentence_rewordings[i].window);
      qsort (made, n, sizeof *made, compare_weight);
      g_once_init_leave_pointer (&shapes, made);
    }

  return shapes;
}

/* Returns: (transfer full) (nullable) (array zero-terminated=1): the values of
 *   @text, if it has that shape. Of values without a word between them the last has all. */
static char **
match (const Shape *shape,
       const char  *text)
{
  gsize n = strlen (text);
  const char *last = shape->words[shape->n_values];
  const char *at, *end;
  g_auto(GStrv) values = NULL;

  if (n < shape->weight || !g_str_has_prefix (text, shape->words[0]) || !g_str_has_suffix (text, last))
    return NULL;
  if (shape->n_values == 0)
    return n == shape->weight ? g_new0 (char *, 1) : NULL;

  at = text + strlen (shape->words[0]);
  end = text + n - strlen (last);
  values = g_new0 (char *, shape->n_values + 1);
  for (gsize i = 0; i < shape->n_values; i++)
    {
      const char *word = shape->words[i + 1];
      const char *next = i + 1 == shape->n_values ? end : word[0] == '\0' ? at : g_strstr_len (at, end - at, word);

      if (next == NULL)
        return NULL;
      values[i] = g_strndup (at, (gsize) (next - at));
      at = next + strlen (word);
    }

  return g_steal_pointer (&values);
}

/* Not by printf: a translation is data, and may name a value that is not there. */
static char *
fill (const char        *format,
      char       *const *values,
      gsize              n_values)
{
  GString *text = g_string_new (NULL);
  gsize next = 0;

  for (const char *c = format; *c != '\0'; c++)
    {
      char *after = NULL;
      guint64 place = c[0] == '%' && g_ascii_isdigit (c[1]) ? g_ascii_strtoull (c + 1, &after, 10) : 0;

      if (c[0] == '%' && c[1] == '%')
        {
          g_string_append_c (text, '%');
          c++;
        }
      else if (c[0] == '%' && c[1] == 's')
        {
          g_string_append (text, next < n_values ? values[next++] : "");
          c++;
        }
      else if (place > 0 && after[0] == '$' && after[1] == 's')
        {
          g_string_append (text, place <= n_values ? values[place - 1] : "");
          c = after + 1;
        }
      else
        g_string_append_c (text, *c);
    }

  return g_string_free (text, FALSE);
}

static char *say (const char          *english,
                  TcSentenceTranslate  translate,
                  guint                depth);

/* The values of a sentence can be sentences; the blanks around them stay. */
static char *
say_value (const char          *value,
           TcSentenceTranslate  translate,
           guint                depth)
{
  gsize n_before = strspn (value, " ");
  gsize n = strlen (value + n_before);
  g_autofree char *bare = NULL;
  g_autofree char *said = NULL;

  while (n > 0 && value[n_before + n - 1] == ' ')
    n--;
  if (n == 0)
    return g_strdup (value);
  bare = g_strndup (value + n_before, n);
  said = say (bare, translate, depth);

  return g_strdup_printf ("%.*s%s%s", (int) n_before, value, said, value + n_before + n);
}

static gboolean is_known (const char *english,
                          guint       depth);

/* Returns: whether the values are no more than the shape's own: a whole sentence
 *   and the next one's start are two sentences, not a value */
static gboolean
are_values_sure (char  *const *values,
                 guint         depth)
{
  for (; *values != NULL; values++)
    if (strstr (*values, ". ") != NULL && !is_known (*values, depth + 1))
      return FALSE;

  return TRUE;
}

/* Returns: (nullable): the surest shape of all of @english; @values: (out) (transfer full): its values */
static const Shape *
find_shape (const char   *english,
            gboolean      is_sure,
            guint         depth,
            char       ***values)
{
  for (const Shape *shape = get_shapes (); shape->said != NULL; shape++)
    {
      g_auto(GStrv) found = match (shape, english);

      if (found == NULL || (is_sure && !are_values_sure (found, depth)))
        continue;
      *values = g_steal_pointer (&found);

      return shape;
    }

  return NULL;
}

static gboolean
is_known (const char *english,
          guint       depth)
{
  g_auto(GStrv) values = NULL;

  return depth < MAX_DEPTH && find_shape (english, TRUE, depth, &values) != NULL;
}

/* Returns: (transfer full) (nullable): @english, if all of it has one shape */
static char *
say_whole (const char          *english,
           TcSentenceTranslate  translate,
           gboolean             is_sure,
           guint                depth)
{
  g_auto(GStrv) values = NULL;
  const Shape *shape = find_shape (english, is_sure, depth, &values);

  if (shape == NULL)
    return NULL;
  for (gsize i = 0; i < shape->n_values; i++)
    {
      char *said = say_value (values[i], translate, depth + 1);

      g_free (values[i]);
      values[i] = said;
    }

  return fill (translate (shape->said), values, shape->n_values);
}

/* Returns: (transfer full) (nullable): as much of the start of @english as makes
 *   sense together, for some of the formats are two sentences; @rest: what follows */
static char *
say_start (const char           *english,
           TcSentenceTranslate   translate,
           guint                 depth,
           const char          **rest)
{
  gssize n = (gssize) strlen (english);
  const char *end;

  while ((end = g_strrstr_len (english, n, ". ")) != NULL)
    {
      g_autofree char *start = g_strndup (english, (gsize) (end + 1 - english));
      char *said = say_whole (start, translate, TRUE, depth);

      *rest = end + 1;
      if (said != NULL)
        return said;
      n = end - english;
    }

  return NULL;
}

/* Returns: (transfer full) (nullable): @english where it is a sentence of ours
 *   before a colon or with an afterthought behind it: "Stopped by a rule: …",
 *   "…, but it is at work" */
static char *
say_in_two (const char          *english,
            TcSentenceTranslate  translate,
            guint                depth)
{
  const char *colon = strstr (english, ": ");

  if (colon != NULL)
    {
      g_autofree char *before = g_strndup (english, (gsize) (colon - english));
      g_autofree char *said = say_whole (before, translate, TRUE, depth);
      g_autofree char *rest = said != NULL ? say_value (colon + 1, translate, depth + 1) : NULL;

      if (said != NULL)
        return g_strconcat (said, ":", rest, NULL);
    }
  for (const Shape *shape = get_shapes (); shape->said != NULL; shape++)
    {
      if (shape->n_values == 0 && shape->words[0][0] == ',' && g_str_has_suffix (english, shape->words[0]))
        {
          g_autofree char *before = g_strndup (english, strlen (english) - shape->weight);
          g_autofree char *said = say_value (before, translate, depth + 1);

          return g_strconcat (said, translate (shape->said), NULL);
        }
    }

  return NULL;
}

/* One sentence or several, of which some may be foreign: a script's own words, an answer of a provider. */
static char *
say (const char          *english,
     TcSentenceTranslate  translate,
     guint                depth)
{
  const char *rest = NULL;
  g_autofree char *start = NULL;
  g_autofree char *end = NULL;

  if (depth >= MAX_DEPTH)
    return g_strdup (english);
  start = say_whole (english, translate, TRUE, depth);
  if (start != NULL)
    return g_steal_pointer (&start);
  start = say_start (english, translate, depth, &rest);
  if (start == NULL)
    {
      char *whole = say_whole (english, translate, FALSE, depth);

      if (whole == NULL)
        whole = say_in_two (english, translate, depth);
      if (whole != NULL || rest == NULL)
        return whole != NULL ? whole : g_strdup (english);
      start = g_strndup (english, (gsize) (rest - english));
    }
  end = say_value (rest, translate, depth + 1);

  return g_strconcat (start, end, NULL);
}

/**
 * tc_sentence_dup_translated:
 * @english: what the engine said
 * @translate: says a format of the window in another language
 *
 * Returns: (transfer full): @english as @translate has it; what is none of the
 *   engine's sentences stays as it is
 */
char *
tc_sentence_dup_translated (const char          *english,
                            TcSentenceTranslate  translate)
{
  g_return_val_if_fail (english != NULL, NULL);
  g_return_val_if_fail (translate != NULL, NULL);

  if (strlen (english) > MAX_BYTES)
    return g_strdup (english);

  return say (english, translate, 0);
}

static const char *
translate_by_catalogue (const char *format)
{
  return g_dgettext (GETTEXT_PACKAGE, format);
}

/**
 * tc_sentence_dup_local:
 * @english: (nullable): what the engine said: a reason, an event, a refusal
 *
 * Returns: (transfer full) (nullable): the same in the user's language, and in
 *   the words of a window where the engine names a command
 */
char *
tc_sentence_dup_local (const char *english)
{
  return english != NULL ? tc_sentence_dup_translated (english, translate_by_catalogue) : NULL;
}
