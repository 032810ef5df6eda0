"""Three years of the sources of crime: the ONS, the Home Office, the Metropolitan Police and police.uk.

Belongs here: days, editions, names and titles. Does not belong here: how a site shows them (`publishers`), and the
bytes (`files`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from civic_assets_tests.defs.automatic.years import files
from civic_assets_tests.defs.automatic.years.act import CLOCKS, LEAP, Act, act, thursday
from civic_assets_tests.defs.automatic.years.publishers import FORCE, AllPublishers
from civic_assets_tests.replay.sites.ons import FORCES


def _quarters() -> Iterator[tuple[str, date]]:
    """Quarters by their last months, and the Thursdays on which they are due."""
    for year in range(2026, 2030):
        for month in (1, 4, 7, 10):
            yield files.months_before(f"{year}-{month:02d}", 4), thursday(year, month, 20)


_QUARTERS_MOVED = {
    "2027-06": CLOCKS[1],  # on the Sunday on which the clocks change
    "2027-09": LEAP,  # late by five weeks
    "2027-12": None,  # never comes
    "2028-06": thursday(2029, 1, 20),  # comes with the next one
}


def ons_crime() -> Iterator[Act]:
    both = ("ons_csp", "ons_pfa")

    def release(edition: str, name: str, following: date, at: datetime, publishers: AllPublishers) -> None:
        words = f"{following.day} {files.MONTHS[following.month - 1]} {following.year} 9:30am"
        publishers.put(
            at, "ons_pfa", edition, files.ons_crime(edition, 1), name, "Police force area data tables", page=FORCES,
            also="ons_csp",
        )  # fmt: skip
        publishers.say_next(FORCES, words)

    def corrected(edition: str, name: str, issue: int, at: datetime, publishers: AllPublishers) -> None:
        content = files.ons_crime(edition, issue)
        publishers.renamed_page_file(
            FORCES, edition, content, at, name, "Figures of one force were corrected."
        )

    planned = list(_quarters())
    for number, (edition, due) in enumerate(planned):
        day = _QUARTERS_MOVED.get(edition, due)
        if day is None:
            continue
        following = planned[number + 1][1] if number + 1 < len(planned) else due + timedelta(days=91)
        yield act(day, both, "release", lambda at, p, e=edition, f=following: release(e, _pfa(e), f, at, p))
    yield act(date(2027, 9, 15), both, "again", lambda at, p: corrected("2027-03", _pfa("2027-03"), 2, at, p))
    yield act(
        date(2028, 11, 8), both, "renamed",
        lambda at, p: corrected("2028-03", f"corrected{_pfa('2028-03')}", 2, at, p),
    )  # fmt: skip


def _pfa(edition: str) -> str:
    month = files.MONTHS[int(edition[5:]) - 1].lower()
    return f"pfatablesyearending{month}{edition[2:4]}final.xlsx"


def home_office() -> Iterator[Act]:
    said = {
        "csp": "Police recorded crime Community Safety Partnership open data table",
        "pfa": "Police recorded crime open data Police Force Area table",
    }
    makes = {"csp": (files.home_office_by_partnership, "ods"), "pfa": (files.home_office_by_force, "csv")}

    def put(
        kind: str, edition: str, issue: int, name: str, leave: bool, at: datetime, p: AllPublishers
    ) -> None:
        title = f"{said[kind]}, year ending March {files.home_office_year(edition) + 1}"
        # One attachment for each financial year: the next quarter takes the place of the one before.
        if not leave and any(
            (one.source, one.title) == ("home_office_prc", title) for one in p.catalogue.files
        ):
            p.take_away("home_office_prc", title=title)
        make, ending = makes[kind]
        name = f"prc-{kind}-{name}.{ending}"
        p.put(at, "home_office_prc", f"{edition}-{kind}", make(edition, issue), name, title)

    def one(
        day: date, kind: str, edition: str, name: str, *, what: str = "release", issue: int = 1, leave: bool = False
    ) -> Act:  # fmt: skip
        return act(
            day, ("home_office_prc",), what, lambda at, p: put(kind, edition, issue, name, leave, at, p)
        )

    for kind in said:
        for edition, due in _quarters():
            # The next quarter would take its place on the same day.
            day = None if edition == "2028-06" else _QUARTERS_MOVED.get(edition, due)
            if day is not None and due >= date(2026, 10, 1):
                yield one(
                    day, kind, edition, f"{files.MONTHS[int(edition[5:]) - 1].lower()[:3]}{edition[:4]}"
                )
        yield one(date(2027, 9, 16), kind, "2027-03", "mar2027", what="again", issue=2)
        # The old attachment stays.
        yield one(date(2028, 9, 5), kind, "2028-03", "mar2028-corrected", what="renamed", issue=2, leave=True)


def met() -> Iterator[Act]:
    kinds = {"met_borough": "Borough", "met_ward": "Ward", "met_lsoa": "LSOA"}

    def put(source: str, month: str, issue: int, title: str, at: datetime, p: AllPublishers) -> None:
        old = f"MPS {kinds[source]} Level Crime (most recent 24 months)"
        for gone in {title, old, f"MPS {kinds[source]} Level Crime"}:
            if any((one.source, one.title) == (source, gone) for one in p.catalogue.files):
                p.take_away(source, title=gone)
        p.put(at, source, month, files.met(source, month, issue), f"{title}.csv", title, place=title)

    def historical(month: str, issue: int, at: datetime, p: AllPublishers) -> None:
        title = "MPS Borough Level Crime (Historical)"
        if any(one.title == title for one in p.catalogue.files):
            p.take_away("met_borough", title=title)
        edition = f"{month}-historical"
        p.put(
            at, "met_borough", edition, files.met_historical(month, issue), f"{title}.csv", title, place=title
        )

    moved: dict[str, date | None] = {
        "2027-06": date(2027, 8, 27),  # late by three weeks, and later than the calendar looks for it
        "2027-09": CLOCKS[1],
        "2027-12": LEAP,
        "2028-08": None,  # never comes
    }
    for number in range(-1, 36):
        month = files.months_before("2026-11", -number)
        out = files.months_before(month, -2)
        # In the first days of a month, in the afternoon or in the morning.
        day, at = date(int(out[:4]), int(out[5:]), 2 + number % 7), time(14, 0) if number % 2 else time(8, 0)
        for source, kind in kinds.items():
            title = f"MPS {kind} Level Crime (most recent 24 months)"
            if (when := moved.get(month, day)) is not None:
                yield act(
                    when, (source,), "release", lambda at, p, s=source, m=month, t=title: put(s, m, 1, t, at, p), at
                )  # fmt: skip
    for source, kind in kinds.items():
        title = f"MPS {kind} Level Crime (most recent 24 months)"
        yield act(
            date(2028, 6, 21), (source,), "again", lambda at, p, s=source, t=title: put(s, "2028-04", 2, t, at, p)
        )  # fmt: skip
        yield act(
            date(2029, 5, 23), (source,), "renamed",
            lambda at, p, s=source, k=kind: put(s, "2029-03", 2, f"MPS {k} Level Crime", at, p),
        )  # fmt: skip
    yield act(date(2026, 12, 20), ("met_borough",), "release", lambda at, p: historical("2024-10", 1, at, p))
    # On the day of an ordinary issue: two releases of one source on one day.
    yield act(date(2028, 1, 7), ("met_borough",), "release", lambda at, p: historical("2025-10", 1, at, p))


def police() -> Iterator[Act]:
    source = ("police_uk",)

    def put(month: str, issue: int, at: datetime, p: AllPublishers) -> None:
        edition, name = f"{month}-{FORCE}", f"{month}/{month}-{FORCE}-street.csv"
        if issue > 1:
            p.take_away("police_uk", edition)
        p.put(at, "police_uk", edition, files.police(month, issue), name, name)

    def renamed(month: str, archive: str, at: datetime, p: AllPublishers) -> None:
        put(month, 2, at, p)
        p.police.archives = (archive,)

    def released(month: str, at: datetime, p: AllPublishers) -> None:
        p.police.archives = ()
        put(month, 1, at, p)

    moved: dict[str, date | None] = {
        "2027-03": date(2027, 7, 16),  # late by two months, so that two come out on one day
        "2027-05": date(2027, 7, 16),
        "2027-08": CLOCKS[1],
        "2027-12": LEAP,
        "2028-06": None,  # never comes
    }
    for number in range(-6, 36):
        month = files.months_before("2026-11", -number)
        out = files.months_before(month, -2)
        day = moved.get(month, date(int(out[:4]), int(out[5:]), 16))
        if day is not None:
            yield act(day, source, "release", lambda at, p, m=month: released(m, at, p))
    yield act(date(2028, 9, 27), source, "again", lambda at, p: put("2027-03", 2, at, p))
    # A month was corrected, and the archive has the name of a month that it does not hold yet.
    yield act(date(2029, 2, 25), source, "renamed", lambda at, p: renamed("2028-10", "2029-01", at, p))
