# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
# shellcheck shell=bash disable=SC2154,SC2034,SC1111
#
# The packages from npm that only tests and benchmarks use: the providers' own
# clients, and another gateway to compare with. Each list (a package-lock.json
# with exact versions and hashes) gets a folder of its own in the cache, named
# by the hash of the list, so that a changed list is fetched anew. The system's
# npm fetches them, outside of the Debian 13 root where there is one: what the
# user set up for it (a proxy, certificates) holds there. Nothing of them is run
# while they are fetched.

# Seconds. A network that does not answer must not hold up the tests.
npm_patience=180

# fetch_npm_packages FOLDER: what the list in that folder of the checkout names.
# Never fails; tests skip with the reason that is left beside the place.
fetch_npm_packages() {
  npm_folder=$cache/npm/$(sha256sum "$checkout/$1/package-lock.json" | cut -d' ' -f1)
  has_npm_packages || with_lock "$cache/npm.lock" fetch_npm_list "$1"
}

# They are there, or could not be had a short while ago.
has_npm_packages() {
  [[ -d $npm_folder || -n $(find "$npm_folder.missing" -mmin -30 2>/dev/null) ]]
}

fetch_npm_list() {
  local making=$npm_folder.making log=$npm_folder.log start=$SECONDS reason=''

  has_npm_packages && return 0
  rm -rf "$making" "$npm_folder.missing"
  mkdir -p "$making"
  cp "$checkout/$1/package.json" "$checkout/$1/package-lock.json" "$making/"
  if ! find_npm; then
    reason='there is no npm here; the package “npm” brings it'
  else
    say "Fetching the npm packages of $1…"
    if (cd "$making" && timeout "$npm_patience" npm ci --ignore-scripts --no-audit --no-fund \
      --fetch-retries=1 --fetch-timeout=30000) >"$log" 2>&1 </dev/null; then
      mv "$making" "$npm_folder"
      say "  done in $((SECONDS - start)) s"
      return 0
    fi
    reason="npm could not fetch them ($(grep -m 1 -E '^npm (ERR!|error)' "$log" ||
      echo "no answer in $npm_patience s")); the whole log is $log"
  fi
  rm -rf "$making"
  printf '%s\n' "$reason" >"$npm_folder.missing"
  say "Going on without the npm packages of $1: $reason"
}

find_npm() {
  local name=npm

  command -v npm >/dev/null && return 0
  [[ $platform == native && $family != other ]] || return 1
  [[ $family == debian ]] || name=nodejs-npm
  (install_packages 'npm, which fetches packages for the tests,' "$name") &&
    command -v npm >/dev/null
}

# fetch_npm_packages_for_root FOLDER: before the root is entered. A system
# without npm gets Debian's inside the root, where it is used later.
fetch_npm_packages_for_root() {
  if command -v npm >/dev/null; then
    fetch_npm_packages "$1"
  elif [[ ! -e $root/usr/bin/npm ]]; then
    with_lock "$cache/lock" install_npm_in_root
  fi
}

install_npm_in_root() {
  say 'Installing npm in the Debian 13 root…'
  in_root_as_administrator '
    apt-get update &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends npm &&
    apt-get clean' >"$cache/install-npm.log" 2>&1 </dev/null ||
    say "  it did not work; the whole log is $cache/install-npm.log"
}
