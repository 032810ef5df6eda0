"""Words of a person lead to one figure, or to a question back with names that can be copied. Figures are synthetic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from civic_assets.errors import AmbiguousFigure, NotPublished, UsageError
from civic_assets.harmonise.figures.names import NAME_SQL, figure_name
from civic_assets.publish.queries.figure_query import FigureQuery, asked
from civic_assets.publish.queries.figure_words import resolve, row_of, row_of_text
from civic_assets.publish.read_model.locate import (
    AsOf,
    locate,
    locate_one,
    locate_texts,
    names_of,
)
from civic_assets_tests.publish.read_models import figure, read_model

YEAR = (date(2024, 1, 1), date(2025, 1, 1))
BEFORE = (date(2023, 1, 1), date(2024, 1, 1))
OUT = {"2024-09": date(2025, 1, 30), "2024-12": date(2025, 4, 30)}
ISLINGTON, CAMDEN = "E09000019", "E09000007"


def _crime(
    measure: str,
    area: str,
    value: float | None,
    release: str = "2024-12",
    /,
    period: tuple[date, date] = YEAR,
    **other: Any,
) -> dict[str, Any]:
    row = {"period_kind": "rolling_year", **other}
    start, end = period
    return figure(row.pop("source", "ons_csp"), release, measure, area, start, end, value, **row)


def _figures() -> Iterator[dict[str, Any]]:
    named: dict[str, Any] = {"area_name": "Islington"}
    yield _crime("burglary", ISLINGTON, 1803.0, **named)
    yield _crime("burglary", ISLINGTON, 1790.0, "2024-09", **named)
    yield _crime("burglary", ISLINGTON, 1950.0, period=BEFORE, **named)
    yield _crime("burglary", ISLINGTON, 8.3, **named, unit="per_1000_population", statistic="rate")
    yield _crime("burglary", ISLINGTON, -7.5, **named, unit="percent", statistic="change")
    for reason, value in (("theft", 2.0), ("racist abuse", None)):
        yield _crime("burglary", ISLINGTON, value, **named, breakdown=f"reason={reason}")
    yield _crime("robbery", ISLINGTON, 5.0, **named, breakdown="phase=special;reason=theft")
    yield _crime("robbery", ISLINGTON, 7.0, **named, breakdown="phase=primary")
    yield _crime("robbery", CAMDEN, 9.0, area_name="Camden", breakdown="phase=primary")
    # A class that the newest issue no longer prints, and those that it prints.
    yield _crime("theft", CAMDEN, 2.0, "2024-09", area_name="Camden", breakdown="minor=old", newest=False)
    for minor in ("bicycle", "shop"):
        yield _crime("theft", CAMDEN, 1.0, area_name="Camden", breakdown=f"minor={minor}")
    # One name, two kinds of area; the second is called so by another publisher, of another measure.
    force: dict[str, Any] = {"area_name": "Durham", "area_type": "police_force_area"}
    county: dict[str, Any] = {"area_name": "County Durham", "area_type": "unitary_authority"}
    yield _crime("burglary", "E23000008", 30.0, **force)
    yield _crime("burglary", "E06000047", 20.0, **county)
    yield _crime(
        "suspensions", "E06000047", 6.0, source="dfe_exclusions", **county, area_name_printed="Durham"
    )
    yield _crime("arson", "E07000146", 3.0, area_name="King's Lynn  and West Norfolk")
    for code in ("E23000008", "E06000047"):
        named_so = force if code == "E23000008" else county
        yield _crime("theft", code, 1.0, breakdown="minor=shop", **named_so)
    yield _crime("drug_offences", ISLINGTON, 4.0, **named)
    yield _crime("drug_offences", ISLINGTON, 4.0, **named, source="gla_report")
    yield _crime("robbery_rate", ISLINGTON, 4.0, **named, unit="percent", statistic="rate")
    yield _crime("robbery_rate", ISLINGTON, 3.0, **named, unit="per_1000_population", statistic="rate")
    yield _crime("neet_percent", ISLINGTON, 4.0, **named, unit="percent", statistic="rate")
    yield _crime("neet_percent", ISLINGTON, 0.5, **named, unit="percentage_points", statistic="change")
    yield _crime("arson", "E05000001", 4.0, area_name="Kilburn")
    yield _crime("arson", "E05000002", 6.0, area_name="Kilburn")
    yield _crime("burglary", "E23000001/unassigned", 12.0, area_name="Unassigned Metropolitan Police")
    for kind in range(25):
        yield _crime("abuse", ISLINGTON, 1.0, **named, breakdown=f"kind=kind {kind}")
    for school_year in (2023, 2024):
        period = (date(school_year, 9, 1), date(school_year + 1, 9, 1))
        yield _crime("suspensions", ISLINGTON, 10.0, **named, period=period, period_kind="academic_year")


@pytest.fixture(scope="module")
def model() -> Iterator[duckdb.DuckDBPyConnection]:
    rows = list(_figures())
    releases = sorted({(row["source"], row["release"]) for row in rows})
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA harmonised; CREATE SCHEMA catalogue")
        rows = [{"area_name_printed": row["area_name"], "newest": True, **row} for row in rows]
        columns = {name: [row.get(name) for row in rows] for name in rows[0]}
        table = pa.table({**columns, "partnership_code": pa.array([None] * len(rows), pa.string())})
        connection.register("incoming", table)
        connection.execute(
            """CREATE TABLE harmonised.observations AS
            SELECT *, (dense_rank() OVER (ORDER BY release))::INTEGER AS release_order FROM incoming"""
        )
        connection.execute(
            """CREATE TABLE catalogue.releases (source VARCHAR, release VARCHAR, available_from DATE,
            available_from_basis VARCHAR, retrieved_at VARCHAR)"""
        )
        connection.executemany(
            "INSERT INTO catalogue.releases VALUES (?, ?, ?, 'expected', '2026-01-15T09:00:00Z')",
            [(source, release, OUT[release]) for source, release in releases],
        )
        yield connection


def _value(model: duckdb.DuckDBPyConnection, row: int) -> float | None:
    (value,) = model.execute("SELECT value FROM harmonised.observations WHERE rowid = ?", [row]).fetchall()[0]
    return None if value is None else float(value)


@pytest.mark.parametrize(
    ("wanted", "value"),
    [
        (FigureQuery("burglary", ISLINGTON, "2024-01-01/2025-01-01"), 1803.0),
        (FigureQuery("Burglary", "ISLINGTON", "2024"), 1803.0),
        (FigureQuery("burglary", "e09000019", "ye dec 2023"), 1950.0),
        (FigureQuery("drug offences", "Islington", "2024", source="GLA_report"), 4.0),
        (FigureQuery("burglary", ISLINGTON, "2024", unit="per 1000 population"), 8.3),
        (FigureQuery("burglary", ISLINGTON, "2024", unit="percent"), -7.5),
        (FigureQuery("burglary", ISLINGTON, "2024", breakdown="Reason = Theft"), 2.0),
        (FigureQuery("robbery", ISLINGTON, "2024", breakdown="reason=theft;phase=special"), 5.0),
        (FigureQuery("robbery", "Camden", "2024", breakdown="phase=primary"), 9.0),
        (FigureQuery("burglary", "Islington ", "2024"), 1803.0),
        (FigureQuery("burglary", " e09000019", "2024"), 1803.0),
        (FigureQuery("arson", "King\u2019s Lynn and  west norfolk", "2024"), 3.0),
        (FigureQuery("suspensions", "Durham", "2024"), 6.0),
        (FigureQuery("neet_percent", ISLINGTON, "2024"), 4.0),
        (FigureQuery("burglary", "E23000001/unassigned", "2024"), 12.0),
        (FigureQuery("suspensions", "islington", "2023/24"), 10.0),
        (FigureQuery("burglary", ISLINGTON, "2024", release="2024-09"), 1790.0),
    ],
)
def test_words_that_mean_one_figure_find_it(
    model: duckdb.DuckDBPyConnection, wanted: FigureQuery, value: float
) -> None:
    assert _value(model, row_of(model, wanted)) == value


@pytest.mark.parametrize(
    ("wanted", "words", "choices"),
    [
        (
            FigureQuery("robbery", ISLINGTON, "2024-01-01/2025-01-01"),
            "has no total: ons_csp publishes 2 groups",
            ("ons_csp:robbery[phase=primary]:E09000019:2024-01-01/2025-01-01",
             "ons_csp:robbery[phase=special;reason=theft]:E09000019:2024-01-01/2025-01-01"),
        ),
        (
            FigureQuery("robbery", "Camden", "2024"),
            "has no total: ons_csp publishes 1 group. Give its name",
            ("ons_csp:robbery[phase=primary]:E09000007:2024-01-01/2025-01-01",),
        ),
        (
            asked("ons_csp:robbery:E09000007:2024-01-01/2025-01-01"),
            "has no total: ons_csp publishes 1 group",
            ("ons_csp:robbery[phase=primary]:E09000007:2024-01-01/2025-01-01",),
        ),
        (
            FigureQuery("theft", CAMDEN, "2024"),
            "has no total: ons_csp publishes 2 groups",
            ("ons_csp:theft[minor=bicycle]:E09000007:2024-01-01/2025-01-01",
             "ons_csp:theft[minor=shop]:E09000007:2024-01-01/2025-01-01"),
        ),
        (
            asked("ons_csp:theft:E09000007:2024@2024-09"),
            "has no total: ons_csp publishes 1 group",
            ("ons_csp:theft[minor=old]:E09000007:2024-01-01/2025-01-01@2024-09",),
        ),
        (
            FigureQuery("burglary", "durham", "2024"),
            "County Durham (E06000047, unitary authority) and Durham (E23000008, police force area)",
            ("ons_csp:burglary:E06000047:2024-01-01/2025-01-01", "ons_csp:burglary:E23000008:2024-01-01/2025-01-01"),
        ),
        (
            FigureQuery("theft", "Durham", "2024", breakdown="minor=shop"),
            "or one of these names",
            ("ons_csp:theft[minor=shop]:E06000047:2024-01-01/2025-01-01",
             "ons_csp:theft[minor=shop]:E23000008:2024-01-01/2025-01-01"),
        ),
        (
            FigureQuery("drug_offences", ISLINGTON, "2024"),
            "is published by gla_report and ons_csp",
            ("gla_report:drug_offences:E09000019:2024-01-01/2025-01-01",
             "ons_csp:drug_offences:E09000019:2024-01-01/2025-01-01"),
        ),
        (
            FigureQuery("robbery_rate", ISLINGTON, "2024"),
            "several units, none of them a count",
            ("ons_csp:robbery_rate[unit=per_1000_population]:E09000019:2024-01-01/2025-01-01",
             "ons_csp:robbery_rate[unit=percent]:E09000019:2024-01-01/2025-01-01"),
        ),
        (
            FigureQuery("arson", "kilburn", "2024"),
            "2 areas are called 'kilburn'",
            ("ons_csp:arson:E05000001:2024-01-01/2025-01-01", "ons_csp:arson:E05000002:2024-01-01/2025-01-01"),
        ),
        (
            FigureQuery("burglary", ISLINGTON, "2024", breakdown="reason=fraud"),
            "for the group 'reason=fraud'",
            ("ons_csp:burglary:E09000019:2024-01-01/2025-01-01",
             "ons_csp:burglary[reason=racist abuse]:E09000019:2024-01-01/2025-01-01",
             "ons_csp:burglary[reason=theft]:E09000019:2024-01-01/2025-01-01"),
        ),
    ],
)  # fmt: skip
def test_what_is_left_open_is_asked_back_with_names_that_work(
    model: duckdb.DuckDBPyConnection, wanted: FigureQuery, words: str, choices: tuple[str, ...]
) -> None:
    with pytest.raises(AmbiguousFigure) as caught:
        row_of(model, wanted)
    assert words in str(caught.value)
    assert sorted(caught.value.choices) == sorted(choices)
    assert all(name in str(caught.value) for name in choices)
    for name in choices:
        row = row_of_text(model, name)
        found = model.execute(
            f"SELECT {NAME_SQL} FROM harmonised.observations o WHERE rowid = ?", [row]
        ).fetchall()
        assert found == [(name.partition("@")[0],)]


def test_short_name_of_a_measure_is_not_taken_for_another_measure_one_letter_away() -> None:
    rows = [
        _crime(name, ISLINGTON, 5.0, source="dfe_children_in_need")
        for name in ("referrals_to_social_services", "rereferrals", "referrals_not_in_need", "population")
    ]
    roles = [("referrals_to_social_services", "count"), ("population", "denominator")]
    wanted = FigureQuery("referrals", ISLINGTON, "2024")
    columns = "indicator VARCHAR, measure VARCHAR, role VARCHAR"
    with read_model(rows) as model:
        model.execute(f"CREATE OR REPLACE TABLE harmonised.indicator_figures ({columns})")
        model.executemany("INSERT INTO harmonised.indicator_figures VALUES ('referrals', ?, ?)", roles)
        with pytest.raises(NotPublished) as caught:
            row_of(model, wanted)
    hint = str(caught.value).partition("Did you mean ")[2]
    assert hint.startswith("referrals_to_social_services")
    assert "rereferrals" not in hint and "population" not in hint


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (FigureQuery("burglery", ISLINGTON, "2024"), "Did you mean burglary?"),
        (FigureQuery("burglary", "Islngton", "2024"), "Did you mean Islington (E09000019)?"),
        (
            FigureQuery("burglary", "Camden", "2024"),
            "No figure of burglary is published for Camden (E09000007)",
        ),
        (
            FigureQuery("burglary", ISLINGTON, "2019"),
            "Published: 2024-01-01/2025-01-01 (year ending December 2024, ons_csp)",
        ),
        (FigureQuery("suspensions", ISLINGTON, "2024"), "is published for the period '2024'"),
        (FigureQuery("burglary", ISLINGTON, "2000-01-01/2001-01-01"), "Published: 2024-01-01/2025-01-01"),
        (FigureQuery("burglary", ISLINGTON, "2024", source="ons_pfa"), "with the source 'ons_pfa'"),
        (FigureQuery("burglary", ISLINGTON, "2024", unit="per_100_pupils"), "with the unit 'per_100_pupils'"),
        (FigureQuery("burglary", ISLINGTON, "2024", release="2018-03"), "Choose 2024-09 or 2024-12"),
    ],
)
def test_what_is_not_published_says_what_there_is(
    model: duckdb.DuckDBPyConnection, wanted: FigureQuery, words: str
) -> None:
    with pytest.raises(NotPublished) as caught:
        row_of(model, wanted)
    assert words in str(caught.value)


def test_a_period_that_cannot_be_read_ends_with_the_ways_to_write_one(
    model: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.raises(UsageError, match="START/END"):
        row_of(model, FigureQuery("burglary", ISLINGTON, "last year"))


def test_the_newest_issue_answers_and_a_day_asks_for_what_was_out(model: duckdb.DuckDBPyConnection) -> None:
    name = "ons_csp:burglary:E09000019:2024-01-01/2025-01-01"
    assert _value(model, row_of_text(model, name)) == 1803.0
    assert _value(model, row_of_text(model, name, AsOf(published=date(2025, 4, 29)))) == 1790.0
    assert _value(model, row_of_text(model, name, AsOf(received=date(2026, 1, 15)))) == 1803.0
    with pytest.raises(NotPublished) as early:
        row_of_text(model, name, AsOf(published=date(2025, 1, 29)))
    assert (
        "was not yet published on 2025-01-29: its first issue here, 2024-09, was published on 2025-01-30"
        in str(early.value)
    )
    assert "the file states no day" in str(early.value) and "Published:" not in str(early.value)
    with pytest.raises(NotPublished, match="not yet received on 2026-01-14") as unheld:
        row_of_text(model, name, AsOf(published=date(2025, 2, 1), received=date(2026, 1, 14)))
    assert "use --as-of for what was published" in str(unheld.value)


def test_an_id_finds_the_newest_issue_of_its_figure_and_with_a_release_that_one(
    model: duckdb.DuckDBPyConnection,
) -> None:
    name = figure_name("ons_csp:burglary:E09000019:2024-01-01/2025-01-01")
    assert _value(model, row_of_text(model, name.figure_id)) == 1803.0
    assert _value(model, row_of_text(model, f"{name.figure_id.upper()}@2024-09")) == 1790.0
    with pytest.raises(NotPublished, match="No published figure has the id"):
        row_of_text(model, "0" * 16)


def test_every_row_is_found_by_its_own_name_alone_or_with_all_others(
    model: duckdb.DuckDBPyConnection,
) -> None:
    names = names_of(model)
    found = locate_texts(model, names)
    assert found["name"].to_pylist() == found["row"].to_pylist() == list(range(len(names)))
    assert set(found["choices"].to_pylist()) == {1}
    for row, text in enumerate(names):
        assert locate_one(model, figure_name(text)) == (row, 1)
        assert row_of_text(model, text) == row


def test_a_name_of_nothing_is_missing_from_the_answer(model: duckdb.DuckDBPyConnection) -> None:
    names = [
        figure_name(f"ons_csp:{measure}:{ISLINGTON}:2024-01-01/2025-01-01") for measure in ("no", "burglary")
    ]
    assert locate(model, names)["name"].to_pylist() == [1]


def test_words_in_any_case_resolve_to_the_full_name(model: duckdb.DuckDBPyConnection) -> None:
    found = resolve(model, FigureQuery("BURGLARY", "islington", "2024", unit="Percent"))
    assert str(found) == "ons_csp:burglary[unit=percent;statistic=change]:E09000019:2024-01-01/2025-01-01"


def test_a_group_that_is_none_ends_with_the_nearest_and_says_of_how_many(
    model: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.raises(AmbiguousFigure) as caught:
        row_of(model, FigureQuery("robbery", ISLINGTON, "2024", breakdown="special"))
    assert "phase=special" in caught.value.choices[0] and len(caught.value.choices) == 2
    with pytest.raises(AmbiguousFigure) as many:
        row_of(model, FigureQuery("abuse", ISLINGTON, "2024", breakdown="kind 7"))
    assert "The nearest of 25 figures are" in str(many.value) and "... and 15 more" in str(many.value)
    assert "[kind=kind 7]" in many.value.choices[0] and len(many.value.choices) == 25


def test_areas_of_one_name_without_totals_are_named_and_their_groups_are_choices(
    model: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.raises(AmbiguousFigure, match=r"Give a code\.$") as caught:
        row_of(model, FigureQuery("theft", "Durham", "2024"))
    assert len(caught.value.choices) == 2


def test_a_release_that_was_not_out_is_named_once(model: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(NotPublished) as early:
        row_of_text(model, "ons_csp:burglary:E09000019:2024@2024-12", AsOf(published=date(2025, 4, 29)))
    assert "the release 2024-12 was published on 2025-04-30" in str(early.value)
