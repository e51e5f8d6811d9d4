# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
"""Helix: a small GPT-2-shaped byte model that learns to write the HLX formats.

Where to begin reading:

* `values`, `codec`, `binary`   the HLX values and their five spellings
* `grammar`, `generator`        English sentences paired with HLX values
* `corpus`, `tokens`, `data`    from the Markdown corpus to batches of token ids
* `targets`, `model`, `decode`  the network, its sizes, greedy decoding
* `main`, `options`, `setup`    from the command line to a plan that is known to work
* `trainer`, `state`, `rules`   the run, what it must remember to be resumed, what ends it early
* `quality`, `gates`            five tests of a model, and when they are held
* `checkpoint`, `tensors`       what is written to disk, and how it is checked
* `teacher`, `gateway`          more examples from a large model, checked before they count
* `calibrate`                   how long a run will take, and what it needs, from a few batches
* `report`, `watchdog`          what a run says, and what listens to it
"""
