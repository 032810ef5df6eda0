"""A name means one figure and a figure has one name, whatever characters its parts have."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.errors import UsageError
from civic_assets.harmonise.figures.names import (
    ID_SQL,
    NAME_SQL,
    FigureName,
    days_of,
    figure_name,
    id_parts,
    name_parts,
)

# What separates the parts of a name, in every part that a publisher's words can reach.
_AWKWARD = ":;[]=%/@ ,'\"\n%5D"
_TEXT = st.text(
    st.one_of(st.sampled_from(_AWKWARD), st.characters(codec="utf-8", exclude_characters="\0")), min_size=1
)
_WORD = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
_GROUP = st.lists(
    st.tuples(st.one_of(_WORD, st.sampled_from(["unit", "statistic", "total"])), _TEXT),
    min_size=1,
    max_size=3,
).map(lambda parts: ";".join(f"{key}={word}" for key, word in parts))
_DAYS = st.tuples(st.dates(date(1000, 1, 1), date(9000, 1, 1)), st.sampled_from([1, 31, 365, 366])).map(
    lambda drawn: (drawn[0], drawn[0] + timedelta(days=drawn[1]))
)


@st.composite
def _names(draw: st.DrawFn) -> FigureName:
    start, end = draw(_DAYS)
    return FigureName(
        source=draw(st.one_of(_WORD, _TEXT)),
        measure=draw(st.one_of(_WORD, _TEXT)),
        area=draw(st.one_of(st.sampled_from(["E09000019", "E23000001/unassigned"]), _TEXT)),
        start=start,
        end=end,
        breakdown=draw(st.one_of(st.just("total"), _GROUP, _TEXT)),
        unit=draw(st.one_of(st.sampled_from(["count", "percent", "per_1000_population"]), _TEXT)),
        statistic=draw(
            st.one_of(st.sampled_from(["flow", "stock", "rate", "change", "mean_of_stocks"]), _TEXT)
        ),
        release=draw(st.one_of(st.none(), _TEXT)),
    )


@given(_names())
def test_a_name_is_read_as_the_figure_that_it_was_written_for(name: FigureName) -> None:
    assert figure_name(str(name)).completed == name


@given(st.lists(_names(), min_size=2, max_size=6))
def test_the_read_model_writes_the_same_names_and_ids(names: list[FigureName]) -> None:
    rows = [replace(name, release=None) for name in names]
    columns = {
        "source": "source", "measure": "measure", "area_code": "area", "breakdown": "breakdown", "unit": "unit",
        "statistic": "statistic", "period_start": "start", "period_end": "end",
    }  # fmt: skip
    table = pa.table({column: [getattr(row, name) for row in rows] for column, name in columns.items()})
    with duckdb.connect() as connection:
        connection.register("figures", table)
        written = connection.execute(f"SELECT {NAME_SQL}, {ID_SQL} FROM figures").fetchall()
    assert written == [(str(row), row.figure_id) for row in rows]


@pytest.mark.parametrize(
    ("changed", "written"),
    [
        ({}, "ons_csp:burglary:E09000019:2024-01-01/2025-01-01"),
        ({"unit": "count", "statistic": "flow"}, "ons_csp:burglary:E09000019:2024-01-01/2025-01-01"),
        ({"unit": "percent"}, "ons_csp:burglary[unit=percent]:E09000019:2024-01-01/2025-01-01"),
        (
            {"unit": "percent", "statistic": "change", "breakdown": "compared_with=2023-01-01/2024-01-01"},
            ("ons_csp:burglary[compared_with=2023-01-01/2024-01-01;unit=percent;statistic=change]:E09000019:"
            "2024-01-01/2025-01-01"),
        ),
        (
            {"breakdown": "offence=assault [s.47]: 50%;kind=a/b"},
            "ons_csp:burglary[offence=assault [s.47%5D: 50%25;kind=a/b]:E09000019:2024-01-01/2025-01-01",
        ),
        ({"breakdown": "unit=team a"}, "ons_csp:burglary[unit%3Dteam a]:E09000019:2024-01-01/2025-01-01"),
        ({"release": "2024-12.r2"}, "ons_csp:burglary:E09000019:2024-01-01/2025-01-01@2024-12.r2"),
    ],
)  # fmt: skip
def test_names_look_as_people_write_them(changed: dict[str, str], written: str) -> None:
    name = FigureName("ons_csp", "burglary", "E09000019", date(2024, 1, 1), date(2025, 1, 1))
    assert str(replace(name, **changed)) == written  # type: ignore[arg-type]


def test_an_id_is_the_beginning_of_the_sha256_of_the_name_and_never_changes() -> None:
    name = figure_name("ons_csp:burglary:E09000019:2024-01-01/2025-01-01@2024-12")
    assert name.figure_id == replace(name, release=None).figure_id == "362c96973b06ba35"
    assert id_parts("362c96973b06ba35") == ("362c96973b06ba35", None)
    assert id_parts("362c96973b06ba35@2024-12") == ("362c96973b06ba35", "2024-12")
    assert id_parts("ons_csp:burglary:E09000019:2024") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("burglary", "not the name of a figure"),
        ("ons_csp:burglary[a=b:E09000019:2024-01-01/2025-01-01", "not the name of a figure"),
        ("ons_csp:burglary:E09000019:2024", "must be START/END"),
        ("ons_csp:burglary:E09000019:2024-13-01/2025-01-01", "month must be"),
        ("ons_csp:burglary:E09000019:2025-01-01/2024-01-01", "end after it starts"),
        ("ons_csp:burglary[unit=count;unit=percent]:E09000019:2024-01-01/2025-01-01", "two values for unit"),
    ],
)
def test_a_name_that_is_none_ends_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        figure_name(text)


def test_a_name_may_leave_its_period_to_words() -> None:
    parts = name_parts("dfe_exclusions:suspensions[phase=special;unit=count]:E09000019:2016/17@2016-17")
    assert (parts.breakdown, parts.unit, parts.period, parts.release) == (
        "phase=special", "count", "2016/17", "2016-17",
    )  # fmt: skip
    assert days_of(parts.period) is None
