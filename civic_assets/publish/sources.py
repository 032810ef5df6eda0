"""Sources, their releases, what is the newest of each, and when the next is due.

Belongs here: what `civic-assets sources` lists. Does not belong here: printing, and asking publishers what is new.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from civic_assets.archive import edition_of, release_sort_key
from civic_assets.contracts.model import Contract
from civic_assets.layers import RESULTS
from civic_assets.publish.left_out import profile_of, samples_left_out
from civic_assets.store import Store
from civic_assets.values.period_words import spoken
from civic_assets.values.periods import PeriodKind

LONDON = ZoneInfo("Europe/London")
"""Publishers' days are those of London."""
NEVER_AGAIN_MONTHS = 120
"""A cycle from which a publication does not come again: contracts say 1200 of a report that came once."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The figures of a source whose period ends last, and the release that prints them.

    Args:
        release: The newest one that prints that period.
        start, end, kind: Of the period of those figures; of several that end on one day the longest.
        residents: They are estimates of residents, whose 30 June is called the middle of the year.
    """

    release: str
    start: date
    end: date
    kind: PeriodKind
    residents: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON; `period_end` is the day after the last one, as in every table."""
        return {
            "release": self.release,
            "edition": edition_of(self.release),
            "period": spoken(self.start, self.end, self.kind, mid_year=self.residents),
            "period_start": self.start.isoformat(),
            "period_end": self.end.isoformat(),
            "last_day": (self.end - timedelta(days=1)).isoformat(),
        }


def today_in_london() -> date:
    """The day by which publishers count."""
    return datetime.now(LONDON).date()


def sources(
    store: Store, contracts: Mapping[str, Contract], today: date | None = None
) -> list[dict[str, Any]]:
    """One entry for each contract.

    Args:
        store: Where releases are kept.
        contracts: The sources.
        today: What is due is measured against this day; today in London when None.

    Returns:
        Dictionaries with source, publisher, status; why it is not read (None for a source that is); `releases`, the
        newest first, each with state and rows (`left_out` is a sample beside publishers' files); `newest` (release,
        edition, period in words and in days); `next_due`, the day by which the edition after it should be out (end of
        its period + expected lag + one cycle, rule X-02), None where none is expected again; `late_days` since then.
        `latest_period_end` is the day after the newest period, `stale_from` and `stale` repeat what is due.
    """
    day = today or today_in_london()
    receipts = store.archive.receipts()
    newest, members = _published(store)
    without = samples_left_out(receipts, profile_of(receipts)) - members
    listed = []
    for contract in contracts.values():
        releases = [
            _release(store, receipt, without) for receipt in receipts if receipt.source == contract.source
        ]
        releases.sort(key=lambda release: release_sort_key(release["release"]), reverse=True)
        found = newest.get(contract.source)
        again = contract.frequency_months < NEVER_AGAIN_MONTHS
        due = stale_from(contract, found.end) if found and again else None
        listed.append(
            {
                "source": contract.source,
                "publisher": contract.publisher.get("name"),
                "status": contract.status,
                "not_read_because": contract.not_read_because,
                "purpose": contract.purpose,
                "releases": releases,
                "newest": found.as_dict() if found else None,
                "comes_again": again,
                "next_due": due.isoformat() if due else None,
                "late_days": max(0, (day - due).days) if due else None,
                "latest_period_end": found.end.isoformat() if found else None,
                "stale_from": due.isoformat() if due else None,
                "stale": day >= due if due else False if found else None,
            }
        )
    return listed


def stale_from(contract: Contract, end: date) -> date:
    """Day from which a source counts as stale: end of its newest period + expected lag + one cycle (X-02)."""
    return end + timedelta(days=contract.stale_after_days)


def _release(store: Store, receipt: Any, without: Collection[tuple[str, str]]) -> dict[str, Any]:
    facts = store.tables.read_json(RESULTS, receipt.source, receipt.release)
    state = "not_built" if facts is None else "held_back" if facts["held_back"] else "published"
    if (receipt.source, receipt.release) in without:
        state = "left_out"
    return {
        "release": receipt.release,
        "state": state,
        "rows": facts["rows"] if facts else 0,
        "disputed": facts["disputed"] if facts else 0,
        "synthetic": receipt.synthetic,
        "retrieved_at": receipt.retrieved_at,
        "sha256": receipt.sha256,
    }


def _published(store: Store) -> tuple[dict[str, Newest], set[tuple[str, str]]]:
    """The newest figures by source, and the releases of the publication in force."""
    from civic_assets.publish.read_model import open_read_model

    if not store.database.is_file():
        return {}, set()
    with open_read_model(store) as connection:
        rows = connection.execute(_NEWEST).fetchall()
        members = set(connection.execute("SELECT source, release FROM catalogue.releases").fetchall())
    found = {
        source: Newest(release, start, end, PeriodKind(kind), residents)
        for source, release, start, end, kind, residents in rows
    }
    return found, members


# Not the last file that was received: a workbook of last year can come today. Of periods that end together the longest
# is what an edition is called after (a quarter ends with its year).
_NEWEST = """SELECT source, release, period_start, period_end, period_kind, bool_or(measure = 'population')
FROM harmonised.observations
SEMI JOIN (SELECT source, max(period_end) AS period_end FROM harmonised.observations GROUP BY source)
    USING (source, period_end)
GROUP BY source, release, release_order, period_start, period_end, period_kind
QUALIFY row_number() OVER (PARTITION BY source ORDER BY release_order DESC, release DESC, period_start) = 1"""
