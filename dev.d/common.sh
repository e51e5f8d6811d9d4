# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
# shellcheck shell=bash disable=SC2154,SC2034,SC1111
#
# Words to the user, steps with a log, and the folders everything else uses.

say() {
  printf '==> %s\n' "$*" >&2
}

fail() {
  printf './dev: %s\n' "$*" >&2
  exit 1
}

fail_usage() {
  printf './dev: %s\n' "$*" >&2
  exit 2
}

# Nobody can be asked: a CI machine, or no terminal to ask on.
is_unattended() {
  [[ ${CI:-} == true || ${CI:-} == 1 || ! -t 0 || ! -t 2 ]]
}

# Sets HOME when a caller (a CI runner, a cron job) left it out, and $cache.
find_home() {
  if [[ -z ${HOME:-} ]]; then
    HOME=$(getent passwd "$EUID" | cut -d: -f6)
    export HOME="${HOME:-/}"
  fi
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/training-center
}

# Counts the seconds of a long step on a terminal, until it is killed.
tick() {
  local seconds=0

  while sleep 1; do
    seconds=$((seconds + 1))
    printf '\r    %d s ' "$seconds" >&2
  done
}

# step TEXT LOG COMMAND…: says TEXT, runs COMMAND with its output in LOG, says
# how long it took; when it fails, shows the end of the log and ends ./dev.
step() {
  local text=$1 log=$2 start=$SECONDS ticker='' status=0
  shift 2

  say "$text"
  mkdir -p "$(dirname "$log")"
  if [[ -t 2 ]]; then
    tick &
    ticker=$!
  fi
  # In a condition bash would not stop at the first error inside a function;
  # the commands given here are single programs or check for themselves.
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [[ -n $ticker ]]; then
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    printf '\r\033[K' >&2
  fi
  if ((status != 0)); then
    printf '%s\n' "--- the end of $log ---" >&2
    tail -n 25 "$log" >&2
    printf '%s\n' "--- it failed with exit code $status ---" >&2
    fail "“${text%…}” did not work; the whole log is $log."
  fi
  say "  done in $((SECONDS - start)) s"
}

# with_lock FILE COMMAND…: one ./dev at a time in there; says so when it waits.
# The lock is this shell's alone: no program that it starts inherits it.
with_lock() {
  local file=$1
  shift

  mkdir -p "$(dirname "$file")"
  exec 9>>"$file"
  if ! flock --nonblock 9; then
    say "Waiting for another ./dev that is at work there ($file)"
    flock 9
  fi
  "$@" 9>&-
  exec 9>&-
}

# package_names FAMILY SET…: the packages of the list, one a line.
package_names() {
  local column=2
  [[ $1 == fedora ]] && column=3
  shift
  awk -v column="$column" -v sets=" $* " '
    $1 != "#" && NF >= 3 && index(sets, " " $1 " ") && $column != "-" {
      print $column
    }' "$parts/packages"
}
