"""Three years of the other sources: populations, the Department for Education, and lookups.

Belongs here: days, editions, names and titles. Does not belong here: how a site shows them (`publishers`), and the
bytes (`files`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from civic_assets_tests.defs.automatic.years import files
from civic_assets_tests.defs.automatic.years.act import CLOCKS, LEAP, Act, act, thursday
from civic_assets_tests.defs.automatic.years.publishers import AllPublishers
from civic_assets_tests.replay.sites.ons import ENGLAND_AND_WALES, UNITED_KINGDOM


def population() -> Iterator[Act]:
    source = ("ons_population",)

    def workbook(
        kind: str, year: str, issue: int, name: str, page: str, at: datetime, p: AllPublishers
    ) -> None:
        p.put(
            at,
            "ons_population",
            f"{year}-mye",
            files.population(kind, year, issue),
            name,
            "Mid-year",
            page=page,
        )

    def nomis(year: str, issue: int, at: datetime, p: AllPublishers) -> None:
        edition = f"{year}-nomis-3-areas-54f7c5bb"
        p.put(at, "ons_population", edition, files.population("nomis", year, issue), "nomis.csv", "Nomis")
        p.nomis.updated = f"{at:%Y-%m-%d} 09:30:00"

    england = {
        "2025": date(2026, 7, 16),
        "2026": date(2027, 7, 15),
        "2027": date(2028, 9, 7),
        "2028": CLOCKS[5],
    }
    for year, day in england.items():
        name = f"mye{year[2:]}tablesew.xlsx"
        yield act(
            day, source, "release",
            lambda at, p, y=year, n=name: workbook("ew", y, 1, n, ENGLAND_AND_WALES, at, p),
        )  # fmt: skip
        if year != "2027":  # never comes
            yield act(day, source, "release", lambda at, p, y=year: nomis(y, 1, at, p))
    kingdom = {"2025": date(2026, 10, 8), "2026": LEAP, "2027": date(2028, 10, 12), "2028": date(2029, 11, 1)}
    for year, day in kingdom.items():
        name = f"mye{year[2:]}tablesuk.xlsx"
        yield act(
            day, source, "release",
            lambda at, p, y=year, n=name: workbook("uk", y, 1, n, UNITED_KINGDOM, at, p),
        )  # fmt: skip
    yield act(
        date(2027, 9, 2), source, "renamed",
        lambda at, p: workbook("ew", "2026", 2, "mye26tablesewcorrected.xlsx", ENGLAND_AND_WALES, at, p),
    )  # fmt: skip
    yield act(
        date(2028, 12, 6), source, "again",
        lambda at, p: workbook("uk", "2027", 2, "mye27tablesuk.xlsx", UNITED_KINGDOM, at, p),
    )  # fmt: skip
    yield act(date(2027, 8, 12), source, "again", lambda at, p: nomis("2026", 2, at, p))


def education() -> Iterator[Act]:
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
        return act(
            day, (source,), kind, lambda at, p: put(source, edition, content, name, title, place, away, at, p)
        )

    # Two tables on one day; late into November; on the day on which the clocks change.
    for year, day in {
        2026: date(2026, 10, 29),
        2027: CLOCKS[1],
        2028: date(2028, 11, 30),
        2029: date(2029, 10, 25),
    }.items():
        for table in ("b1", "c1"):
            yield file(day, "dfe_children_in_need", table, str(year))

        def children(at: datetime, p: AllPublishers, y: int = year) -> None:
            edition, content = f"{y}-age-0-17", files.population("children", str(y), 1)
            name = f"mid-year-population-{y}.csv"
            p.put(
                at,
                "ons_population",
                edition,
                content,
                name,
                "Mid-year population estimates",
                place=f"children {y}",
            )

        yield act(day, ("ons_population",), "release", children)
    yield file(date(2028, 1, 18), "dfe_children_in_need", "b1", "2027", kind="again", issue=2)
    yield file(date(2029, 2, 8), "dfe_children_in_need", "c1", "2028", kind="renamed", issue=2)

    for start in (2024, 2025, 2026, 2027):
        academic = f"{start}-{(start + 1) % 100:02d}"
        yield file(thursday(start + 2, 7, 15), "dfe_exclusions", "exclusions", academic)
        if start > 2024:
            autumn = LEAP if start == 2026 else thursday(start + 1, 11, 18)
            yield file(autumn, "dfe_exclusions", "exclusions-terms", academic, terms="Autumn term")
        if start in (2025, 2027):  # the spring of 2026-27 never comes
            yield file(
                thursday(start + 2, 3, 18),
                "dfe_exclusions",
                "exclusions-terms",
                academic,
                terms="Spring term",
            )
    yield file(date(2028, 10, 3), "dfe_exclusions", "exclusions", "2026-27", kind="renamed", issue=2)

    for number in (2026, 2028, 2029):  # 2027 never comes
        yield file(thursday(number, 11, 15), "dfe_looked_after", "looked-after", str(number))
    yield file(date(2029, 1, 10), "dfe_looked_after", "looked-after", "2028", kind="again", issue=2)

    for number, day in {
        2026: date(2026, 7, 9),
        2027: date(2027, 7, 8),
        2028: date(2028, 9, 14),
        2029: date(2029, 7, 5),
    }.items():
        yield file(day, "dfe_neet", "neet", str(number))  # 2028 is late by two months
    yield file(date(2027, 8, 18), "dfe_neet", "neet", "2027", kind="renamed", issue=2)

    for start in (2025, 2026, 2027, 2028):
        academic = f"{start}-{(start + 1) % 100:02d}"
        yield file(thursday(start + 1, 6, 12), "dfe_sen", "sen", academic)
    yield file(LEAP, "dfe_sen", "sen", "2026-27", kind="again", issue=2)


def lookups() -> Iterator[Act]:
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
                yield act(day, source, "release", lambda at, p, k=kind, y=year: put(k, str(y), 1, at, p))
    yield act(date(2027, 6, 15), source, "again", lambda at, p: put("lad-csp-pfa", "2027", 2, at, p))
    yield act(date(2028, 6, 20), source, "renamed", lambda at, p: renamed("ward-region", "2028", at, p))
