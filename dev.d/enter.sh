# SPDX-License-Identifier: MIT
# SPDX-FileCopyrightText: 2026 The Training Center developers
# shellcheck shell=bash disable=SC2154,SC2034,SC1111
#
# Runs a command in the Debian 13 root: its /usr, /etc and /var, and everything
# else of the machine at its own path: homes, data disks, /tmp, /run (display,
# D-Bus, the engine's socket), /dev (GPUs), /proc and /sys. Processes are not
# set apart: they see the machine's PIDs and live on when ./dev ends.

# Never returns.
enter_root() {
  local folder=$PWD

  clean_environment
  find_driver_libraries
  if ! is_visible_inside "$folder"; then
    folder=$checkout
  fi
  if enter_with_bubblewrap; then
    exec bwrap "${mounts[@]}" --chdir "$folder" -- "$@"
  fi
  enter_with_chroot
  exec chroot "$view" /usr/bin/env --chdir="$folder" "$@"
}

# What speaks of the system's libraries and programs means nothing in there.
clean_environment() {
  unset LD_LIBRARY_PATH LD_PRELOAD LIBRARY_PATH CPATH C_INCLUDE_PATH \
    CPLUS_INCLUDE_PATH PKG_CONFIG_PATH PKG_CONFIG_LIBDIR PYTHONPATH PYTHONHOME \
    PYTHONUNBUFFERED VIRTUAL_ENV CONDA_PREFIX GI_TYPELIB_PATH GIO_MODULE_DIR \
    GIO_EXTRA_MODULES GTK_PATH GTK_MODULES GSETTINGS_SCHEMA_DIR \
    GDK_PIXBUF_MODULE_FILE CC CXX CFLAGS CXXFLAGS LDFLAGS XDG_CONFIG_DIRS
  export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  export XDG_DATA_DIRS=/usr/local/share:/usr/share
  # The root has no other locale; messages may still be in the user's language.
  export LANGUAGE=${LANGUAGE:-${LC_ALL:-${LANG:-}}}
  export LC_ALL=C.UTF-8
}

is_visible_inside() {
  case $1/ in
    /usr/* | /etc/* | /boot/* | /bin/* | /sbin/* | /lib*/*) return 1 ;;
    /var/tmp/*) return 0 ;;
    /var/*) [[ $(var_folder) == /var ]] ;;
  esac
}

# The root's /var, unless the user lives in the machine's.
var_folder() {
  case $HOME/:$checkout/ in
    /var/tmp/*:/var/tmp/*) printf '%s\n' "$root/var" ;;
    /var/* | *:/var/*) printf '/var\n' ;;
    *) printf '%s\n' "$root/var" ;;
  esac
}

# Fills $mounts for bwrap; true when bwrap works here.
enter_with_bubblewrap() {
  local entry name probe

  [[ ${TRAINING_CENTER_ENTER:-} != chroot ]] || return 1
  command -v bwrap >/dev/null || return 1

  mounts=(--ro-bind "$root/usr" /usr --ro-bind "$root/etc" /etc)
  for name in bin sbin lib lib32 lib64; do
    [[ -L $root/$name ]] && mounts+=(--symlink "usr/$name" "/$name")
  done
  mounts+=(--bind "$(var_folder)" /var --bind-try /var/tmp /var/tmp)
  for name in resolv.conf hosts ssl/certs/ca-certificates.crt; do
    mounts+=(--ro-bind-try "/etc/$name" "/etc/$name")
  done
  [[ -s /etc/machine-id ]] && mounts+=(--ro-bind /etc/machine-id /etc/machine-id)
  for name in passwd group; do
    mounts+=(--ro-bind "$cache/$name" "/etc/$name")
  done
  for entry in /*; do
    if shared_entry "$entry"; then
      if [[ -L $entry ]]; then
        mounts+=(--symlink "$(readlink "$entry")" "$entry")
      else
        mounts+=(--bind "$entry" "$entry")
      fi
    fi
  done
  mounts+=(--dev-bind /dev /dev --bind /proc /proc --bind /sys /sys)
  for entry in "${drivers[@]}"; do
    mounts+=(--ro-bind "$entry" "$driver_folder/${entry##*/}")
  done

  # Root in a container may need a user namespace of its own.
  for probe in '' --unshare-user; do
    # shellcheck disable=SC2086 # nothing is no argument
    if bwrap $probe "${mounts[@]}" -- /usr/bin/true 2>"$cache/bwrap.log"; then
      [[ -z $probe ]] || mounts+=("$probe")
      return 0
    fi
  done
  return 1
}

# Top-level folders that are not the system's own.
shared_entry() {
  case $1 in
    /bin | /sbin | /lib | /lib32 | /lib64 | /libx32 | /lib.usr-is-merged | \
      /bin.usr-is-merged | /sbin.usr-is-merged | /usr | /etc | /var | /boot | \
      /dev | /proc | /sys | /lost+found | /snap) return 1 ;;
  esac
  [[ -d $1 ]]
}

# Plain chroot, where root may mount but not make namespaces. The mounts stay:
# what was started in there needs them. They are made in a view of the root, so
# that the root itself can be removed without following one.
enter_with_chroot() {
  view=$root.view

  if ((EUID != 0)); then
    fail "bubblewrap cannot make a namespace for this user: $(head -n 1 "$cache/bwrap.log" 2>/dev/null)
    An administrator may allow it: sysctl kernel.unprivileged_userns_clone=1 (or user.max_user_namespaces), and in a container --security-opt seccomp=unconfined; or run ./dev as root."
  fi
  with_lock "$cache/lock" mount_view
}

mount_view() {
  local entry target

  is_mounted "$view/sys" && return 0
  mkdir -p "$view"
  if ! is_mounted "$view" && ! mount --bind "$root" "$view" 2>"$cache/mount.log"; then
    rmdir "$view"
    fail "This container allows neither namespaces (bwrap) nor mounts: $(head -n 1 "$cache/mount.log")
    Start it with --cap-add SYS_ADMIN (and --security-opt seccomp=unconfined), or use a Debian 13 or Ubuntu 24.04 image, where ./dev needs no root of its own."
  fi
  for entry in /*; do
    shared_entry "$entry" || continue
    target=$view$entry
    if [[ -L $entry ]]; then
      [[ -e $target || -L $target ]] || cp -P "$entry" "$target"
    else
      mkdir -p "$target"
      is_mounted "$target" || mount --rbind "$entry" "$target"
    fi
  done
  for entry in /etc/resolv.conf /etc/hosts /var/tmp; do
    [[ ! -e $entry ]] || is_mounted "$view$entry" ||
      mount --bind "$(readlink -f "$entry")" "$view$entry"
  done
  if [[ $(var_folder) == /var ]]; then
    mount --rbind /var "$view/var"
  fi
  # The last one says that all of them are there.
  for entry in /dev /proc /sys; do
    mount --rbind "$entry" "$view$entry"
  done
}

is_mounted() {
  grep -qF " $1 " /proc/self/mountinfo
}

# Undoes mount_view().
unmount_view() {
  view=$root.view
  if is_mounted "$view"; then
    # Private first, so that the machine's own mounts stay.
    mount --make-rprivate "$view"
    umount --recursive "$view"
  fi
  [[ ! -d $view ]] || rmdir "$view"
}

# Ends ./dev when a process lives in the root, however it was entered.
refuse_while_used() {
  local process

  for process in /proc/[0-9]*; do
    if [[ $process/root/etc/training-center-root -ef $stamp ]]; then
      fail "Process ${process##*/} still runs in the Debian 13 root: $(tr '\0' ' ' <"$process/cmdline"). Stop it first (the engine: ./dev trainctl engine stop)."
    fi
  done
}

# The NVIDIA driver's libraries belong to the running kernel module, so they
# must be the machine's own; they are found by name in a folder of their own.
find_driver_libraries() {
  local library

  driver_folder=/training-center-driver
  drivers=()
  [[ -e /proc/driver/nvidia/version ]] || return 0
  while read -r library; do
    drivers+=("$library")
  done < <(ldconfig -p 2>/dev/null | awk '
    /x86-64|AArch64/ &&
    $1 ~ /^lib(cuda|nvidia|nvcuvid|nvoptix|EGL_nvidia|GLX_nvidia|GLESv[12].*_nvidia)/ {
      print $NF
    }' | sort -u)
  for library in /usr/share/glvnd/egl_vendor.d/10_nvidia.json \
    /usr/share/vulkan/icd.d/nvidia_icd.json "$(command -v nvidia-smi || true)"; do
    [[ -e $library ]] && drivers+=("$library")
  done
  ((${#drivers[@]} > 0)) || return 0
  export LD_LIBRARY_PATH=$driver_folder PATH=$PATH:$driver_folder
  if [[ -e /usr/share/glvnd/egl_vendor.d/10_nvidia.json ]]; then
    export __EGL_VENDOR_LIBRARY_DIRS=/usr/share/glvnd/egl_vendor.d:$driver_folder
  fi
}
