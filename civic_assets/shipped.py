"""Files that people edit and that the program needs: where they are in a checkout, and where in an installed wheel.

Belongs here: finding `data_contracts/`, `dagster.yaml` and `workspace.yaml`. Does not belong here: reading them, and
choosing other folders of contracts (`contracts.load`).

In a checkout they are at the top of the repository, next to the package. A wheel has nothing next to the package, so
the build puts a copy into `shipped_files/` inside it (`tool.hatch` in pyproject.toml).
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def _folder(package: Path) -> Path:
    inside = package / "shipped_files"
    return inside if inside.is_dir() else package.parent


SHIPPED = _folder(PACKAGE)
"""Folder that holds the files below."""
CONTRACTS = SHIPPED / "data_contracts"
DAGSTER_SETTINGS = SHIPPED / "dagster.yaml"
WORKSPACE = SHIPPED / "workspace.yaml"
