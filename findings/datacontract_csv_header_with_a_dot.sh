#!/usr/bin/env bash
# datacontract-cli 1.2.8: a CSV column whose header has a dot counts as missing, and a right file fails.
#
# Flattened JSON gives headers such as `location.latitude` (answers of data.police.uk have that structure). Seen: the
# tool looks for a column `location`, although contract and file both have `location.latitude`; it reports that the
# required column is missing and that `location` is not found, with exit code 1. The same file with
# `location_latitude` passes.
# What to do: write flattened headers without dots before the test.
set -euo pipefail
work="$(mktemp -d)"; trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --disable-pip-version-check install 'datacontract-cli[duckdb]==1.2.8'
cd "$work"
contract() { # table, column
  printf 'month,%s\n2024-01,51.5\n2024-02,51.6\n' "$2" > "$1.csv"
  cat > "$1.odcs.yaml" <<YAML
apiVersion: v3.1.0
kind: DataContract
id: $1
name: $1
version: 1.0.0
status: active
servers:
  - {server: local, type: local, path: "./{model}.csv", format: csv, delimiter: ","}
schema:
  - name: $1
    properties:
      - {name: month, logicalType: string, required: true}
      - {name: $2, logicalType: number, required: true}
YAML
}
contract underscore location_latitude
contract dotted location.latitude
export NO_COLOR=1 COLUMNS=200
"$work/venv/bin/datacontract" --version
echo "--- location_latitude"
"$work/venv/bin/datacontract" test underscore.odcs.yaml
echo "--- location.latitude"; code=0
"$work/venv/bin/datacontract" test dotted.odcs.yaml > out.txt 2>&1 || code=$?
cat out.txt
echo "exit code $code"; [ "$code" -ne 0 ]
grep -q "Required column 'location.latitude' is missing" out.txt
grep -q "Column 'location' not found" out.txt
