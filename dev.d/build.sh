# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
# shellcheck shell=bash disable=SC2154,SC2034,SC1111
#
# Build folders: made once, brought up to date each time.

# The system's own programs before what a user put on PATH (pyenv, conda): the
# packages of the list belong to them.
use_system_programs() {
  export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:$PATH
}

# What ninja is asked for: everything, or only what a user runs, which is a
# quarter of it; run_suite needs the programs of the tests as well.
targets=(all)
programs=(src/engine/training-center-engine src/shim/training-center-shim
  src/cli/trainctl src/cli/trainctl-full)

# build FOLDER OPTION…: folder is a name in the checkout. The platform and the
# options it was made with are written in it; others make it anew.
build() {
  local folder=$checkout/$1 made_as
  made_as="$platform_id ${*:2}"

  with_lock "$cache/build-${folder//\//-}.lock" build_locked "$folder" "$made_as" "${@:2}"
}

build_locked() {
  local folder=$1 made_as=$2
  shift 2

  if [[ ! -e $folder/build.ninja || ! -e $folder/.made-as || $(<"$folder/.made-as") != "$made_as" ]]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    step "Configuring ${folder##*/}…" "$cache/setup-${folder##*/}.log" \
      meson setup "$folder" "$checkout" "$@"
    printf '%s\n' "$made_as" >"$folder/.made-as"
  fi
  if ! is_up_to_date "$folder"; then
    compile "$folder"
  fi
}

# Asks ninja without building; a file that meson must look at again counts.
is_up_to_date() {
  [[ $(ninja -C "$1" -n "${targets[@]}" 2>/dev/null | tail -n 1) == 'ninja: no work to do.' ]]
}

compile() {
  local folder=$1 log=$1/compile.log

  say "Building ${folder##*/}…"
  if [[ -t 2 ]]; then
    # Ninja shows its own progress on a terminal. Our stdout stays the command's.
    ninja -C "$folder" "${targets[@]}" >&2 || fail 'The build failed; the reason is above.'
  elif ! ninja -C "$folder" "${targets[@]}" >"$log" 2>&1; then
    # The first words of a failure say more than the last.
    sed -n '/^FAILED:/,$p; /ERROR:/,/^$/p' "$log" | head -n 80 >&2
    fail "The build failed; the whole log is $log."
  fi
}

# use_build FOLDER: the programs of this checkout find each other.
use_build() {
  local folder=$checkout/$1

  export TRAINING_CENTER_TRAINER_DIR=$checkout/data/trainer
  export TRAINING_CENTER_ENGINE=$folder/src/engine/training-center-engine
  export TRAINING_CENTER_SHIM=$folder/src/shim/training-center-shim
  export TRAINING_CENTER_CTL=$folder/src/cli/trainctl
  export TRAINING_CENTER_BUILD_DIR=$folder
}
