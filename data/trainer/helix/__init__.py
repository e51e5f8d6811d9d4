# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Helix: a small GPT-2-shaped byte model that learns to write the HLX formats.

Where to begin reading:

* `values`, `codec`, `binary`   the HLX values and their five spellings
* `grammar`, `generator`        English sentences paired with HLX values
* `corpus`, `tokens`, `data`    from the Markdown corpus to batches of token ids
* `targets`, `model`, `decode`  the network, its sizes, greedy decoding
* `options`, `trainer`          the training run; `rules` abort it, `gates` judge it
* `checkpoint`, `tensors`       what is written to disk, and how it is checked
"""
