#!/usr/bin/env bash
# Sets this folder up; called by the Makefile.
#   set-up.sh system "<programs>" "<packages>"   installs system packages where a program is missing
#   set-up.sh python <python>                    creates .venv with the locked packages and this project
set -euo pipefail

install_system() {
  local programs=$1 packages=$2 missing="" program
  for program in $programs; do
    command -v "$program" > /dev/null || missing+=" $program"
  done
  if command -v tesseract > /dev/null; then
    for language in eng cym; do
      tesseract --list-langs 2>&1 | grep -qx "$language" || missing+=" tesseract-language-$language"
    done
  fi
  # the tests draw Welsh letters, which Pillow's own font lacks
  if ! [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ]; then missing+=" DejaVu-fonts"; fi
  if [ -z "$missing" ]; then return; fi
  local line="apt-get update && apt-get install -y --no-install-recommends $packages"
  if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "Installing system packages for:$missing"
    apt-get update -qq
    # shellcheck disable=SC2086  # the list is meant to be split
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages > /dev/null
  else
    echo "Missing on this machine:$missing. They are optional; to have them, run once as root:"
    echo "  $line"
  fi
}

install_python() {
  local python=$1
  if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
    echo "Python 3.11 or later is needed ('$python' is not). Name one: make demo PYTHON=/path/to/python3.11" >&2
    exit 5
  fi
  # Debian ships Python without venv and ensurepip
  if ! "$python" -c 'import venv, ensurepip' 2> /dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
      apt-get update -qq
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv > /dev/null
    else
      echo "Python's venv module is missing. Run once as root, then try again:" >&2
      echo "  apt-get update && apt-get install -y python3-venv" >&2
      exit 5
    fi
  fi
  if ! [ -x .venv/bin/pip ]; then "$python" -m venv .venv; fi
  echo "Installing Python packages into .venv (once; some minutes) …"
  .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
  # pip keeps a build's warnings to itself, so what it fetches is fetched before it
  .venv/bin/python build_tools/backend.py
  # the tests of the web pages use it; without npm they say so and are left out
  .venv/bin/python build_tools/vendor.py --for-tests || true
  .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
}

case "$1" in
  system) install_system "$2" "$3" ;;
  python) install_python "$2" ;;
esac
