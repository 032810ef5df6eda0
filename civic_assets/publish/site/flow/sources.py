"""Sources with everything that the map of the flow of data says about them.

Belongs here: what contracts say (rhythm, licence, legal basis, sharing), and what the read model has of each source.
Does not belong here: the drawing (`diagram`) and the page (`section`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.model import Contract
from civic_assets.publish.families import FAMILIES
from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.site.source_words import about

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOT_STATED = "not stated by the publisher"
"""How a contract says that nobody states a legal basis."""
_HELD = """SELECT source, count(*) AS releases, count(*) FILTER (state = 'published') AS published,
    count(*) FILTER (state = 'held_back') AS held_back, bool_or(synthetic) AS synthetic
FROM catalogue.releases GROUP BY source ORDER BY source"""
_FILES = "SELECT source, count(DISTINCT sha256) AS files FROM catalogue.files GROUP BY source ORDER BY source"
_MEASURES = """SELECT source, measure, CAST(sum(n_figures) AS BIGINT) AS figures
FROM catalogue.printed_classes GROUP BY ALL ORDER BY ALL"""
_COLUMNS = """SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns
WHERE column_name = 'source' OR column_name LIKE '%\\_source' ESCAPE '\\' OR column_name LIKE 'source\\__' ESCAPE '\\'
ORDER BY ALL"""


@dataclass(frozen=True, slots=True)
class Held:
    """What the publication has of a source.

    Args:
        files: Files received.
        releases: Releases, published or held back.
        published: Releases whose figures are published.
        held_back: Releases that are held back.
        measures: Published figures of each measure.
        tables: Names of families of published tables that are made from its figures.
        synthetic: Whether they are made up.
    """

    files: int = 0
    releases: int = 0
    published: int = 0
    held_back: int = 0
    measures: Mapping[str, int] = field(default_factory=dict)
    tables: tuple[str, ...] = ()
    synthetic: bool = False

    @property
    def figures(self) -> int:
        """Published figures."""
        return sum(self.measures.values())


@dataclass(frozen=True, slots=True)
class Source:
    """One source on the map.

    Args:
        name: Its id.
        contract: Its contract.
        held: What the publication has of it.
    """

    name: str
    contract: Contract
    held: Held

    @property
    def about(self) -> str:
        """What it is about, in a few words."""
        return about(self.contract)

    @property
    def publisher(self) -> str:
        """Its publisher, as the contract names it."""
        return self.contract.publisher["name"]

    @property
    def rhythm(self) -> str:
        """How often there is a new edition."""
        return str(self.contract.release.get("cadence", ""))

    @property
    def when(self) -> str:
        """When new editions appear, as a sentence; empty if the contract does not say."""
        because = (self.contract.release.get("schedule") or {}).get("because", "")
        return _sentence(because)

    @property
    def legal_basis(self) -> str:
        """The law, or that the publisher does not state any."""
        return self.contract.publisher["legalBasis"]

    @property
    def legal_reference(self) -> str:
        """Where the legal basis is stated; empty if nobody states it."""
        return self.contract.publisher.get("legalBasisReference") or ""

    @property
    def legal_words(self) -> str:
        """The legal basis with its reference, or with what is not known."""
        if self.legal_basis == NOT_STATED:
            return _sentence(NOT_STATED)
        if self.legal_reference:
            return f"{_sentence(self.legal_basis)} Stated in: {self.legal_reference}."
        return f"{_sentence(NOT_STATED)} The contract names, without a reference: {self.legal_basis}."

    @property
    def state(self) -> str:
        """What there is of it here, in a few words."""
        if self.contract.not_read_because:
            return "not read yet"
        if not self.held.releases:
            return "no file here"
        words = f"{self.held.published:,} release{'' if self.held.published == 1 else 's'}"
        return words + (f", {self.held.held_back:,} held back" if self.held.held_back else "")

    @property
    def page(self) -> str:
        """The publisher's page of the data set; empty if the contract does not name it."""
        listed = self.contract.document.get("description", {}).get("authoritativeDefinitions") or ()
        return next((str(one["url"]) for one in listed if str(one.get("url", "")).startswith("https://")), "")

    @property
    def questions(self) -> Sequence[str]:
        """Public addresses for questions: of a team, or a page."""
        return contacts(self.contract)


def contacts(contract: Contract) -> tuple[str, ...]:
    """Public addresses for questions that a contract names: e-mail addresses of teams, and pages."""
    listed = contract.document.get("support") or ()
    found = (str(one.get("url", "")).removeprefix("mailto:") for one in listed)
    return tuple(dict.fromkeys(one for one in found if one))


def sources(contracts: Mapping[str, Contract], held: Mapping[str, Held]) -> Sequence[Source]:
    """Every source that has a contract, by publisher and name."""
    every = [Source(name, contract, held.get(name, Held())) for name, contract in contracts.items()]
    return sorted(every, key=lambda one: (one.publisher.lower(), one.name))


def held_sources(connection: DuckDBPyConnection) -> Mapping[str, Held]:
    """What the publication has of each source.

    Args:
        connection: The read model.
    """
    releases = {row["source"]: row for row in rows_of(connection, _HELD)}
    files = dict(connection.execute(_FILES).fetchall())
    measures: dict[str, dict[str, int]] = {}
    for source, measure, figures in connection.execute(_MEASURES).fetchall():
        measures.setdefault(source, {})[measure] = figures
    tables = _families(connection)
    return {
        name: Held(
            files.get(name, 0), row["releases"], row["published"], row["held_back"], measures.get(name, {}),
            tables.get(name, ()), bool(row["synthetic"]),
        )
        for name, row in releases.items()
    }  # fmt: skip


def _families(connection: DuckDBPyConnection) -> Mapping[str, tuple[str, ...]]:
    """Families of tables in whose main table a source occurs, by source, in the order of the families."""
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(_COLUMNS).fetchall():
        columns.setdefault(table, []).append(column)
    queries = [
        f"SELECT DISTINCT {number} AS place, {column} AS source FROM {family.main} WHERE {column} IS NOT NULL"
        for number, family in enumerate(FAMILIES)
        for column in columns.get(family.main, ())
    ]
    found: dict[str, list[str]] = {}
    if queries:
        statement = f"SELECT DISTINCT source, place FROM ({' UNION ALL '.join(queries)}) ORDER BY ALL"
        for source, place in connection.execute(statement).fetchall():
            found.setdefault(str(source), []).append(FAMILIES[place].name)
    return {source: tuple(names) for source, names in found.items()}


def by_publisher(listed: Sequence[Source]) -> Iterator[tuple[str, Sequence[Source]]]:
    """Sources of each publisher, in their order."""
    groups: dict[str, list[Source]] = {}
    for one in listed:
        groups.setdefault(one.publisher, []).append(one)
    yield from groups.items()


def key_of(listed: Sequence[Source]) -> Sequence[Any]:
    """Everything that pages show of some sources, for their key."""
    return [(one.name, one.contract.sha256, one.held) for one in listed]


def _sentence(text: str) -> str:
    words = " ".join(str(text).split()).rstrip(".")
    return f"{words[:1].upper()}{words[1:]}." if words else ""
