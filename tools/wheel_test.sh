#!/usr/bin/env bash
# Builds the wheel by way of the sdist, installs it into a fresh environment, and runs every command in an empty folder
# without a network: tools/wheel_test.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

uv="${UV:-.venv/bin/uv}"
fresh="$(mktemp -d)"
trap 'rm -rf "$fresh"' EXIT

echo "Building the wheel from the sdist ..."
"$uv" build --quiet --python .venv/bin/python --out-dir "$fresh/dist"
"$uv" venv --quiet --python .venv/bin/python "$fresh/venv"
# The environment is used once, so that each import is compiled once and kept.
unset PYTHONDONTWRITEBYTECODE
"$uv" pip install --quiet --python "$fresh/venv/bin/python" -c constraints.txt "$fresh"/dist/*.whl

run=("$fresh/venv/bin/python" -I tools/smoke.py)
if unshare -n true 2>/dev/null; then
  echo "The wheel, in an empty folder, with the network taken away ..."
  unshare -n "${run[@]}"
else
  # Without the right to take it away, every process refuses to connect to another machine.
  echo "The wheel, in an empty folder, with connections to other machines refused ..."
  cp tools/offline.py "$("${run[0]}" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/sitecustomize.py"
  "${run[@]}"
fi
