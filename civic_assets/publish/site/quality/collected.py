"""What the quality pages are made from, read once.

Belongs here: reading everything that the pages need, and what several of them ask of it. Does not belong here: the
pages (the other modules of this folder), and the queries (`civic_assets.publish.report`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from civic_assets.answers.inspection import FoundTable
from civic_assets.contracts.model import Contract
from civic_assets.layers.checked import stored_facts
from civic_assets.layers.store import Store
from civic_assets.publish.report.bias_rows import read_bias
from civic_assets.publish.report.changes import Changes, changes_since
from civic_assets.publish.report.chosen_numbers import NumberGroup, read_numbers
from civic_assets.publish.report.common_tables import CommonTable, read_common_tables
from civic_assets.publish.report.reading import ReportFacts, Row, read_facts
from civic_assets.publish.report.registers import Section, read_breaks, read_designations, read_registers
from civic_assets.publish.report.revision_sizes import RevisionSizes, read_revision_sizes
from civic_assets.publish.report.shown_cells import ShownCells
from civic_assets.publish.site.evidence.addresses import EvidenceAddresses, create_parts
from civic_assets.publish.site.quality import places
from civic_assets.publish.site.quality.views import catalogue

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Report:
    """Everything that the pages are built from.

    Args:
        manifest: Manifest of the current publication.
        cells: Cells around findings.
        evidence: Addresses of the evidence of cells, by source, release and locator.
        tables: Tables found in each release, by (source, release).
        registers: Sections of registers, by source.
        bias: All rows of the bias register, by source.
        revisions: Sizes of revisions, by source.
        common: Tables with the same years, ages and categories.
        numbers: House numbers by subject.
    """

    facts: ReportFacts
    manifest: Mapping[str, Any]
    changes: Changes | None
    contracts: Mapping[str, Contract]
    cells: ShownCells
    evidence: Mapping[tuple[str, str, str], str]
    tables: Mapping[tuple[str, str], Sequence[FoundTable]]
    registers: Mapping[str, Sequence[Section]]
    bias: Mapping[str, Sequence[Row]]
    revisions: Mapping[str, Sequence[RevisionSizes]]
    breaks: Sequence[Row]
    designations: Sequence[Row]
    common: Sequence[CommonTable]
    numbers: Sequence[NumberGroup]

    @cached_property
    def names(self) -> Mapping[tuple[str, str], str]:
        """Names of checks by id and layer."""
        return {(check["check_id"], check["layer"]): check["name"] for check in self.facts.checks}

    @cached_property
    def tables_of_ours(self) -> tuple[str, ...]:
        """Derived tables, and anything else that has results or rows of a register but is not a source."""
        named = {*self.facts.tables_of_ours, *self.registers, *self.bias}
        return tuple(sorted(named - set(self.facts.source_names)))

    @cached_property
    def synthetic(self) -> frozenset[tuple[str, str]]:
        """Releases with made-up figures."""
        return frozenset((row["source"], row["release"]) for row in self.facts.releases if row["synthetic"])

    def is_synthetic(self, source: str | None, releases: Iterable[str] | None = None) -> bool:
        """Whether any of some releases of a source is made up.

        Args:
            source: The source; None or a derived table means all sources, since derived tables are made from all.
            releases: The releases; all if none are named, or if one of them is not a release.
        """
        if source not in self.facts.source_names:
            return bool(self.synthetic)
        own = {release for name, release in self.synthetic if name == source}
        named = None if releases is None else set(releases)
        if named is None or not named <= self._releases.get(source or "", set()):
            return bool(own)
        return bool(own & named)

    @cached_property
    def _releases(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {}
        for row in self.facts.releases:
            found.setdefault(row["source"], set()).add(row["release"])
        return found

    @cached_property
    def _layers(self) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for layer, checks in catalogue(self.facts):
            for check, _, _ in checks:
                found.setdefault(check["check_id"], []).append(layer)
        return found

    def check_pages(self, check_ids: Iterable[str], *, derived: bool) -> Mapping[str, str]:
        """Page of each of some checks; one that nothing describes is left out.

        Args:
            check_ids: The checks.
            derived: Whether they are about derived tables, on which another rule may have the same id.
        """
        found = {}
        for check_id in sorted(set(check_ids)):
            layers = self._layers.get(check_id, ())
            fitting = [layer for layer in layers if (layer == "published") == derived] or layers
            if fitting:
                found[check_id] = places.check_page(check_id, fitting[0])
        return found


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
    facts = read_facts(connection)
    tables = {
        (row["source"], row["release"]): _tables(store, row["source"], row["release"])
        for row in facts.releases
    }
    titles = {place: [table.title for table in found] for place, found in tables.items()}
    return Report(
        facts=facts,
        manifest=manifest,
        changes=changes_since(store, manifest),
        contracts=contracts,
        cells=ShownCells.of_findings(store, contracts, facts.findings, titles),
        evidence=_evidence(connection, facts),
        tables=tables,
        registers=read_registers(connection),
        bias=read_bias(connection),
        revisions=read_revision_sizes(connection),
        breaks=read_breaks(connection),
        designations=read_designations(connection),
        common=read_common_tables(connection),
        numbers=read_numbers(connection),
    )


def _tables(store: Store, source: str, release: str) -> Sequence[FoundTable]:
    """Tables found in a release."""
    about = stored_facts(store, source, release)
    return about.tables if about else ()


def _evidence(connection: DuckDBPyConnection, facts: ReportFacts) -> Mapping[tuple[str, str, str], str]:
    """Addresses of the evidence of the cells that findings and disputed figures name."""
    # The pages of evidence need the same parts; the section that asks first makes them.
    create_parts(connection)
    addresses = EvidenceAddresses.read(connection)
    shown = {(row["source"], row["release"], row["locator"]) for row in (*facts.findings, *facts.disputed)}
    return {
        (source, release, locator): addresses.of(source, release, area_code, locator)
        for source, release, locator, area_code in connection.execute(_CELLS).fetchall()
        if (source, release, locator) in shown
    }


_CELLS = """SELECT source, release, locator, min(area_code) FROM harmonised.observations
SEMI JOIN (SELECT source, release, unnest(list_prepend(locator, disputes)) AS locator FROM quality.findings)
    USING (source, release, locator)
GROUP BY ALL ORDER BY ALL"""
