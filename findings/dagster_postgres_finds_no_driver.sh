#!/usr/bin/env bash
# dagster-postgres 0.29.27 with SQLAlchemy 2.1.9: an ordinary postgresql:// address finds no driver.
#
# dagster-postgres brings psycopg2 (psycopg2-binary), and its documentation gives addresses such as
# postgresql://user:password@host/database. SQLAlchemy up to 2.0 takes psycopg2 for an address that names no driver;
# SQLAlchemy 2.1 takes psycopg (version 3), which nothing here installs. Both versions satisfy what the packages
# require. Seen: an instance whose settings have such an address ends with "No module named 'psycopg'", before it
# connects. With SQLAlchemy 2.0.44 the same address is tried on the network, and ends with "too many retries", as it should
# where there is no server.
# What to do: name the driver, postgresql+psycopg2://...
set -euo pipefail
work="$(mktemp -d)"; trap 'rm -rf "$work"' EXIT
cd "$work"
cat > try.py <<'PY'
import importlib.metadata as metadata
import sys

from dagster_postgres.run_storage import PostgresRunStorage

print("dagster-postgres", metadata.version("dagster-postgres"), "SQLAlchemy", metadata.version("sqlalchemy"))
for address in ("postgresql://u:p@127.0.0.1:1/d", "postgresql+psycopg2://u:p@127.0.0.1:1/d"):
    try:
        PostgresRunStorage(address, should_autocreate_tables=False).connect().__enter__()
    except Exception as error:
        said = " ".join(str(error).split())
        print(address.partition(":")[0], "->", type(error).__name__, said[:60])
        missing = "No module named 'psycopg'" in said
        assert missing == (sys.argv[1] == "2.1" and not address.startswith("postgresql+")), said
PY
for version in 2.1.9 2.0.44; do
  python3 -m venv "$work/$version"
  "$work/$version/bin/pip" -q --disable-pip-version-check install \
    'dagster==1.13.27' 'dagster-postgres==0.29.27' "sqlalchemy==$version"
  "$work/$version/bin/python" try.py "${version%.*}" 2>>log.txt
done
