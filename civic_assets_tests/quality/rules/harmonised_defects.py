"""A release that fails each rule of the harmonised layer, its clean twin, and the accused cell.

Belongs here: rules about figures that stand together. Does not belong here: those of the raw and validated layers
(`test_rules_each`) and of our own tables (`civic_assets_tests.publish`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from civic_assets.contracts.particulars import CarriedForward
from civic_assets.quality.framework.release import ReleaseView
from civic_assets_tests.quality.rules.report_text import mended_text, text_with
from civic_assets_tests.releases import (
    fixture,
    mended_report,
    place_of,
    release_of,
    report,
    sample,
    unreserved,
    with_cells,
    with_observation,
)

Builder: TypeAlias = Callable[[], ReleaseView]
_LATEST = date(2021, 7, 1), date(2022, 7, 1)


def _report(**headers: str) -> ReleaseView:
    """The mended report with other headers of Table 2: `_report(year_4="December 2022")`."""
    place = {
        name: place_of(report(), "table_2", "Burglary", name.replace("_", "#"), "gla_report")
        for name in headers
    }
    grid = mended_report()
    header = release_of(grid, "gla_report", under=unreserved()).found["table_2"].header_row
    cells = {replace(place[name], row=header): f"Data year ending {text}" for name, text in headers.items()}
    return release_of(with_cells(grid, cells), "gla_report", under=unreserved())


def _changed(change: Callable[[pa.Table], pa.Table]) -> ReleaseView:
    release = release_of(sample())
    assert release.parsed is not None
    return replace(release, parsed=replace(release.parsed, observations=change(release.observations)))


def _row(release: ReleaseView, **wanted: Any) -> int:
    """First observation with these values."""
    rows: list[dict[str, Any]] = release.observations.select(list(wanted)).to_pylist()
    return rows.index(wanted)


def _at(**wanted: Any) -> Callable[[], str]:
    def locator() -> str:
        release = release_of(sample())
        return str(release.observations["locator"][_row(release, **wanted)].as_py())

    return locator


def _mid_year(text: str) -> ReleaseView:
    """The sample with populations and households of another year."""
    header = release_of(sample()).found["rates"].header_row
    cells = {
        replace(place_of(sample(), "rates", "Camden", name), row=header): f"{words} figures (mid-{text})"
        for name, words in (("population", "Population"), ("households", "Household"))
    }
    return release_of(with_cells(sample(), cells))


def _side_by_side(households: bool) -> ReleaseView:
    """The sample's rates as a table that claims to have one base; one column of it is per household."""

    def change(table: pa.Table) -> pa.Table:
        return table if households else table.filter(pc.not_equal(table["unit"], "per_1000_households"))

    release = _changed(change)
    return replace(release, contract=replace(release.contract, side_by_side=("rates",)))


def _two_codes(first: str, second: str) -> ReleaseView:
    """The sample with two areas of one table under other codes."""
    release = release_of(sample())
    for name, code in (("Camden", first), ("Barnet", second)):
        row = _row(release, table_id="counts_current", area_name=name, measure="robbery")
        release = with_observation(release, row, area_code=code, area_type="local_authority")
    return release


def _change_across(start: date, end: date) -> ReleaseView:
    """The sample with one change of stalking and harassment of another year."""
    release = release_of(sample())
    row = _row(release, table_id="percentage_change", area_name="Camden", measure="stalking_and_harassment")
    return with_observation(release, row, period_start=start, period_end=end)


def _given_from(start: date) -> ReleaseView:
    """One count of stalking and harassment of an earlier year, without the figures that it no longer adds up to."""
    release = _changed(
        lambda table: table.filter(
            pc.and_(
                pc.equal(table["table_id"], "counts_previous"),
                pc.equal(table["measure"], "stalking_and_harassment"),
            )
        )
    )
    row = _row(release, table_id="counts_previous", area_name="Camden", measure="stalking_and_harassment")
    return with_observation(release, row, period_start=start, period_end=start.replace(year=start.year + 1))


def panel(absent: tuple[str, ...], status: str | None = None) -> ReleaseView:
    """The sample's two years in one table; in the earlier one some areas have no figures, but perhaps a status."""

    def change(table: pa.Table) -> pa.Table:
        before = pc.equal(table["table_id"], "counts_previous")
        names = pa.array(["counts_current"] * table.num_rows)
        one = table.set_column(0, table.field(0), pc.if_else(before, names, table["table_id"]))
        gone = pc.and_(before, pc.is_in(table["area_name"], pa.array(absent, pa.string())))
        for name, blank in (
            ("value", pa.scalar(None, pa.float64())),
            ("status", pa.scalar(status, pa.string())),
        ):
            at = one.column_names.index(name)
            one = one.set_column(at, one.field(at), pc.if_else(gone, blank, one[name]))
        return one

    return _changed(change)


def _carried(until: date) -> ReleaseView:
    release = release_of(sample())
    entry = CarriedForward("Camden", ("E23000001",), date(2021, 1, 1), until, "a test")
    return replace(
        release,
        contract=replace(release.contract, carried_forward=(entry,)),
    )


def _titled(words: str) -> ReleaseView:
    place = place_of(sample(), "rates", "Camden", "robbery")
    block = release_of(sample()).found["rates"]
    return release_of(with_cells(sample(), {replace(place, row=0, column=0): f"{block.title} {words}"}))


HARMONISED: Mapping[str, tuple[Builder, Builder, Callable[[], str], frozenset[str]]] = {
    "H-01": (
        lambda: _report(year_4="June 2022"),
        lambda: _report(year_4="December 2022"),
        lambda: "L31:Data year ending June 2022",
        frozenset(),
    ),
    "H-04": (
        lambda: _mid_year("2020"),
        lambda: _mid_year("2022"),
        lambda: "",
        frozenset(),
    ),
    "H-06": (
        lambda: _side_by_side(households=True),
        lambda: _side_by_side(households=False),
        lambda: "",
        frozenset({"V-17", "V-18"}),
    ),
    # Buckinghamshire took the place of Aylesbury Vale on 1 April 2020.
    "H-07": (
        lambda: _two_codes("E06000060", "E07000004"),
        lambda: _two_codes("E06000060", "E07000240"),
        lambda: "",
        frozenset({"V-04", "V-05"}),
    ),
    # Conduct crimes are counted by other rules since 1 May 2023.
    "H-11": (
        lambda: _change_across(date(2023, 7, 1), date(2024, 7, 1)),
        lambda: _change_across(date(2024, 7, 1), date(2025, 7, 1)),
        _at(table_id="percentage_change", area_name="Camden", measure="stalking_and_harassment"),
        frozenset({"H-14"}),
    ),
    "H-13": (
        lambda: _report(year_2="December 2020"),
        lambda: _report(
            year_1="December 2016", year_2="December 2017", year_3="December 2018", year_4="December 2019"
        ),
        lambda: "L31:Data year ending December 2020",
        frozenset({"H-01", "H-14"}),
    ),
    # Malicious communications became notifiable in April 2015.
    "H-14": (
        lambda: _given_from(date(2014, 7, 1)),
        lambda: _given_from(date(2019, 7, 1)),
        lambda: "",
        frozenset(),
    ),
    "H-15": (lambda: panel(("Camden", "Barnet")), lambda: panel(()), lambda: "", frozenset({"R-07"})),
    "H-16": (
        lambda: _carried(date(2022, 7, 1)),
        lambda: _carried(date(2021, 6, 30)),
        lambda: "",
        frozenset(),
    ),
    "K-04": (
        lambda: fixture("met_borough", "recent.csv", ("THEFT FROM THE PERSON", "THEFT BY DRONE")),
        lambda: fixture("met_borough", "recent.csv"),
        lambda: "",
        frozenset({"V-05", "V-06", "V-07"}),
    ),
    # The text beside the tables: 26 stakeholders or 25, a month of the borough, the newest figures.
    "X-01": (
        lambda: text_with(("newest", "recorded crime", ""), period="March 2021 to June 2022"),
        lambda: mended_text(),
        lambda: "L65:Statement",
        frozenset(),
    ),
    "X-05": (
        lambda: mended_text(shoplifting="28"),
        lambda: mended_text(),
        lambda: "L59:Statement",
        frozenset(),
    ),
    "X-14": (
        lambda: mended_text(stakeholders="25"),
        lambda: mended_text(),
        lambda: "L52:Statement",
        frozenset(),
    ),
    "H-17": (
        lambda: _titled("a rising trend"),
        lambda: _titled("as published"),
        lambda: f"{place_of(sample(), 'rates', 'Camden', 'robbery').sheet}!A1",
        frozenset(),
    ),
}
"""(broken, clean, address of the accused cell, what else fails with it) by rule."""
