"""Where the figures of a package come from: its publication, and licence and attribution of each source.

Belongs here: reading them from the read model and the manifest. Does not belong here: how a standard writes them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import UsageError
from civic_assets.layers.store import Store
from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.rebuild import manifest_of
from civic_assets.publish.site.source_words import about

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_OPEN_GOVERNMENT_3 = "Open Government Licence v3.0"
OPEN_GOVERNMENT_3 = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
"""Address of the Open Government Licence, version 3."""
MADE_UP = "SYNTHETIC SAMPLE DATA: the figures are made up. Do not use them as statistics."
"""What every text of a package says first if it has figures that are made up."""


@dataclass(frozen=True, slots=True)
class SourceTerms:
    """A source of a package, and what its publisher asks of a user.

    Args:
        source: Its name.
        publisher: Who publishes it.
        about: What it is about, in a phrase.
        licence: Licence, in the words of the contract.
        licence_url: Its address; empty if the contract names no version of a licence.
        releases: Releases of which there are figures, in order.
        synthetic: Whether any of them is made up.
        limitations: What must be known of its figures.
    """

    source: str
    publisher: str
    about: str
    licence: str
    licence_url: str
    releases: tuple[str, ...]
    synthetic: bool
    limitations: str

    @property
    def attribution(self) -> str:
        """The line to quote."""
        made_up = "SYNTHETIC, not real figures. " if self.synthetic else ""
        names = ", ".join(self.releases)
        what = f"{self.about[:1].lower()}{self.about[1:]}"
        return (
            f"{made_up}Source: {self.publisher}, {what}, {_releases(self.releases)} {names}. {self.licence}."
        )


@dataclass(frozen=True, slots=True)
class Origin:
    """The publication of a package.

    Args:
        number: Number of the publication in its store.
        hash: Its hash.
        published_at: When it was published, in UTC.
        version: Version of the contracts of what is published.
        sources: Its sources that have figures or codes.
        synthetic: Whether any figure is made up.
        first_day: First day of any period of a figure; None if there is no figure.
        last_day: Last day of any period; None if there is no figure.
        countries: Codes of the countries, and of several together, that there are figures of.
    """

    number: int
    hash: str
    published_at: datetime
    version: str
    sources: tuple[SourceTerms, ...]
    synthetic: bool
    first_day: date | None
    last_day: date | None
    countries: tuple[str, ...]

    @property
    def title(self) -> str:
        """Name of the package."""
        return f"Civic assets, publication {self.number}"


def origin_of(store: Store, connection: DuckDBPyConnection, sources: Collection[str], version: str) -> Origin:
    """Where the figures of a read model come from.

    Args:
        store: The store.
        connection: Its read model.
        sources: Only these sources; empty for all.
        version: Version of the published contracts.

    Raises:
        UsageError: The store has no sound manifest of the publication of this read model.
    """
    (built,) = rows_of(connection, "SELECT * FROM catalogue.publication")
    manifest = manifest_of(store, built["number"])
    if manifest["hash"] != built["publication"]:
        raise UsageError(
            f"{store.database} is not of publication {manifest['number']}, as it says. Run: civic-assets verify "
            f"--store {store.root}"
        )
    contracts = load_contracts()
    terms = []
    for row in rows_of(connection, _SOURCES):
        if not sources or row["source"] in sources:
            terms.append(_terms(row, about(contracts.get(row["source"])), contracts.get(row["source"])))
    (days,) = rows_of(connection, _DAYS, {"all": not sources, "sources": list(sources)})
    return Origin(
        manifest["number"],
        manifest["hash"],
        datetime.fromisoformat(manifest["published_at"]),
        version,
        tuple(terms),
        any(one.synthetic for one in terms),
        days["first_day"],
        days["last_day"],
        tuple(days["countries"] or ()),
    )


def _terms(row: dict[str, Any], phrase: str, contract: Any) -> SourceTerms:
    licence = row["licence"] or "no licence stated"
    url = str(contract.publisher.get("licenceUrl") or "") if contract is not None else ""
    if not url and licence.startswith(_OPEN_GOVERNMENT_3):
        url = OPEN_GOVERNMENT_3
    return SourceTerms(
        row["source"], row["publisher"], phrase or row["source"], licence.rstrip("."), url,
        tuple(row["releases"]), row["synthetic"], row["limitations"] or "",
    )  # fmt: skip


def _releases(names: tuple[str, ...]) -> str:
    return "release" if len(names) == 1 else "releases"


_SOURCES = """SELECT s.source, s.publisher, s.licence, s.limitations, bool_or(r.synthetic) AS synthetic,
    list(r.release ORDER BY r.release) AS releases
FROM catalogue.sources s JOIN catalogue.releases r USING (source) WHERE r.state = 'published'
GROUP BY ALL ORDER BY s.source"""
_DAYS = """SELECT min(period_start) AS first_day, max(greatest(period_end - 1, period_start)) AS last_day,
    list(DISTINCT area_code ORDER BY area_code) FILTER (area_type = 'country') AS countries
FROM harmonised.observations WHERE $all OR source IN (SELECT unnest($sources::VARCHAR[]))"""
