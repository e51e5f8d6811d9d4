# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
# shellcheck shell=bash disable=SC2154,SC2034,SC1111
#
# What the words of ./dev do, natively or inside the root.

command_shell() {
  ensure_packages build run test
  if (($# == 0)); then
    exec bash -i
  fi
  exec "$@"
}

command_run() {
  local app=src/app/training-center

  ensure_packages build run
  targets=("${programs[@]}")
  if [[ -n ${WAYLAND_DISPLAY:-}${DISPLAY:-} ]]; then
    targets+=("$app" training-center-gmo)
  fi
  (use_system_programs && build build)
  use_build build
  find_torch fetch
  if [[ -n ${WAYLAND_DISPLAY:-}${DISPLAY:-} ]]; then
    exec "$checkout/build/$app" "$@"
  fi
  exec "$TRAINING_CENTER_CTL" demo "$@"
}

command_trainctl() {
  ensure_packages build run
  targets=("${programs[@]}")
  (use_system_programs && build build)
  use_build build
  find_torch
  exec "$TRAINING_CENTER_CTL" "$@"
}

# Natively: a python3 of the user's own (pyenv, a virtual environment) comes
# first when it has PyTorch, perhaps one for the GPU; then the system's; else one
# is made in the cache ("fetch"), because some systems offer no package of it.
find_torch() {
  local own=$cache/python

  [[ $platform == native ]] || return 0
  if has_torch python3; then
    return 0
  elif has_torch /usr/bin/python3; then
    use_system_programs
    return 0
  fi
  if ! has_torch "$own/bin/python3" && [[ ${1:-} == fetch ]]; then
    (with_lock "$cache/lock" fetch_torch "$own") ||
      say 'Going on without PyTorch: the bundled training scripts cannot run.'
  fi
  [[ ! -x $own/bin/python3 ]] || export PATH=$own/bin:$PATH
}

has_torch() {
  "$1" -c 'import importlib.util as u; raise SystemExit(u.find_spec("torch") is None)' \
    2>/dev/null
}

fetch_torch() {
  if [[ $family == debian ]] && ! is_installed python3-venv; then
    install_packages 'what makes a Python environment' python3-venv
  fi
  rm -rf "$1"
  step 'Making a Python environment…' "$cache/python.log" \
    /usr/bin/python3 -m venv --system-site-packages "$1"
  step "Fetching PyTorch with pip, $system_name has no package of it (up to 3 GB)…" \
    "$cache/pip.log" "$1/bin/python3" -m pip install --disable-pip-version-check torch numpy
}

command_test() {
  ensure_packages build run test
  use_system_programs
  find_torch fetch
  fetch_npm_packages tests/clients
  targets=(all meson-test-prereq)
  build build
  run_suite build "$@"
}

command_sanitize() {
  local common='halt_on_error=1:print_stacktrace=1'

  ensure_packages build run test
  use_system_programs
  find_torch fetch
  fetch_npm_packages tests/clients
  targets=(all meson-test-prereq)
  build build-sanitize -Db_sanitize=address,undefined -Dstatic_shim=false
  # Without frame pointers in the libraries only the slow unwinder can tell
  # where a leak comes from.
  common+=:fast_unwind_on_malloc=0
  export ASAN_OPTIONS="detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1:$common"
  export UBSAN_OPTIONS=$common
  export LSAN_OPTIONS="suppressions=$checkout/tests/lsan.supp:print_suppressions=0"
  export G_SLICE=always-malloc G_DEBUG=gc-friendly,fatal-criticals
  # Sanitized programs take more time and memory; a test that measures either
  # may look at this.
  export TRAINING_CENTER_SANITIZE=1
  run_suite build-sanitize --timeout-multiplier 3 "$@"
}

# run_suite FOLDER MESON-ARGUMENT…: the last line is "N passed, N failed" (and
# ", N skipped"); success is: no failure, and something ran.
run_suite() {
  local folder=$checkout/$1 log=$checkout/$1/meson-logs/testlog.json patience=() status=0 problems
  shift

  # Tests point at what they test themselves.
  unset TRAINING_CENTER_TRAINER_DIR TRAINING_CENTER_ENGINE TRAINING_CENTER_SHIM \
    TRAINING_CENTER_CTL TRAINING_CENTER_BUILD_DIR
  if [[ " $* " == *' --list '* ]]; then
    exec meson test -C "$folder" --no-rebuild "$@"
  fi
  # Two TAP tests of one name would hang meson at the end of the second.
  if ! problems=$(python3 "$checkout/tests/style/test_names.py" "$folder" 2>&1 >/dev/null); then
    fail "The tests cannot run: $problems (see tests/*/meson.build)"
  fi
  if [[ ${CI:-} == true || ${CI:-} == 1 ]]; then
    patience=(--timeout-multiplier 3)
  fi
  rm -f "$log"
  meson test -C "$folder" --no-rebuild --print-errorlogs --num-processes 2 \
    "${patience[@]}" "$@" </dev/null || status=$?
  python3 "$parts/count-tests.py" "$log" "$status"
}

command_bench() {
  local script=$checkout/tests/bench/run-bench

  ensure_packages build run test
  [[ -x $script ]] || fail 'There are no benchmarks yet (tests/bench/run-bench).'
  use_system_programs
  find_torch fetch
  fetch_npm_packages tests/bench
  build build-bench --buildtype=release
  use_build build-bench
  exec "$script" "$@"
}

command_screenshots() {
  local script=$checkout/tests/window/screenshots

  ensure_packages build run test
  [[ -x $script ]] || fail 'There is no window yet, so there are no pictures of it.'
  use_system_programs
  build build
  use_build build
  exec "$script" "$@"
}

command_clean() {
  local folder

  [[ $# == 0 || $* == --root ]] || fail_usage "clean knows --root only, not “$*”."
  if [[ ${1:-} == --root ]]; then
    find_root
    refuse_while_used
  fi
  for folder in build build-bench build-sanitize; do
    if [[ -d $checkout/$folder ]]; then
      say "Removing $folder"
      rm -rf "${checkout:?}/$folder"
    fi
  done
  if [[ ${1:-} == --root ]]; then
    with_lock "$cache/lock" clean_root
  fi
}

clean_root() {
  if ((EUID != 0)) && [[ -d $root || -d $root.making ]]; then
    find_subordinate_ids
  fi
  unmount_view
  remove_half_made_roots
  if [[ -d $root ]]; then
    say "Removing $root"
    # Under the other name first: what is left of it is not taken for a root.
    mv "$root" "$root.making"
    remove_root_tree "$root.making"
  fi
}
