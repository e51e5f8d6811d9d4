# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
# shellcheck shell=bash disable=SC2154,SC2034,SC1111
#
# The Debian 13 root: made once in the user's cache, kept up with the package
# list, entered by enter.sh. It is made under another name and renamed when it
# is whole, so that a root under its own name never is half-made. The file
# etc/training-center-root in it marks it and holds the hash of the package
# list it was brought to.
#
# As an ordinary user the root's files belong to the user (root in there) and
# to the user's subordinate ids (everybody else in there).

suite=trixie

# find_root: sets $root and $stamp.
find_root() {
  root=$cache/debian-13
  stamp=$root/etc/training-center-root
}

# Debian 13 has all of them.
root_packages() {
  package_names debian build run test | tr -d '?' | sort
}

root_list_hash() {
  root_packages | sha256sum | cut -d' ' -f1
}

# Sees to it that the root is there and has every package of the list.
ensure_root() {
  find_root
  if ! root_is_current; then
    with_lock "$cache/lock" make_or_update_root
  fi
}

root_is_current() {
  [[ -e $stamp && -e $cache/passwd && -e $cache/group &&
    $(<"$stamp") == $(root_list_hash) ]]
}

make_or_update_root() {
  local missing=()

  root_is_current && return 0
  ensure_root_tools
  remove_half_made_roots
  [[ -d $root ]] || make_root

  mapfile -t missing < <(missing_in_root)
  if ((${#missing[@]} > 0)); then
    step "Installing ${missing[*]} in the Debian 13 root…" "$cache/update-root.log" \
      in_root_as_administrator "
        apt-get update &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${missing[*]} &&
        apt-get clean"
  fi
  prepare_root_files
  root_list_hash >"$stamp.new"
  mv "$stamp.new" "$stamp"
}

missing_in_root() {
  comm -23 <(root_packages) <(
    awk '
      $1 == "Package:" { name = $2 }
      $1 == "Status:" && $NF == "installed" { print name }
    ' "$root/var/lib/dpkg/status" | sort -u
  )
}

# What makes and enters a root. The only thing that is installed on the system.
ensure_root_tools() {
  local need=()

  command -v mmdebstrap >/dev/null || need+=(mmdebstrap)
  command -v bwrap >/dev/null || need+=(bubblewrap)
  [[ -e /usr/share/keyrings/debian-archive-keyring.gpg ]] ||
    need+=(debian-archive-keyring)
  if ((EUID != 0)); then
    find_subordinate_ids
    command -v newuidmap >/dev/null || need+=(uidmap)
  fi
  if ((${#need[@]} > 0)); then
    [[ $family == debian ]] ||
      fail "$system_name is older than the project needs, and a Debian 13 root can be made only where apt is. Use Debian, Ubuntu 24.04, Fedora 40 or RHEL 10."
    say "$system_name is older than the project needs: a Debian 13 root will do"
    install_packages 'what makes a Debian root' "${need[@]}"
  fi
  check_disk_space
}

check_disk_space() {
  local free

  mkdir -p "$cache"
  free=$(df --output=avail -k "$cache" | tail -n 1)
  [[ -d $root ]] || ((free > 4 * 1024 * 1024)) ||
    fail "$cache has $((free / 1024)) MB free; a Debian 13 root takes 2 GB and 2 GB more while it is made. Set XDG_CACHE_HOME to a folder on another disk."
}

make_root() {
  local making=$root.making

  # The system's own way to its packages: a proxy, a validity rule.
  apt-config dump | grep '^Acquire::' |
    grep -Ev '^Acquire::(IndexTargets|cdrom|Changelogs)' >"$cache/apt.conf" || true
  step "Making a Debian 13 root in $root (some minutes, 2 GB)…" \
    "$cache/make-root.log" bootstrap "$making"
  mv "$making" "$root"
}

# bootstrap FOLDER: as root straight into the folder; as a user through a
# stream, because mmdebstrap's own namespace may not look into our home.
bootstrap() {
  local packages options
  packages=$(root_packages | paste -s -d,)
  options=(
    --variant=minbase --include="$packages" --aptopt="$cache/apt.conf"
    --dpkgopt='path-exclude=/usr/share/man/*'
    --dpkgopt='path-exclude=/usr/share/info/*'
    --dpkgopt='path-exclude=/usr/share/doc/*'
    --dpkgopt='path-include=/usr/share/doc/*/copyright'
    --dpkgopt=force-unsafe-io
  )

  if ((EUID == 0)); then
    mmdebstrap --mode=root "${options[@]}" "$suite" "$1"
  else
    mkdir -p "$1"
    # Not our own TMPDIR: the namespace could not look into it either.
    TMPDIR=/var/tmp \
      mmdebstrap --mode=unshare --format=tar "${options[@]}" "$suite" - |
      as_root_of_namespace tar -x --numeric-owner --exclude=./dev/'*' -C "$1"
    # Both sides of the stream must have worked.
    [[ ${PIPESTATUS[*]} == '0 0' ]]
  fi
}

# The files which enter.sh lays the system's own over.
prepare_root_files() {
  local file id

  for file in resolv.conf hosts machine-id; do
    if [[ -L $root/etc/$file || ! -e $root/etc/$file ]]; then
      rm -f "$root/etc/$file"
      : >"$root/etc/$file"
    fi
  done
  # D-Bus wants an identity even where the system has none.
  if [[ ! -s $root/etc/machine-id ]]; then
    id=$(</proc/sys/kernel/random/uuid)
    printf '%s\n' "${id//-/}" >"$root/etc/machine-id"
  fi
  # Our own name and group, for what asks who it is in there.
  for file in passwd group; do
    id=$EUID
    [[ $file == group ]] && id=$(id -g)
    cp "$root/etc/$file" "$cache/$file"
    if ! grep -q "^[^:]*:[^:]*:$id:" "$root/etc/$file"; then
      getent "$file" "$id" >>"$cache/$file" || true
    fi
  done
}

# in_root_as_administrator SCRIPT: with the rights to install packages.
in_root_as_administrator() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  local script='
    set -e
    mount --rbind /dev "$1/dev"
    mount --rbind /proc "$1/proc"
    if [ -s /etc/resolv.conf ]; then
      mount --bind /etc/resolv.conf "$1/etc/resolv.conf"
    fi
    shift_root=$1
    exec chroot "$shift_root" /usr/bin/env -i \
      PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
      ${http_proxy:+http_proxy="$http_proxy"} \
      ${https_proxy:+https_proxy="$https_proxy"} \
      /bin/sh -c "$2"'

  : >>"$root/etc/resolv.conf"
  as_root_of_namespace unshare --mount --propagation private -- \
    /bin/sh -c "$script" sh "$root" "$1"
}

# Runs a command as root of a new user namespace in which 0 is our own user and
# 1 and up are our subordinate ids; as root simply runs it.
as_root_of_namespace() {
  local fifos status=0

  if ((EUID == 0)); then
    "$@"
    return
  fi
  fifos=$(mktemp -d)
  mkfifo "$fifos/pid" "$fifos/go"
  (
    # Open first: the other side waits for a word, or for the end of the file.
    exec 3<>"$fifos/go"
    read -r pid <"$fifos/pid"
    word=refused
    if newuidmap "$pid" 0 "$EUID" 1 1 "${subuids[@]}" &&
      newgidmap "$pid" 0 "$(id -g)" 1 1 "${subgids[@]}"; then
      word=go
    fi
    echo "$word" >&3
    # Until the other side has read it.
    while [[ -e $fifos/go ]]; do sleep 0.05; done
  ) </dev/null >&2 &
  # shellcheck disable=SC2016 # expanded by the inner shell
  unshare --user -- /bin/bash -c '
    echo $$ >"$1/pid"
    read -r word <"$1/go"
    rm "$1/go"
    [ "$word" = go ] || exit 125
    shift
    exec "$@"' bash "$fifos" "$@" || status=$?
  rm -rf "$fifos"
  ((status != 125)) ||
    echo 'This user may not set up a user namespace: newuidmap refused.' >&2
  return "$status"
}

# Sets subuids and subgids to "first count" of our first subordinate range.
find_subordinate_ids() {
  local name
  name=$(id -un)

  subuids=() subgids=()
  read -ra subuids < <(subordinate_range /etc/subuid "$name") || true
  read -ra subgids < <(subordinate_range /etc/subgid "$name") || true
  if ((${#subuids[@]} != 2 || ${#subgids[@]} != 2)); then
    fail "User $name has no subordinate ids, which a root without administrator's rights needs. An administrator can give them: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $name"
  fi
}

subordinate_range() {
  awk -F: -v name="$2" -v id="$EUID" '
    ($1 == name || $1 == id) && $3 >= 65535 { print $2, $3; exit }' "$1" 2>/dev/null
}

remove_half_made_roots() {
  local left

  for left in "$root".making*; do
    [[ -d $left ]] || continue
    say 'Removing a Debian 13 root that was left half-made'
    remove_root_tree "$left"
  done
}

# remove_root_tree FOLDER: never follows a mount into what is the user's.
remove_root_tree() {
  if grep -qF " $1/" /proc/self/mountinfo; then
    fail "Something is still mounted below $1 (see /proc/self/mountinfo); unmount it first."
  fi
  if ((EUID == 0)); then
    rm -rf --one-file-system "$1"
  else
    as_root_of_namespace rm -rf --one-file-system "$1"
  fi
}
