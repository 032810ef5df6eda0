"""What the publishers do in three years: releases in the rhythm of each contract, and what goes wrong in life.

Belongs here: days, editions, names and titles. Does not belong here: how a site shows them (`publishers`), and the bytes
(`files`).

Every kind of site has: an edition issued again at its address, one that is late, one that never comes, two releases on
one day, a correction under another name, releases on the days on which the clocks change and on the leap day, and days
on which the site does not answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from civic_assets_tests.defs.automatic.years import files
from civic_assets_tests.defs.automatic.years.publishers import FORCE, AllPublishers
from civic_assets_tests.replay.sites.ons import ENGLAND_AND_WALES, FORCES, UNITED_KINGDOM

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = date(2027, 1, 1), date(2029, 12, 31)
LEAP = date(2028, 2, 29)
CLOCKS = tuple(
    date(*day)
    for day in ((2027, 3, 28), (2027, 10, 31), (2028, 3, 26), (2028, 10, 29), (2029, 3, 25), (2029, 10, 28))
)
"""Days on which the clocks change in London."""
_MORNING = time(9, 30)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Act:
    """Something that a publisher does.

    Args:
        at: When, in London.
        sources: Sources that it concerns.
        kind: `release`, `again` (in place), `renamed` (a correction), `down` or `up`.
        do: Does it.
    """

    at: datetime
    sources: tuple[str, ...]
    kind: str
    do: Callable[[AllPublishers], object]


def acts() -> list[Act]:
    """Everything that the publishers do from the first day on, in order; what is before is there at the beginning."""
    found = [*_ons_crime(), *_population(), *_home_office(), *_met(), *_police(), *_education(), *_lookups(), *_down()]
    return sorted(found, key=lambda act: act.at.timestamp())


def _act(day: date, sources: tuple[str, ...], kind: str, do: Callable[..., object], at: time = _MORNING) -> Act:
    moment = datetime.combine(day, at, LONDON)
    return Act(moment, sources, kind, partial(do, moment))


def _thursday(year: int, month: int, after: int) -> date:
    day = date(year, month, after)
    return day + timedelta(days=(3 - day.weekday()) % 7)


def _quarters() -> Iterator[tuple[str, date]]:
    """Quarters by their last months, and the Thursdays on which they are due."""
    for year in range(2026, 2030):
        for month in (1, 4, 7, 10):
            yield files.months_before(f"{year}-{month:02d}", 4), _thursday(year, month, 20)


_QUARTERS_MOVED = {
    "2027-06": CLOCKS[1],  # on the Sunday on which the clocks change
    "2027-09": LEAP,  # late by five weeks
    "2027-12": None,  # never comes
    "2028-06": _thursday(2029, 1, 20),  # comes with the next one
}


def _ons_crime() -> Iterator[Act]:
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
        publishers.renamed_page_file(FORCES, edition, content, at, name, "Figures of one force were corrected.")

    planned = list(_quarters())
    for number, (edition, due) in enumerate(planned):
        day = _QUARTERS_MOVED.get(edition, due)
        if day is None:
            continue
        following = planned[number + 1][1] if number + 1 < len(planned) else due + timedelta(days=91)
        yield _act(day, both, "release", lambda at, p, e=edition, f=following: release(e, _pfa(e), f, at, p))
    yield _act(
        date(2027, 9, 15), both, "again", lambda at, p: corrected("2027-03", _pfa("2027-03"), 2, at, p)
    )
    yield _act(
        date(2028, 11, 8), both, "renamed",
        lambda at, p: corrected("2028-03", f"corrected{_pfa('2028-03')}", 2, at, p),
    )  # fmt: skip


def _pfa(edition: str) -> str:
    month = files.MONTHS[int(edition[5:]) - 1].lower()
    return f"pfatablesyearending{month}{edition[2:4]}final.xlsx"


def _population() -> Iterator[Act]:
    source = ("ons_population",)

    def workbook(kind: str, year: str, issue: int, name: str, page: str, at: datetime, p: AllPublishers) -> None:
        p.put(at, "ons_population", f"{year}-mye", files.population(kind, year, issue), name, "Mid-year", page=page)

    def nomis(year: str, issue: int, at: datetime, p: AllPublishers) -> None:
        edition = f"{year}-nomis-3-areas-54f7c5bb"
        p.put(at, "ons_population", edition, files.population("nomis", year, issue), "nomis.csv", "Nomis")
        p.nomis.updated = f"{at:%Y-%m-%d} 09:30:00"

    england = {"2025": date(2026, 7, 16), "2026": date(2027, 7, 15), "2027": date(2028, 9, 7), "2028": CLOCKS[5]}
    for year, day in england.items():
        name = f"mye{year[2:]}tablesew.xlsx"
        yield _act(
            day, source, "release",
            lambda at, p, y=year, n=name: workbook("ew", y, 1, n, ENGLAND_AND_WALES, at, p),
        )  # fmt: skip
        if year != "2027":  # never comes
            yield _act(day, source, "release", lambda at, p, y=year: nomis(y, 1, at, p))
    kingdom = {"2025": date(2026, 10, 8), "2026": LEAP, "2027": date(2028, 10, 12), "2028": date(2029, 11, 1)}
    for year, day in kingdom.items():
        name = f"mye{year[2:]}tablesuk.xlsx"
        yield _act(
            day, source, "release",
            lambda at, p, y=year, n=name: workbook("uk", y, 1, n, UNITED_KINGDOM, at, p),
        )  # fmt: skip
    yield _act(
        date(2027, 9, 2), source, "renamed",
        lambda at, p: workbook("ew", "2026", 2, "mye26tablesewcorrected.xlsx", ENGLAND_AND_WALES, at, p),
    )  # fmt: skip
    yield _act(
        date(2028, 12, 6), source, "again",
        lambda at, p: workbook("uk", "2027", 2, "mye27tablesuk.xlsx", UNITED_KINGDOM, at, p),
    )  # fmt: skip
    yield _act(date(2027, 8, 12), source, "again", lambda at, p: nomis("2026", 2, at, p))


def _home_office() -> Iterator[Act]:
    def put(edition: str, issue: int, name: str, leave: bool, at: datetime, p: AllPublishers) -> None:
        start = files.home_office_year(edition)
        said = {
            "csp": "Police recorded crime Community Safety Partnership open data table",
            "pfa": "Police recorded crime open data Police Force Area table",
        }
        for kind, words in said.items():
            title = f"{words}, year ending March {start + 1}"
            # One attachment for each financial year: the next quarter takes the place of the one before.
            if not leave and any((one.source, one.title) == ("home_office_prc", title) for one in p.catalogue.files):
                p.take_away("home_office_prc", title=title)
            make, ending = (
                (files.home_office_by_partnership, "ods") if kind == "csp" else (files.home_office_by_force, "csv")
            )
            p.put(
                at, "home_office_prc", f"{edition}-{kind}", make(edition, issue), f"prc-{kind}-{name}.{ending}", title
            )  # fmt: skip

    source = ("home_office_prc",)
    for edition, due in _quarters():
        # The next quarter would take its place on the same day.
        day = None if edition == "2028-06" else _QUARTERS_MOVED.get(edition, due)
        if day is not None and due >= date(2026, 10, 1):
            name = f"{files.MONTHS[int(edition[5:]) - 1].lower()[:3]}{edition[:4]}"
            yield _act(day, source, "release", lambda at, p, e=edition, n=name: put(e, 1, n, False, at, p))
    yield _act(date(2027, 9, 16), source, "again", lambda at, p: put("2027-03", 2, "mar2027", False, at, p))
    # The old attachment stays.
    yield _act(
        date(2028, 9, 5), source, "renamed", lambda at, p: put("2028-03", 2, "mar2028-corrected", True, at, p)
    )


def _met() -> Iterator[Act]:
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
        p.put(at, "met_borough", edition, files.met_historical(month, issue), f"{title}.csv", title, place=title)

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
                yield _act(
                    when, (source,), "release", lambda at, p, s=source, m=month, t=title: put(s, m, 1, t, at, p), at
                )  # fmt: skip
    start = date(2027, 1, 2)
    for source, kind in kinds.items():
        title = f"MPS {kind} Level Crime (most recent 24 months)"
        yield _act(
            date(2028, 6, 21), (source,), "again", lambda at, p, s=source, t=title: put(s, "2028-04", 2, t, at, p)
        )  # fmt: skip
        yield _act(
            date(2029, 5, 23), (source,), "renamed",
            lambda at, p, s=source, k=kind: put(s, "2029-03", 2, f"MPS {k} Level Crime", at, p),
        )  # fmt: skip
    yield _act(date(2026, 12, 20), ("met_borough",), "release", lambda at, p: historical("2024-10", 1, at, p))
    # On the day of an ordinary issue: two releases of one source on one day.
    yield _act(date(2028, 1, 4), ("met_borough",), "release", lambda at, p: historical("2025-10", 1, at, p))
    assert start > FIRST


def _police() -> Iterator[Act]:
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
            yield _act(day, source, "release", lambda at, p, m=month: released(m, at, p))
    yield _act(date(2028, 9, 27), source, "again", lambda at, p: put("2027-03", 2, at, p))
    # A month was corrected, and the archive has the name of a month that it does not hold yet.
    yield _act(date(2029, 2, 25), source, "renamed", lambda at, p: renamed("2028-10", "2029-01", at, p))


def _education() -> Iterator[Act]:
    def put(
        source: str, edition: str, content: bytes, name: str, title: str, place: str, away: str, at: datetime,
        p: AllPublishers,
    ) -> None:  # fmt: skip
        if away:
            p.take_away(source, away)
        p.put(at, source, edition, content, name, title, place=place)

    def file(
        day: date, source: str, fixture: str, year: str, *, kind: str = "release", issue: int = 1, terms: str = ""
    ) -> Act:  # fmt: skip
        edition = year + {"b1": "-b1", "c1": "-c1"}.get(fixture, "")
        if terms:
            edition += f"-{terms.split()[0].lower()}"
        title = {
            "b1": "B1 Children in need by local authority",
            "c1": "C1 Referrals and re-referrals by local authority",
            "exclusions": "Suspensions and permanent exclusions by local authority",
            "exclusions-terms": "Suspensions and permanent exclusions by term",
            "looked-after": "Children looked after at 31 March with unaccompanied asylum seeking children",
            "neet": "NEET and participation by local authority",
            "sen": "Pupils in all schools, by type of SEN provision",
        }[fixture]
        content = files.education(fixture, year, issue, terms)
        corrected = "_corrected" if kind == "renamed" else ""
        name, place = f"{fixture}_{edition}{corrected}.csv", f"{source} {edition}{corrected}"
        away = edition if issue > 1 else ""
        return _act(
            day, (source,), kind, lambda at, p: put(source, edition, content, name, title, place, away, at, p)
        )

    # Two tables on one day; late into November; on the day on which the clocks change.
    for year, day in {2026: date(2026, 10, 29), 2027: CLOCKS[1], 2028: date(2028, 11, 30), 2029: date(2029, 10, 25)}.items():
        for table in ("b1", "c1"):
            yield file(day, "dfe_children_in_need", table, str(year))
        def children(at: datetime, p: AllPublishers, y: int = year) -> None:
            edition, content = f"{y}-age-0-17", files.population("children", str(y), 1)
            name = f"mid-year-population-{y}.csv"
            p.put(at, "ons_population", edition, content, name, "Mid-year population estimates", place=f"children {y}")
        yield _act(day, ("ons_population",), "release", children)
    yield file(date(2028, 1, 18), "dfe_children_in_need", "b1", "2027", kind="again", issue=2)
    yield file(date(2029, 2, 8), "dfe_children_in_need", "c1", "2028", kind="renamed", issue=2)

    for start in (2024, 2025, 2026, 2027):
        year = f"{start}-{(start + 1) % 100:02d}"
        yield file(_thursday(start + 2, 7, 15), "dfe_exclusions", "exclusions", year)
        if start > 2024:
            autumn = LEAP if start == 2026 else _thursday(start + 1, 11, 18)
            yield file(autumn, "dfe_exclusions", "exclusions-terms", year, terms="Autumn term")
        if start in (2025, 2027):  # the spring of 2026-27 never comes
            yield file(_thursday(start + 2, 3, 18), "dfe_exclusions", "exclusions-terms", year, terms="Spring term")
    yield file(date(2028, 10, 3), "dfe_exclusions", "exclusions", "2026-27", kind="renamed", issue=2)

    for number in (2026, 2028, 2029):  # 2027 never comes
        yield file(_thursday(number, 11, 15), "dfe_looked_after", "looked-after", str(number))
    yield file(date(2029, 1, 10), "dfe_looked_after", "looked-after", "2028", kind="again", issue=2)

    for number, day in {2026: date(2026, 7, 9), 2027: date(2027, 7, 8), 2028: date(2028, 9, 14), 2029: date(2029, 7, 5)}.items():
        yield file(day, "dfe_neet", "neet", str(number))  # 2028 is late by two months
    yield file(date(2027, 8, 18), "dfe_neet", "neet", "2027", kind="renamed", issue=2)

    for start in (2025, 2026, 2027, 2028):
        year = f"{start}-{(start + 1) % 100:02d}"
        yield file(_thursday(start + 1, 6, 12), "dfe_sen", "sen", year)
    yield file(LEAP, "dfe_sen", "sen", "2026-27", kind="again", issue=2)


def _lookups() -> Iterator[Act]:
    source = ("lookups",)

    def put(kind: str, year: str, issue: int, at: datetime, p: AllPublishers) -> None:
        if issue > 1:
            p.take_away("lookups", f"{year}-{kind}")
        p.put(at, "lookups", f"{year}-{kind}", files.lookup(kind, year, issue), f"{kind}-{year}.csv", kind)

    def renamed(kind: str, year: str, at: datetime, p: AllPublishers) -> None:
        (old,) = [one for one in p.catalogue.files if one.edition == f"{year}-{kind}"]
        service = p.arcgis.name(old)
        put(kind, year, 2, at, p)
        p.arcgis.suffixes[service] = "_v2"

    for kind, days in {
        "lad-csp-pfa": (date(2026, 5, 6), date(2027, 5, 12), LEAP, date(2029, 5, 9)),
        "lsoa-ward": (date(2026, 5, 6), date(2027, 5, 12), None, CLOCKS[4]),
        "ward-region": (date(2026, 5, 6), date(2027, 12, 1), date(2028, 5, 10), date(2029, 5, 9)),
    }.items():
        for year, day in zip(range(2026, 2030), days, strict=True):
            if day is not None:
                yield _act(day, source, "release", lambda at, p, k=kind, y=year: put(k, str(y), 1, at, p))
    yield _act(date(2027, 6, 15), source, "again", lambda at, p: put("lad-csp-pfa", "2027", 2, at, p))
    yield _act(date(2028, 6, 20), source, "renamed", lambda at, p: renamed("ward-region", "2028", at, p))


DOWN = {
    # On an ordinary day, on a day of the calendar, and on the day of a release.
    "www.ons.gov.uk": ((date(2027, 5, 4), 1), (date(2029, 7, 26), 2)),
    "www.gov.uk": ((date(2027, 6, 8), 2), (date(2029, 7, 26), 2)),
    "data.london.gov.uk": ((date(2028, 12, 2), 2),),
    "data.police.uk": ((date(2028, 6, 1), 2), (date(2029, 4, 16), 1)),
    "content.explore-education-statistics.service.gov.uk": ((date(2028, 6, 15), 2),),
    "www.nomisweb.co.uk": ((date(2027, 9, 20), 3),),
    "www.arcgis.com": ((date(2029, 5, 9), 1),),
}
"""Hosts, and the days on which they do not answer, with their number."""


def _down() -> Iterator[Act]:
    for host, times in DOWN.items():
        for day, number in times:
            yield _act(day, (), "down", lambda _, p, h=host: p.stop(h), time(0, 5))
            yield _act(day + number * _ONE_DAY, (), "up", lambda _, p: p.start(), time(0, 5))
