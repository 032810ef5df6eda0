"""A release that fails each rule about what is left out, repeated or shown against the publisher's own word.

Belongs here: K-05 to K-07. Does not belong here: the other rules of the validated layer (`test_rules_each`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from civic_assets.quality.framework.release import ReleaseView
from civic_assets_tests.releases import (
    locator,
    place_of,
    release_of,
    sample,
    sheet_of,
    value_at,
    with_cells,
    with_sheet,
)

Builder: TypeAlias = Callable[[], ReleaseView]


def without_row(table: str, name: str) -> ReleaseView:
    """The sample without an area in one of its tables."""
    sheet, place = sheet_of(sample(), table), place_of(sample(), table, name, "robbery")
    rows = [row for at, row in enumerate(sheet.rows) if at != place.row]
    return release_of(with_sheet(sample(), replace(sheet, rows=rows)))


def after(change: Callable[[pa.Table], pa.Table]) -> ReleaseView:
    """The sample, with an earlier edition that is a change of its own observations."""
    release = release_of(sample())
    return replace(release, history={"2022-03": change(release.observations)})


def with_a_class_more(table: pa.Table) -> pa.Table:
    """Every area's robberies once more, as a class that the sample has not."""
    robbery = table.filter(pc.equal(table["measure"], "robbery"))
    at = robbery.column_names.index("breakdown")
    more = robbery.set_column(at, robbery.field(at), pa.array(["weapon=sword"] * robbery.num_rows))
    return pa.concat_tables([table, more])


def a_quarter_earlier(table: pa.Table) -> pa.Table:
    """The same figures, of years that end a quarter earlier."""
    for name in ("period_start", "period_end"):
        days = [_earlier(day) for day in table[name].to_pylist()]
        at = table.column_names.index(name)
        table = table.set_column(at, table.field(at), pa.array(days, pa.date32()))
    return table


def _earlier(day: date) -> date:
    return day.replace(year=day.year - (day.month <= 3), month=(day.month - 4) % 12 + 1, day=1)


def with_last_year_pasted(column: str) -> ReleaseView:
    """The sample with a column of the year before in the current one; force totals, places and areas alike."""
    found = release_of(sample()).found
    now, then = found["counts_current"], found["counts_previous"]
    cells = {}
    before = dict(
        zip(
            zip(then.texts("force_name"), then.texts("partnership_name"), strict=True),
            then.cells(column),
            strict=True,
        )
    )
    place = place_of(sample(), "counts_current", "Camden", column)
    names = zip(now.texts("force_name"), now.texts("partnership_name"), strict=True)
    for row, name in zip(now.rows, names, strict=True):
        cells[replace(place, row=row)] = before[name]
    return release_of(with_cells(sample(), cells))


def change_shown(hidden: bool) -> ReleaseView:
    """The sample with a number instead of the mark of one change on a small base."""
    place = place_of(sample(), "percentage_change", "Camden", "homicide")
    assert value_at(sample(), place) in ("[u]", "[x]")
    return release_of(sample() if hidden else with_cells(sample(), {place: 12.5}))


def _sample() -> ReleaseView:
    return release_of(sample())


LEFT_OUT: Mapping[str, tuple[Builder, Builder, Callable[[], str], frozenset[str]]] = {
    "K-05": (lambda: without_row("rates", "Camden"), _sample, lambda: "", frozenset({"V-13", "V-15"})),
    "K-06": (
        lambda: with_last_year_pasted("robbery"),
        _sample,
        lambda: "",
        frozenset({"V-10", "V-15", "V-17", "V-18", "V-23"}),
    ),
    "K-07": (
        lambda: change_shown(hidden=False),
        lambda: change_shown(hidden=True),
        lambda: locator(sample(), place_of(sample(), "percentage_change", "Camden", "homicide")),
        frozenset({"V-15", "V-16", "V-17"}),
    ),
}
"""(broken, clean, address of the accused cell, what else fails with it) by rule."""
