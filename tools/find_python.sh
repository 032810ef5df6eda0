#!/usr/bin/env bash
# Prints a Python that fits. Without a version it is the first on the PATH, from 3.14 down to 3.11 and then `python3`;
# with one (tools/find_python.sh 3.13) also one that pyenv has installed and not switched on.
#
# Each is run and asked, because a name on the PATH may be a pyenv shim whose version is not switched on, and because
# Debian's Python may lack the module that makes environments.
set -euo pipefail

fits() {
  "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info[:2] < (3, 11))' >/dev/null 2>&1
}

if (($#)); then
  candidates=("python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python)
else
  candidates=(python3.14 python3.13 python3.12 python3.11 python3)
fi
for candidate in "${candidates[@]}"; do
  if fits "$candidate"; then
    echo "$candidate"
    exit 0
  fi
done
exit 1
