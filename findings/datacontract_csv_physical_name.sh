#!/usr/bin/env bash
# datacontract-cli 1.2.8: on a local CSV server, a table whose physicalName differs from its name fails every check.
#
# ODCS has `name` for the logical name of a table and `physicalName` for the name in the system that holds it. Seen: for
# a server of type `local` and format `csv` the view over the file is named after `name`, while the checks look for
# `physicalName`. Each check ends in an error ("Could not read model"), although the file is right. With one and the
# same word in both, all checks pass.
# What to do: leave `physicalName` out of tables in contracts that are tested against CSV files.
set -euo pipefail
work="$(mktemp -d)"; trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --disable-pip-version-check install 'datacontract-cli[duckdb]==1.2.8'
cd "$work"
printf 'area_code,offences\nE09000019,12\n' > crime.csv
contract() { # physical name
  cat <<YAML
apiVersion: v3.1.0
kind: DataContract
id: crime
name: crime
version: 1.0.0
status: active
servers:
  - {server: local, type: local, path: "./{model}.csv", format: csv, delimiter: ","}
schema:
  - name: crime
    physicalName: $1
    properties:
      - {name: area_code, logicalType: string, required: true}
      - {name: offences, logicalType: integer, required: true}
YAML
}
contract crime > same.odcs.yaml
contract recorded_crime > other.odcs.yaml
export NO_COLOR=1 COLUMNS=200
"$work/venv/bin/datacontract" --version
echo "--- name and physicalName are the same"
"$work/venv/bin/datacontract" test same.odcs.yaml
echo "--- physicalName is another"; code=0
"$work/venv/bin/datacontract" test other.odcs.yaml > out.txt 2>&1 || code=$?
cat out.txt
echo "exit code $code"; [ "$code" -ne 0 ]
grep -q "Could not read model" out.txt
