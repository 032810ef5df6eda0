"""What the quality pages are made from, read once, and the hash of what each page shows.

Belongs here: reading everything that the pages need, and their keys. Does not belong here: the pages (`pages`), what
they show (`reading`, `views`, `cells`), and writing them into the site (`civic_assets.publish.site`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from civic_assets.answers.inspection import FoundTable
from civic_assets.contracts.model import Contract
from civic_assets.layers.checked import stored_facts
from civic_assets.layers.store import Store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.publish.report.pages import Page, Report


def key_of(page: Page, frame: Mapping[str, Any]) -> str:
    """Hash of what a page shows in its frame; empty if it is not kept, or shows data of a kind not known here."""
    if not page.kept:
        return ""
    try:
        shown = json.dumps([page.template, _plain(page.data), _plain(frame)], ensure_ascii=False)
    except TypeError:
        return ""
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()


def collect(
    store: Store,
    connection: DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    manifest: Mapping[str, Any],
) -> Report:
    """Everything that the quality pages of the current publication are made from.

    Args:
        store: Store that holds the publication.
        connection: Read-only connection to its read model.
        contracts: Contracts of all sources.
        manifest: Manifest of the publication.
    """
    from civic_assets.publish.report.changes import changes_since
    from civic_assets.publish.report.chosen_numbers import read_numbers
    from civic_assets.publish.report.common_tables import read_common_tables
    from civic_assets.publish.report.pages import Report
    from civic_assets.publish.report.reading import read_facts
    from civic_assets.publish.report.registers import read_breaks, read_designations, read_registers
    from civic_assets.publish.report.shown_cells import ShownCells

    facts = read_facts(connection)
    registers, breaks = read_registers(connection), read_breaks(connection)
    designations = read_designations(connection)
    common, numbers = read_common_tables(connection), read_numbers(connection)
    tables = {
        (row["source"], row["release"]): _tables(store, row["source"], row["release"])
        for row in facts.releases
    }
    return Report(
        facts=facts,
        manifest=manifest,
        changes=changes_since(store, manifest),
        contracts=contracts,
        cells=ShownCells.of_findings(
            store,
            contracts,
            facts.findings,
            {place: [table.title for table in found] for place, found in tables.items()},
        ),
        tables=tables,
        registers=registers,
        breaks=breaks,
        designations=designations,
        common=common,
        numbers=numbers,
    )


def _tables(store: Store, source: str, release: str) -> Sequence[FoundTable]:
    """Tables found in a release."""
    about = stored_facts(store, source, release)
    return about.tables if about else ()


def _plain(value: Any) -> Any:
    """Data as JSON can hold it, so that different data are different text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Contract):
        return ["contract", value.sha256]
    if isinstance(value, (date, Decimal)):
        return [type(value).__name__, str(value)]
    if isinstance(value, Mapping):
        return ["pairs", *([_plain(key), _plain(one)] for key, one in value.items())]
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return ["set", *sorted(map(str, value))]
    if is_dataclass(value) and not isinstance(value, type):
        named = [[one.name, _plain(getattr(value, one.name))] for one in fields(value)]
        return [type(value).__name__, *named]
    raise TypeError(f"{value!r} cannot be part of what a page shows.")
