"""Sources, their releases, the newest of each, and when the next is due.

Belongs here: what `civic-assets sources` lists. Does not belong here: printing, and asking publishers for new releases.

A source may publish several *lines of files*, distinguished by what follows the date in a release's name (`2016-17`,
`2016-17-reasons`, `2020-21-social-care`). The newest file of one line says nothing about the others, so each has its
own newest edition. The next due date is that of the main line: the one whose releases have nothing after their date, or
else the one with the most figures. Answers of an API form the line `api`: each was requested once, so none is ever
late.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from civic_assets.acquire.live.held import HeldSource, read_held
from civic_assets.answers.sources import HeldRelease, NewestEdition, SourceLine, SourceList, SourceStatus
from civic_assets.answers.words import ReleaseState
from civic_assets.archive import Receipt, edition_of, release_sort_key
from civic_assets.contracts.model import Contract
from civic_assets.house_numbers.calendar import ONE_OFF_MONTHS
from civic_assets.layers.checked import stored_facts
from civic_assets.layers.store import Store
from civic_assets.publish.queries.outlook import LONDON, outlook_of
from civic_assets.publish.scope import profile_of, samples_left_out
from civic_assets.tables.release_names import series_of
from civic_assets.values.period_words import spoken
from civic_assets.values.periods import PeriodKind

API = "api"
"""The line of files that holds all answers of an API; what follows its name is the request."""


@dataclass(frozen=True, slots=True)
class NewestFigures:
    """The figures of a source whose period ends last, and the release that prints them.

    Args:
        release: Newest release that prints that period.
        start, end, kind: Period of those figures; the longest if several end on the same day.
        residents: Whether they are population estimates, for which 30 June is called mid-year.
        place: Position of the release among all releases in order of time.
    """

    release: str
    start: date
    end: date
    kind: PeriodKind
    residents: bool = False
    place: int = 0

    def order(self) -> tuple[date, int, str]:
        """Sort key, greatest for the newest figures, not the last file received: old workbooks may arrive late."""
        return self.end, self.place, self.release

    def as_answer(self) -> NewestEdition:
        """The figures as answers hold them; `period_end` is the day after the last one, as in every table."""
        return NewestEdition(
            release=self.release,
            edition=edition_of(self.release),
            period=spoken(self.start, self.end, self.kind, mid_year=self.residents),
            period_start=self.start,
            period_end=self.end,
            last_day=self.end - timedelta(days=1),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """Files of one source that form a sequence.

    Args:
        name: Text after the date in the names of their releases, without its dash; empty if there is none.
        newest: Newest figures of the line.
        releases: Number of releases with figures.
        figures: Number of figures in those releases.
        main: Whether the next due date is counted from this line.
    """

    name: str
    newest: NewestFigures
    releases: int
    figures: int
    main: bool

    def as_answer(self, due: date | None, late_days: int | None) -> SourceLine:
        """The line as answers hold it: its newest figures, and what distinguishes it from the other lines."""
        newest = self.newest.as_answer()
        return SourceLine(
            line=self.name,
            main=self.main,
            one_off=self.name == API,
            releases=self.releases,
            figures=self.figures,
            release=newest.release,
            edition=newest.edition,
            period=newest.period,
            period_start=newest.period_start,
            period_end=newest.period_end,
            last_day=newest.last_day,
            next_due=due,
            late_days=late_days,
        )


def today_in_london() -> date:
    """Today's date in London."""
    return datetime.now(LONDON).date()


def sources(store: Store, contracts: Mapping[str, Contract], today: date | None = None) -> SourceList:
    """One entry for each contract.

    Args:
        store: Store that holds the releases.
        contracts: Contracts of all sources.
        today: Day for which lateness is computed; today in London if None.

    Returns:
        The answer of `sources`. A source is due when the edition after the newest of its main line should be out: end
        of its period + expected lag + one cycle (rule X-02); never where none is expected again.
    """
    day = today or today_in_london()
    receipts = store.archive.receipts()
    published, members = _published(store)
    without = samples_left_out(receipts, profile_of(receipts)) - members
    asked = read_held(store.root)
    listed = []
    for contract in contracts.values():
        releases = [
            _release(store, receipt, without) for receipt in receipts if receipt.source == contract.source
        ]
        releases.sort(key=lambda release: release_sort_key(release.release), reverse=True)
        lines = published.get(contract.source, [])
        found = max((line.newest for line in lines), key=NewestFigures.order, default=None)
        again = contract.frequency_months < ONE_OFF_MONTHS
        main = next((line for line in lines if line.main and line.name != API), None)
        due = stale_from(contract, main.newest.end) if main and again else None
        late = max(0, (day - due).days) if due else None
        said = asked.get(contract.source, HeldSource())
        received = found is not None or bool(releases)
        seen = outlook_of(contract.source, said, due, day, held=received, again=again)
        listed.append(
            SourceStatus(
                source=contract.source,
                publisher=contract.publisher.get("name"),
                status=contract.status,
                not_read_because=contract.not_read_because,
                purpose=contract.purpose,
                releases=tuple(releases),
                newest=found.as_answer() if found else None,
                lines=tuple(
                    line.as_answer(*((due, late) if line is main else (None, None))) for line in lines
                ),
                comes_again=again,
                next_due=due,
                late_days=late,
                latest_period_end=found.end if found else None,
                stale_from=due,
                stale=day >= due if due else False if found else None,
                out=seen.out.title if seen.out else None,
                asked_at=said.reached_at or None,
                due_day=seen.next.day if seen.next else None,
                due_basis=seen.next.basis if seen.next else None,
                due_state=seen.state,
                due_late_days=seen.late_days,
                due_sentence=seen.sentence,
            )
        )
    return SourceList(tuple(listed))


def stale_from(contract: Contract, end: date) -> date:
    """Day from which a source counts as stale: end of its newest period + expected lag + one cycle (X-02)."""
    return end + timedelta(days=contract.stale_after_days)


def _release(store: Store, receipt: Receipt, without: Collection[tuple[str, str]]) -> HeldRelease:
    facts = stored_facts(store, receipt.source, receipt.release)
    state: ReleaseState = "not_built" if facts is None else "held_back" if facts.held_back else "published"
    if (receipt.source, receipt.release) in without:
        state = "left_out"
    return HeldRelease(
        release=receipt.release,
        state=state,
        rows=facts.rows if facts else 0,
        disputed=facts.disputed if facts else 0,
        synthetic=receipt.synthetic,
        retrieved_at=receipt.retrieved_at,
        sha256=receipt.sha256,
    )


def line_of(release: str) -> str:
    """The line of files to which a release belongs: `historical` for `2021-07-historical`, empty for `2021-07`."""
    name = series_of(release).partition("-part-")[0].lstrip("-")
    return API if name.startswith(f"{API}-") else name


def lines_of(found: Sequence[tuple[NewestFigures, int]]) -> list[Line]:
    """The lines of files of one source, the main one first and the others by name.

    Args:
        found: Newest figures and number of figures of each release.
    """
    grouped: dict[str, list[tuple[NewestFigures, int]]] = {}
    for newest, figures in found:
        grouped.setdefault(line_of(newest.release), []).append((newest, figures))
    sizes = {name: sum(figures for _, figures in members) for name, members in grouped.items()}
    main = min(sizes, key=lambda name: (name == API, name != "", -sizes[name], name), default=None)
    return sorted(
        (
            Line(
                name=name,
                newest=max((newest for newest, _ in members), key=NewestFigures.order),
                releases=len(members),
                figures=sizes[name],
                main=name == main,
            )
            for name, members in grouped.items()
        ),
        key=lambda line: (not line.main, line.name),
    )


def _published(store: Store) -> tuple[dict[str, list[Line]], set[tuple[str, str]]]:
    """The lines of files by source, and the releases of the current publication."""
    from civic_assets.publish.read_model.connection import open_read_model

    if not store.database.is_file():
        return {}, set()
    with open_read_model(store) as connection:
        rows = connection.execute(_NEWEST).fetchall()
        members = set(connection.execute("SELECT source, release FROM catalogue.releases").fetchall())
    figures_by_source: dict[str, list[tuple[NewestFigures, int]]] = {}
    for source, release, place, start, end, kind, residents, figures in rows:
        newest = NewestFigures(release, start, end, PeriodKind(kind), residents, place)
        figures_by_source.setdefault(source, []).append((newest, figures))
    return {source: lines_of(releases) for source, releases in figures_by_source.items()}, members


# If several periods end together, the edition is named after the longest (a quarter ends with its year).
_NEWEST = """WITH periods AS (
    SELECT source, release, release_order, period_start, period_end, period_kind,
        bool_or(measure = 'population') AS residents, count(*) AS n
    FROM harmonised.observations GROUP BY ALL
)
SELECT source, release, release_order, period_start, period_end, period_kind, residents,
    (sum(n) OVER (PARTITION BY source, release))::BIGINT
FROM periods
QUALIFY row_number() OVER (PARTITION BY source, release ORDER BY period_end DESC, period_start, period_kind) = 1
ORDER BY source, release"""
