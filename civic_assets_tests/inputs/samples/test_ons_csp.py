"""The synthetic figures keep the promises of the publisher's tables; the report's stand where it has them."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest

from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.inputs.samples.figures import MEASURES
from civic_assets.inputs.samples.layout import Role
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets_tests.inputs.samples.sample_books import TOTAL, Book, Row

NAMES = list(EDITIONS)
GROUPS = [
    "Violence against the person",
    "Sexual offences",
    "Robbery",
    "Theft offences",
    "Criminal damage and arson",
    "Drug offences",
    "Possession of weapons offences",
    "Public order offences",
    "Miscellaneous crimes against society",
]
IDENTITIES = {
    "Total recorded crime (excluding fraud)": GROUPS,
    "Violence against the person": [
        "Homicide",
        "Death or serious injury caused by illegal driving",
        "Violence with injury",
        "Violence without injury",
        "Stalking and harassment",
    ],
    "Theft offences": [
        "Burglary",
        "Vehicle offences",
        "Theft from the person",
        "Bicycle theft",
        "Shoplifting",
        "All other theft offences",
    ],
    "Burglary": ["Residential burglary", "Non-residential burglary"],
}


def _count_rows(book: Book) -> Iterator[Row]:
    for role in ("current", "previous"):
        yield from (row for row in book.tables[role] if row.figures[TOTAL] is not None)


@pytest.mark.parametrize("name", NAMES)
def test_every_total_is_the_sum_of_its_parts(books: dict[str, Book], name: str) -> None:
    rows = list(_count_rows(books[name]))
    assert len(rows) == 2 * 82
    for row in rows:
        for total, parts in IDENTITIES.items():
            assert row.number(total) == sum(row.number(part) for part in parts), (row.partnership, total)


@pytest.mark.parametrize("name", NAMES)
def test_force_total_is_the_sum_of_its_partnerships_and_unassigned_rows(
    books: dict[str, Book], name: str
) -> None:
    for role in ("current", "previous"):
        rows = [row for row in books[name].tables[role] if row.figures[TOTAL] is not None]
        totals = [row for row in rows if not row.partnership]
        assert [row.force for row in totals] == [
            "Devon and Cornwall",
            "Greater Manchester",
            "Gwent",
            "Metropolitan Police",
            "Thames Valley",
        ]
        for total in totals:
            places = [row for row in rows if row.force_code == total.force_code and row.partnership]
            for header in MEASURES.values():
                assert total.number(header) == sum(row.number(header) for row in places), (
                    total.force,
                    header,
                )


@pytest.mark.parametrize("name", NAMES)
def test_printed_change_follows_from_the_two_counts(books: dict[str, Book], name: str) -> None:
    book = books[name]
    seen: set[str | None] = set()
    for row, now, before in zip(
        book.tables["change"], book.tables["current"], book.tables["previous"], strict=True
    ):
        for header in MEASURES.values():
            printed = row.figures[header]
            if row.partnership.lower().startswith("unassigned"):
                expected: object = None if now.figures[header] is None else "[x]"
            elif before.number(header) < 50:
                expected = "[u]"
            else:
                expected = pytest.approx(
                    100 * (now.number(header) / before.number(header) - 1), rel=1e-12, abs=1e-9
                )
            assert printed == expected, (row.force, row.partnership, header)
            seen.add(printed if isinstance(printed, str | None) else "a number")
    assert seen == {"[u]", "[x]", "a number", None}


@pytest.mark.parametrize("name", NAMES)
def test_printed_rate_implies_a_denominator_that_rounds_to_the_printed_one(
    books: dict[str, Book], name: str
) -> None:
    book, checked = books[name], 0
    for row, counts in zip(book.tables["rates"], book.tables["current"], strict=True):
        population, households = (row.figures[header] for header in book.headers["rates"][6:8])
        if not isinstance(row.figures[TOTAL], int | float):
            continue
        assert isinstance(population, int)
        assert isinstance(households, int)
        assert population % 100 == households % 100 == 0
        for header in MEASURES.values():
            printed = f"{header} (per 1,000 population)" if header == "Residential burglary" else header
            if counts.number(header):
                assert 1000 * counts.number(header) / row.number(printed) == pytest.approx(
                    population, abs=50.001
                )
                checked += 1
        per_home = row.number("Residential burglary (per 1,000 household)")
        assert 1000 * counts.number("Residential burglary") / per_home == pytest.approx(
            households, abs=50.001
        )
    assert checked > 1600


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_of_every_kind_the_publisher_has(books: dict[str, Book], name: str) -> None:
    rows = books[name].tables["current"]
    names = [row.partnership for row in rows]
    assert len([row for row in rows if row.authority_code.startswith("E09")]) == 33
    assert [row.partnership_code for row in rows if row.partnership == "Islington"] == ["E22000204"]
    assert len([row for row in rows if row.authority_code == "Combined Local Authorities"]) == 3
    assert len([row for row in rows if row.authority_code == "E06000060"]) == 4
    assert len([row for row in rows if row.partnership_code.startswith("W14")]) == 5
    assert {"Unassigned Metropolitan police", "Unassigned Devon and Cornwall ", "Manchester Airport"} <= {
        *names
    }
    met = [row.partnership for row in rows if row.force == "Metropolitan Police"]
    assert met[0] == ""
    assert met.index("Unassigned Metropolitan police") == met.index("Waltham Forest") - 1
    city = [row.partnership for row in rows if row.force == "City of London"]
    assert city == ["City of London"], "the City has no force total"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_published_is_marked_and_never_zero(books: dict[str, Book], name: str) -> None:
    rates = {row.partnership: row for row in books[name].tables["rates"]}
    city = rates["City of London"]
    assert city.force == "City of London[note 9]"
    assert list(city.figures.values())[2:] == ["[u1]"] * 24
    assert set(rates["Manchester Airport"].figures.values()) == {"[x]"}
    assert list(rates["Unassigned Devon and Cornwall "].figures.values())[:3] == ["[X]", "[X]", "[x]"]
    assert list(rates["Unassigned Gwent"].figures.values()) == ["[x]", "[x]", *[None] * 24]
    assert set(books[name].row("current", "Unassigned Gwent").figures.values()) == {None}
    counts = {type(value) for row in _count_rows(books[name]) for value in row.figures.values()}
    assert counts == {int}


@pytest.mark.parametrize(
    ("name", "role", "column"),
    [
        ("synthetic-csp-tables-2021-12.xlsx", "previous", "Data year ending December 2020"),
        ("synthetic-csp-tables-2021-12.xlsx", "current", "Data year ending December 2021"),
        ("synthetic-csp-tables-2022-06.xlsx", "current", "Data year ending June 2022"),
        ("synthetic-csp-tables-2022-12.xlsx", "previous", "Data year ending December 2021"),
    ],
)
def test_islington_is_the_report_s_except_for_its_two_misprints(
    books: dict[str, Book], name: str, role: Role, column: str
) -> None:
    with REPORT_TABLES.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.reader(lines) if len(row) == 5]
    printed = {row[0]: int(row[rows[0].index(column)]) for row in rows[1:]}
    ours = {
        "Total violence against the person:": "Violence against the person",
        "Death or serious violence caused by illegal driving": MEASURES[
            "death_or_serious_injury_illegal_driving"
        ],
        "Total theft offences:": "Theft offences",
    }
    islington = books[name].row(role, "Islington").figures
    different = {
        label: (figure, islington[ours.get(label, label)])
        for label, figure in printed.items()
        if islington[ours.get(label, label)] != figure
    }
    misprints = {
        "Data year ending December 2020": {"Burglary": (1208, 2108)},
        "Data year ending June 2022": {"Criminal damage and arson": (16, 1627)},
    }
    assert len(printed) == 23
    assert different == misprints.get(column, {})


def test_year_before_is_what_the_edition_one_year_earlier_said(books: dict[str, Book]) -> None:
    earlier = books["synthetic-csp-tables-2021-12.xlsx"].tables["current"]
    later = books["synthetic-csp-tables-2022-12.xlsx"].tables["previous"]
    for was, now in zip(earlier, later, strict=True):
        assert {header: now.figures[header] for header in was.figures} == was.figures, was.partnership
