"""What regulators and inspectors said of a series, as tables: `catalogue.designations` and `catalogue.inspections`.

Belongs here: those tables, and reading `vocabularies/assurance.yaml`. Does not belong here: what may be written in that
file (`civic_assets.contracts.models.vocabularies.assurance`), and what follows for a figure
(`civic_assets.publish.bias`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.file_kinds import ASSURANCE
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.typed_file import read_valid

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.models.vocabularies.assurance import AssuranceVocabulary

_DESIGNATIONS = """designation_id VARCHAR, source VARCHAR, measure VARCHAR, designation VARCHAR, date_from DATE,
    date_to DATE, said VARCHAR, reference VARCHAR, published VARCHAR, verified BOOLEAN"""
_INSPECTIONS = """inspection_id VARCHAR, inspectorate VARCHAR, force_code VARCHAR, measure VARCHAR, rate DOUBLE,
    error DOUBLE, date_from DATE, date_to DATE, said VARCHAR, reference VARCHAR, published VARCHAR, verified BOOLEAN"""


def assurance() -> AssuranceVocabulary:
    """The vocabulary in the folder of contracts.

    Raises:
        ContractError: The file is not such a vocabulary; names file, path and the nearest known name.
    """
    return _read(contracts_folder() / ASSURANCE.pattern)


@cache
def _read(file: Path) -> AssuranceVocabulary:
    found: AssuranceVocabulary = read_valid(ASSURANCE, file)
    return found


def create(connection: DuckDBPyConnection) -> None:
    """Create the two tables.

    `catalogue.designations` has a row for each source and, where the entry names some, each measure; a row without a
    measure is about every measure of the source. `catalogue.inspections` has a row for each inspection.

    Args:
        connection: Connection to a read model being built.
    """
    known = assurance()
    _table(connection, "catalogue.designations", _DESIGNATIONS, list(_designations(known)))
    _table(connection, "catalogue.inspections", _INSPECTIONS, list(_inspections(known)))


def _designations(known: AssuranceVocabulary) -> Iterator[dict[str, Any]]:
    for one in known.designations:
        for source in one.sources:
            measures: Sequence[str | None] = one.measures or (None,)
            for measure in measures:
                yield {
                    "designation_id": one.id, "source": source, "measure": measure, "designation": one.designation,
                    "date_from": one.from_, "date_to": one.to, "said": one.said, "reference": one.reference,
                    "published": one.published, "verified": one.verified,
                }  # fmt: skip


def _inspections(known: AssuranceVocabulary) -> Iterator[dict[str, Any]]:
    for one in known.inspections:
        yield {
            "inspection_id": one.id, "inspectorate": one.inspectorate, "force_code": one.force, "measure": one.about,
            "rate": float(one.rate), "error": float(one.error), "date_from": one.from_, "date_to": one.to,
            "said": one.said, "reference": one.reference, "published": one.published, "verified": one.verified,
        }  # fmt: skip


def _table(connection: DuckDBPyConnection, name: str, columns: str, rows: list[dict[str, Any]]) -> None:
    connection.execute(f"CREATE TABLE {name} ({columns})")
    if rows:
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", [list(row.values()) for row in rows])
