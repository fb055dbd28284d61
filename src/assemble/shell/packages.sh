# --- Python packages --------------------------------------------------------------------------------------------------
#
# They are in a virtual environment outside of the work directory. Packages that no requirement file needs, directly or
# indirectly, are uninstalled before assemble. If that was wrong, pip installs them again.

# Runs the image's own Python. scl_enable and the like are in BASH_ENV, which sh does not read. -I: the work directory
# may contain modules named like Python's own.
run_python() {
  if [ -n "${BASH_ENV-}" ] && command -v bash >/dev/null 2>&1; then
    # shellcheck disable=SC2016 # for that bash
    bash -c 'exec "$(command -v python3 || command -v python)" -I -B "$@"' bash "$@"
  else
    "$(command -v python3 || command -v python)" -I -B "$@"
  fi
}

# Lists packages, one on each line: with "list" the installed ones, with "plan SOURCE KNOWN" those to uninstall.
# KNOWN is a file with the packages from before builds.
packages() {
  run_python - "$@" <<'PYTHON'
@packages.py@
PYTHON
}

# Before the first build: records the image's own packages. Reports a missing Python only for the python profile.
record_packages() {
  if ! command -v python3 >/dev/null 2>&1 && ! command -v python >/dev/null 2>&1; then
    if [ "$wrapper_profile" = python ]; then note 'there is no python: later builds cannot uninstall packages'; fi
    return 0
  fi
  packages list 2>/dev/null | sort >"$scratch/p" || :
}

# Before a later build: uninstalls the packages that are no longer needed.
remove_packages() {
  [ -s "$scratch/p" ] || return 0
  if ! gone=$(packages plan "$source" "$scratch/p" 2>"$scratch/reason"); then
    reason=$(cat "$scratch/reason")
    note "cannot find out which Python packages are not needed: ${reason##*"$newline"}"
    return 0
  fi
  [ -n "$gone" ] || return 0
  # shellcheck disable=SC2086 # package names have no spaces
  if ! reason=$(run_python -m pip --disable-pip-version-check uninstall -q -y $gone 2>&1); then
    note "cannot uninstall Python packages: ${reason##*"$newline"}"
    return 0
  fi
  # shellcheck disable=SC2086 # one line
  echo Uninstalled Python packages that no requirement file needs in this version: $gone
}
