#!/usr/bin/env bash
# Runs Dagster's newer command line, `dg`, in a copy of the checkout with nothing set: tools/dg_test.sh
#
# `dg` brings twenty packages that nothing else here needs. It is installed into a folder that is thrown away.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

uv="${UV:-.venv/bin/uv}"
python="$PWD/.venv/bin/python"
fresh="$(mktemp -d)"
trap 'rm -rf "$fresh"' EXIT

version="$(sed -n 's/^dagster==//p' constraints.txt)"
"$uv" pip install --quiet --python "$python" --target "$fresh/dg" -c constraints.txt "dagster-dg-cli==$version"

# As cloned, with what is not committed yet.
mkdir "$fresh/checkout" "$fresh/home"
git ls-files -z --cached --others --exclude-standard | xargs -0 tar -c --ignore-failed-read | tar -x -C "$fresh/checkout"
cd "$fresh/checkout"
git init --quiet
git add --all
git -c user.name=test -c user.email=test@example.invalid commit --quiet --message "As cloned"

unset CIVIC_STORE CIVIC_CONTRACTS CIVIC_SOURCES DAGSTER_HOME
export PYTHONPATH="$fresh/dg:$PWD" HOME="$fresh/home" DAGSTER_DISABLE_TELEMETRY=yes
dg=("$python" -c 'import sys; from dagster_dg_cli.cli import main; sys.argv[0] = "dg"; main()')

"${dg[@]}" check toml
"${dg[@]}" check defs
"${dg[@]}" list defs --json > "$fresh/defs.json"
"$python" - "$fresh/defs.json" <<'PYTHON'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    listed = json.load(file)
print(", ".join(f"{len(entries)} {kind}" for kind, entries in listed.items()))
sys.exit(0 if len(listed["assets"]) > 20 and len(listed["jobs"]) > 5 else "dg lists too little")
PYTHON
left="$(git status --porcelain)"
[[ -z "$left" ]] || { echo "dg left behind in the checkout: $left"; exit 1; }
echo "dg check and dg list work in a checkout and leave nothing behind."
