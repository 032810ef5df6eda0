#!/usr/bin/env bash
# Runs the tool of the Open Data Contract Standard over the contracts of what is published, in a throwaway environment:
# it asks for DuckDB 1.x, which the project's own environment does not have.
#
# Run: tools/datacontract_test.sh PYTHON [STORE]    (without STORE the samples are published into a temporary one)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python="$1" store="${2:-}"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

if [[ -z "$store" ]]; then
  store="$scratch/store"
  "$python" -m civic_assets.cli refresh --quiet --store "$store" >/dev/null
fi
version="$(sed -n 's/^datacontract-cli==//p' constraints.txt)"
echo "Installing datacontract-cli $version into a throwaway environment ..."
"$python" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install -qq --disable-pip-version-check "datacontract-cli[duckdb]==$version"

failed=0
for contract in data_contracts/published/*.odcs.yaml; do
  echo "$contract"
  if DATACONTRACT_DUCKDB_DATABASE="$store/civic.duckdb" \
    "$scratch/venv/bin/datacontract" test "$contract" >"$scratch/said" 2>&1; then
    tail -n 1 "$scratch/said"
  else
    failed=1
    sed -n '/found the following errors/,$p' "$scratch/said" | grep . || cat "$scratch/said"
  fi
done
exit "$failed"
