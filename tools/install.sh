#!/usr/bin/env bash
# Installs the project into .venv with the pinned versions: tools/install.sh [dev|docs]
#
# uv takes seconds where pip takes minutes, so it is used wherever it can be had: from the PATH, or from the package
# index into .venv. Where neither works, or uv cannot reach the index that pip is set up for, pip does the same work.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=.venv/bin/python
what=".${1:+[$1]}"

find_uv() {
  if command -v uv >/dev/null; then
    command -v uv
  elif [[ -x .venv/bin/uv ]]; then
    echo .venv/bin/uv
  elif $python -m pip install -q --disable-pip-version-check -c constraints.txt uv >/dev/null 2>&1; then
    echo .venv/bin/uv
  fi
}

with_uv() {
  # One line for each step and each large download, without the list of every package.
  "$1" pip install --python $python -c constraints.txt -e "$what" 2>&1 |
    sed -u '/^ [-+~] /d; /^ Downloaded /d; /^ *Buil[dt]/d'
}

with_pip() {
  # One line for each package, so that the minutes are not silent.
  $python -m pip install --disable-pip-version-check --progress-bar off -c constraints.txt -e "$what" |
    sed -n '/^\(Collecting\|Installing\|Successfully built\)/p'
}

compile_for_tests() {
  # Python keeps what it compiles at the first import. Where that is switched off, each of the many processes that the
  # tests start would compile everything again, so it is done once, now.
  [[ -z "${PYTHONDONTWRITEBYTECODE:-}" || "$1" != dev ]] || $python -m compileall -q -j 0 .venv/lib >/dev/null || true
}

uv="$(find_uv || true)"
if [[ -n "$uv" ]]; then
  echo "Installing the pinned dependencies with uv ..."
  with_uv "$uv" && compile_for_tests "${1:-}" && exit 0
  echo "uv did not get through (its reason is above). Trying pip, which takes two to five minutes ..."
else
  echo "uv cannot be had here. Installing with pip, which takes two to five minutes ..."
fi
with_pip
