#!/usr/bin/env bash
# Runs the tool of the Open Data Contract Standard in a throwaway environment: it asks for DuckDB 1.x, which the
# project's own environment does not have. What is published is tested under its contracts, so is the data package of
# it, and files of publishers are tested under theirs.
#
# Run: tools/datacontract_test.sh PYTHON [--store STORE] [--inputs [FILE...]]
#   --store   tests what this store publishes (without it the samples are published into a temporary one)
#   --inputs  tests only inputs: these files; without FILE one of each table, from CIVIC_REAL_DATA where it is set
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python="$1" store="" only_inputs="" files=()
shift
while (($#)); do
  case "$1" in
    --store) store="$2"; shift 2 ;;
    --inputs) only_inputs=yes; shift; files=("$@"); break ;;
    *) echo "Unknown: $1"; exit 2 ;;
  esac
done
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

version="$(sed -n 's/^datacontract-cli==//p' constraints.txt)"
echo "Installing datacontract-cli $version into a throwaway environment ..."
"$python" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install -qq --disable-pip-version-check "datacontract-cli[duckdb]==$version"
tool="$scratch/venv/bin"
failed=0

"$python" -m tools.datacontract_inputs "$scratch/inputs" "${files[@]}"
"$tool/python" tools/datacontract_run.py "$scratch/inputs" || failed=1
# A test that passes whatever it is given would be worth nothing.
"$tool/python" tools/datacontract_run.py --damaged "$scratch/inputs" || failed=1

if [[ -z "$only_inputs" ]]; then
  if [[ -z "$store" ]]; then
    store="$scratch/store"
    "$python" -m civic_assets.cli refresh --quiet --store "$store" >/dev/null
  fi
  for contract in data_contracts/published/*.odcs.yaml; do
    echo "$contract"
    if DATACONTRACT_DUCKDB_DATABASE="$store/civic.duckdb" "$tool/datacontract" test "$contract" >"$scratch/said" 2>&1; then
      tail -n 1 "$scratch/said"
    else
      failed=1
      sed -n '/found the following errors/,$p' "$scratch/said" | grep . || cat "$scratch/said"
    fi
  done

  # The data package under the contracts that lie in it. All tables of CSV take the tool many minutes, so CSV is tested in
  # a package of some of them; the tests of the package compare all tables of CSV with the read model.
  tested() {
    echo "package, $2"
    if (cd "$1" && "$tool/datacontract" test "$2") >"$scratch/said" 2>&1; then
      echo "  $(grep -c '│ passed' "$scratch/said") checks passed"
    else
      failed=1
      sed -n '/found the following errors/,$p' "$scratch/said" | grep . || cat "$scratch/said"
    fi
  }
  package=("$python" -m civic_assets.cli package --quiet --store "$store")
  "${package[@]}" --format parquet --out "$scratch/package" >/dev/null
  tested "$scratch/package" contracts/package_parquet.odcs.yaml
  "${package[@]}" --format csv --table harmonised.observations --table catalogue.areas --table catalogue.measures \
    --table catalogue.releases --out "$scratch/some" >/dev/null
  tested "$scratch/some" contracts/package_csv.odcs.yaml
  # A spoilt cell must be found, and nothing else.
  sed -i '2s/,total,/,,/' "$scratch/some/csv/harmonised_observations.csv"
  if (cd "$scratch/some" && "$tool/datacontract" test contracts/package_csv.odcs.yaml) >"$scratch/said" 2>&1; then
    failed=1
    echo "package: a cell without its breakdown was not found"
  elif ! grep -q 'missing_count(breakdown)' "$scratch/said"; then
    failed=1
    cat "$scratch/said"
  fi
fi
exit "$failed"
