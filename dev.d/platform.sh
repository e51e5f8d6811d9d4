# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
# shellcheck shell=bash disable=SC2154,SC2034,SC1111
#
# Where to build. Sets
#   platform     "native", "root" (a Debian 13 root is to be used) or "inside"
#                (we are in that root already)
#   platform_id  a word that differs between systems whose builds do not mix
#   family       "debian", "fedora" or "other": how packages are installed

# The libraries, with the floors of the project.
floors=(
  'glib-2.0 >= 2.80' 'gtk4 >= 4.14' 'libadwaita-1 >= 1.5' 'libsoup-3.0 >= 3.4'
  'json-glib-1.0 >= 1.8' 'libsecret-1 >= 0.21' 'sqlite3 >= 3.45'
)

find_platform() {
  local ID='' ID_LIKE='' VERSION_ID='' NAME='' VERSION='' PRETTY_NAME=''

  if [[ -e /etc/os-release ]]; then
    # shellcheck source=/dev/null
    . /etc/os-release
  fi
  case " $ID $ID_LIKE " in
    *' debian '* | *' ubuntu '*) family=debian ;;
    *' fedora '* | *' rhel '*) family=fedora ;;
    *) family=other ;;
  esac
  platform_id=${ID:-unknown}-${VERSION_ID:-rolling}
  system_name=${PRETTY_NAME:-this system}

  if [[ -e /etc/training-center-root ]]; then
    platform=inside
    platform_id=root-$platform_id
  elif [[ -n ${TRAINING_CENTER_PLATFORM:-} ]]; then
    platform=$TRAINING_CENTER_PLATFORM
    [[ $platform == native || $platform == root ]] ||
      fail_usage "TRAINING_CENTER_PLATFORM is “$platform”; it can be native or root."
  elif has_floors; then
    platform=native
  else
    platform=root
  fi
}

# at_least VERSION FLOOR: both "major.minor"; a missing version is a rolling
# release and newer than everything.
at_least() {
  local major=${1%%.*} minor=0 floor_major=${2%%.*} floor_minor=${2#*.}

  [[ -n $1 ]] || return 0
  [[ $1 == *.* ]] && minor=${1#*.} minor=${minor%%.*}
  ((10#$major > floor_major)) ||
    ((10#$major == floor_major && 10#$minor >= 10#$floor_minor))
}

# Reads the variables of os-release that find_platform() holds.
has_floors() {
  case $ID in
    debian) at_least "$VERSION_ID" 13.0 ;;
    ubuntu) at_least "$VERSION_ID" 24.04 ;;
    fedora) at_least "$VERSION_ID" 40.0 ;;
    rhel | centos | almalinux | rocky) at_least "$VERSION_ID" 10.0 ;;
    *) apt_has_floors || pkgconf_has_floors ;;
  esac
}

# A derivative of Debian or Ubuntu numbers its releases in its own way; what
# its package manager offers says more. GTK stands for all: the floors came
# out together.
apt_has_floors() {
  local offered

  [[ $family == debian ]] || return 1
  offered=$(apt-cache show --no-all-versions libgtk-4-dev 2>/dev/null |
    awk '$1 == "Version:" { print $2; exit }')
  [[ -n $offered ]] && dpkg --compare-versions "$offered" ge 4.14
}

pkgconf_has_floors() {
  command -v pkg-config >/dev/null &&
    pkg-config --exists "${floors[@]}" 2>/dev/null
}

# as_administrator COMMAND…: with sudo when we are not root.
as_administrator() {
  if ((EUID == 0)); then
    "$@"
  elif ! command -v sudo >/dev/null; then
    return 127
  elif is_unattended; then
    sudo -n "$@"
  else
    sudo "$@"
  fi
}

# install_packages WHY PACKAGE…: with the system's manager, which asks for
# itself on a terminal; never upgrades or removes anything of its own accord.
install_packages() {
  local why=$1 manager=() log
  shift

  case $family in
    debian) manager=(apt-get install --no-install-recommends) ;;
    fedora) manager=(dnf install --setopt=install_weak_deps=False) ;;
    *) fail "$why is missing on $system_name, and ./dev knows only apt and dnf. Install: $*" ;;
  esac
  if ((EUID != 0)) && ! command -v sudo >/dev/null; then
    fail "$why is missing and there is no sudo. Ask an administrator for: ${manager[*]} $*"
  fi

  refresh_lists "$1"
  if is_unattended; then
    log=$cache/install.log
    step "Installing $why ($# packages)…" "$log" \
      as_administrator env DEBIAN_FRONTEND=noninteractive "${manager[@]}" -y "$@"
  else
    say "Installing $why: $*"
    as_administrator "${manager[@]}" "$@" ||
      fail "$why could not be installed. By hand: ${manager[*]} $*"
  fi
}

# A fresh container has no package lists: then it does not know this one either.
refresh_lists() {
  if [[ $family == debian ]] && ! apt_knows "$1"; then
    step 'Reading the package lists…' "$cache/apt-update.log" \
      as_administrator apt-get update
  fi
}

# A name that is only referred to has no candidate.
apt_knows() {
  [[ $(LC_ALL=C apt-cache policy "$1" 2>/dev/null) == *'Candidate: '[^\(]* ]]
}

is_installed() {
  case $family in
    debian) [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]] ;;
    fedora) rpm -q --quiet --whatprovides "$1" ;;
  esac
}

# ensure_packages SET…: on a native platform, what the list asks for is there.
# The answer is kept until the list or the system's package state changes.
ensure_packages() {
  local name wanted missing=() state stamp=$cache/native-$*
  stamp=${stamp// /-}

  [[ $platform == native ]] || return 0
  if [[ $family == other ]]; then
    pkgconf_has_floors ||
      fail "$system_name lacks some of: ${floors[*]}. Install their development packages."
    return 0
  fi

  state=$(stat -c '%n %Y' "$parts/packages" /var/lib/dpkg/status \
    /var/lib/rpm /usr/lib/sysimage/rpm 2>/dev/null || true)
  [[ -e $stamp && $(<"$stamp") == "$state" ]] && return 0

  while read -r wanted; do
    name=${wanted%\?}
    is_installed "$name" && continue
    refresh_lists meson
    if [[ $name == "$wanted" ]] || is_offered "$name"; then
      missing+=("$name")
    else
      say "$system_name does not offer $name; what needs it will say so"
    fi
  done < <(package_names "$family" "$@")
  if ((${#missing[@]} > 0)); then
    install_packages "what the project needs ($*)" "${missing[@]}"
    state=$(stat -c '%n %Y' "$parts/packages" /var/lib/dpkg/status \
      /var/lib/rpm /usr/lib/sysimage/rpm 2>/dev/null || true)
  fi
  mkdir -p "$cache"
  printf '%s\n' "$state" >"$stamp"
}

is_offered() {
  case $family in
    debian) apt_knows "$1" ;;
    fedora) dnf -q list "$1" >/dev/null 2>&1 ;;
  esac
}
