#!/usr/bin/env bash
# Runs the sample and a fast part of the tests with the oldest or the newest versions that pyproject.toml admits:
#   tools/resolutions.sh lowest-direct python3.11
#   tools/resolutions.sh highest python3.13
# A Python that is not on this machine is skipped, and said so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

resolution="$1" wanted="$2"
uv="${UV:-.venv/bin/uv}"
fresh="$(mktemp -d)"
trap 'rm -rf "$fresh"' EXIT

# pyenv's shims are on the PATH whether or not their version is switched on: ask, and look where pyenv keeps them.
python="$(tools/find_python.sh "${wanted#python}")" || true
if [[ -z "$python" ]]; then
  echo "$wanted is not on this machine: its run with the $resolution versions is skipped."
  exit 0
fi

echo "$wanted with the $resolution versions ..."
"$uv" venv --quiet --python "$python" "$fresh/venv"
# The environment is used once, so that each import is compiled once and kept.
unset PYTHONDONTWRITEBYTECODE
"$uv" pip install --quiet --python "$fresh/venv/bin/python" --resolution "$resolution" -r pyproject.toml
# What only tests need is taken as pinned, and the package itself as a wheel.
"$uv" pip install --quiet --python "$fresh/venv/bin/python" -c constraints.txt pytest hypothesis
"$uv" build --quiet --wheel --python "$fresh/venv/bin/python" --out-dir "$fresh/dist"
"$uv" pip install --quiet --python "$fresh/venv/bin/python" --no-deps "$fresh"/dist/*.whl
"$fresh/venv/bin/python" -I tools/smoke.py
"$fresh/venv/bin/python" -m pytest -p no:cacheprovider civic_assets_tests/tables civic_assets_tests/values
