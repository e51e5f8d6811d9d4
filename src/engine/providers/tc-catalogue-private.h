/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The inside of TcCatalogue, for its own files. */

#include "tc-catalogue.h"
#include "tc-model-view.h"

G_BEGIN_DECLS

/* What one provider says about its models. */
typedef struct
{
  JsonObject *models;     /* (owned) (nullable) id → model; NULL: never asked */
  gint64      fetched_us; /* UTC; 0: never */
  char       *problem;    /* (owned) (nullable) why the last question failed */
} TcLiveList;

struct _TcCatalogue
{
  GObject     parent_instance;

  char       *overrides_path;        /* (owned) */
  char       *overrides_stamp;       /* (owned) (nullable) by which a change of the file is seen */
  char       *overrides_problem;     /* (owned) (nullable) why it is not used */
  char       *cache_dir;             /* (owned) (nullable) */
  TcClock    *clock;                 /* (owned) */
  JsonObject *bundled;               /* (owned) */
  JsonObject *models[TC_PROVIDER_N]; /* (owned) (nullable) id → bundled model with the user's members over it */
  GHashTable *ids[TC_PROVIDER_N];    /* (owned) (nullable) each id and alias → id */
  TcLiveList  live[TC_PROVIDER_N];
};

/* The days on which everything is looked at. */
typedef struct
{
  char today[11];    /* "2026-11-22" */
  char list_day[11]; /* when the provider was asked; "": never */
} TcCatalogueDays;

void tc_catalogue_load_models (TcCatalogue           *self);
void tc_catalogue_get_days    (TcCatalogue           *self,
                               const TcProvider      *provider,
                               TcCatalogueDays       *days);
void tc_catalogue_view        (TcCatalogue           *self,
                               const TcProvider      *provider,
                               const char            *id,
                               const TcCatalogueDays *days,
                               TcModelView           *view);
void tc_catalogue_save_list   (TcCatalogue           *self,
                               const TcProvider      *provider);

const char *tc_catalogue_resolve        (TcCatalogue      *self,
                                         const TcProvider *provider,
                                         const char       *name);
gboolean    tc_catalogue_is_snapshot_of (const char       *id,
                                         const char       *model);

G_END_DECLS
