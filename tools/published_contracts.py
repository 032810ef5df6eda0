"""Writes the contracts of what is published, `data_contracts/published/<schema>.odcs.yaml`.

Belongs here: which read model the columns and types are taken from, and where the files go. Does not belong here: the
contents of a contract (`civic_assets.publish.published_contracts`) and any description
(`data_contracts/read_model.yaml`).

Run: python tools/published_contracts.py          (publishes the samples into a temporary store)
     python tools/published_contracts.py STORE    (uses the read model of an existing store)
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from civic_assets.publish.published_contracts import SCHEMAS, columns_of, contract_of, text_of, views_of
from civic_assets.publish.read_model.descriptions import explanations

FOLDER = Path(__file__).resolve().parents[1] / "data_contracts" / "published"


def texts(database: Path) -> dict[str, str]:
    """The contract of each schema as text, by the name of its file."""
    with duckdb.connect(str(database), read_only=True) as connection:
        columns, views = columns_of(connection), views_of(connection)
    return {
        f"{schema}.odcs.yaml": text_of(contract_of(schema, explanations(), columns, views))
        for schema in SCHEMAS
    }


def write(database: Path) -> None:
    """Write the contracts of a read model."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in texts(database).items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def main() -> None:
    """Use the store that is named, or publish the samples into a temporary one."""
    if len(sys.argv) > 1:
        write(Path(sys.argv[1]) / "civic.duckdb")
        return
    with tempfile.TemporaryDirectory() as store:
        command = [sys.executable, "-m", "civic_assets.cli", "refresh", "--quiet", "--store", store]
        # 1 means that a release is held back: the read model exists all the same.
        if subprocess.run(command, check=False).returncode > 1:
            sys.exit(
                "The samples could not be published, so the contracts are unchanged. See the messages above."
            )
        write(Path(store) / "civic.duckdb")


if __name__ == "__main__":
    main()
