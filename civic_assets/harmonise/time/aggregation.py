"""Flows of short periods added up to longer ones, exactly or not at all.

Belongs here: months to quarters, rolling, calendar, financial and academic years; quarters to years; terms to school
years; with the release that each sum was made from. Does not belong here: which parts and releases make a whole
(`choices`), which classes make a total (`recorded_crime`), and the published table of such sums
(`civic_assets.publish.unified.periods`), which also uses `sum_chosen`.

Only flows of events add up over time. A stock or a rate does not; nor does a count of persons "with at least one",
because one person may be in several months. Issues of the Met's files restate each other's months, so a sum comes from
one release unless the caller asks for more; the result names its releases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civic_assets.errors import CivicError
from civic_assets.harmonise.figures.complete_sums import part_columns, partial_columns, whole_columns
from civic_assets.harmonise.time.choices import (
    Counted,
    Issues,
    RefusedSum,
    Subject,
    Windows,
    chosen_part,
    not_additive,
    pick,
    unit_of_count,
    windows_of,
)
from civic_assets.tables.duckdb_connection import connect
from civic_assets.values.period_words import spoken_period
from civic_assets.values.periods import Period, PeriodKind

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

__all__ = [
    "AGGREGATED",
    "NEEDED",
    "Aggregation",
    "Issues",
    "RefusedSum",
    "aggregate",
    "sum_chosen",
    "unit_of_count",
]

AGGREGATED = "aggregated"
"""`method` of a figure that was added up from the publisher's own; it is exact, unlike a modelled figure."""

NEEDED = (
    "source", "release", "measure", "area_code", "area_name", "area_type", "period_start", "period_end", "period_kind",
    "statistic", "breakdown", "unit", "value", "status", "locator",
)  # fmt: skip
"""Columns that observations must have; those of `civic_assets.harmonise.observations.FIELDS` or the published ones."""


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Sums, and the sums that were refused.

    Args:
        table: One row for each figure and period asked for; columns of `NEEDED` (`release` gives all, joined by `+`;
            `locator` is the first and the last part's), and `releases` (list), `method`, `reason` (why there is no
            value), `n_parts`, `n_zero_rows` (parts without a row, if that means zero). Ordered by its key.
        refused: Refused sums, in order of source, measure and period.
    """

    table: pa.Table
    refused: tuple[RefusedSum, ...]


def aggregate(
    observations: pa.Table,
    wholes: Iterable[Period],
    *,
    part: PeriodKind = PeriodKind.MONTH,
    issues: Issues = Issues.ONE,
    absent_is_zero: bool = False,
    counted: Counted = unit_of_count,
) -> Aggregation:
    """Figures of one kind of period added up to longer periods.

    Args:
        observations: Columns as `NEEDED`, and `quality` if there is one. For a publisher with one file for each force
            (police.uk) pass the files of one force, because issues are distinguished by release alone.
        wholes: Periods to add up to.
        part: Kind of the periods that are added; figures of other kinds are ignored.
        issues: `ONE`: the newest release that holds the whole period. `NEWEST_OF_EACH_PART`: the newest release of each
            part; such a sum mixes vintages.
        absent_is_zero: Whether a missing row means zero if the release has the period, the class (in some area) and the
            area (with some class), as in the Met's files. Otherwise a missing row means that nothing is known.
        counted: What one unit of a source's measure is.

    Returns:
        A figure for each key (source, measure, area, breakdown, unit) for which at least one part was found.

    Raises:
        CivicError: A column is missing.
    """
    missing = [name for name in NEEDED if name not in observations.column_names]
    if missing:
        raise CivicError(
            f"observations to add up lack the column {missing[0]!r}; pass harmonised observations."
        )
    wanted = tuple(dict.fromkeys(wholes))
    series, refused = _series(observations, part, counted)
    chosen: list[dict[str, Any]] = []
    for place, (subject, windows) in enumerate(series.items()):
        for number, whole in enumerate(wanted):
            picked, why = pick(windows, whole, issues)
            chosen += [
                chosen_part(
                    place * len(wanted) + number,
                    whole,
                    subject,
                    period,
                    release,
                    absent_is_zero=absent_is_zero,
                )
                for period, release in picked
            ]
            if why:
                sentence = (
                    f"{subject.source} {subject.measure} cannot be added up to {spoken_period(whole)}: {why}."
                )
                refused.append(RefusedSum(*subject, whole, sentence))
    refused.sort(key=lambda refusal: (refusal.source, refusal.measure, str(refusal.period or "")))
    return Aggregation(_sums(observations, chosen), tuple(refused))


def _series(
    observations: pa.Table, part: PeriodKind, counted: Counted
) -> tuple[dict[Subject, Windows], list[RefusedSum]]:
    """Periods of each release that add up over time, by subject; the rest refused."""
    import pyarrow.compute as pc

    keys = ["source", "measure", "unit", "statistic", "release", "period_start", "period_end"]
    rows = observations.filter(pc.equal(observations["period_kind"], str(part))).group_by(keys).aggregate([])
    series, refused = windows_of(rows.to_pylist(), part), []
    for subject in list(series):
        why = not_additive(subject, counted(subject.source, subject.measure))
        if why:
            del series[subject]
            refused.append(RefusedSum(*subject, None, f"{subject.source} {subject.measure}: {why}."))
    return series, refused


def chosen_table(chosen: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows of `time_choices.chosen_part` as a table, typed when there are none."""
    import pyarrow as pa

    words = [(name, pa.string()) for name in (*Subject._fields, "release", "whole_kind", "part_kind")]
    days = [(name, pa.date32()) for name in ("whole_start", "whole_end", "part_start", "part_end")]
    schema = pa.schema([("whole", pa.int64()), *words, *days, ("absent_is_zero", pa.bool_())])
    return pa.Table.from_pylist(list(chosen), schema=schema)


def _sums(observations: pa.Table, chosen: Sequence[Mapping[str, Any]]) -> pa.Table:

    columns = [*NEEDED, *(name for name in ("quality",) if name in observations.column_names)]
    with connect() as connection:
        connection.register("observations", observations.select(columns))
        connection.register("chosen", chosen_table(chosen))
        sum_chosen(connection, "observations", "chosen", "sums", columns)
        return connection.sql(_SAID.format(method=AGGREGATED)).to_arrow_table()


_SAID = """
with ends as (
    select c.whole, o.area_code, o.breakdown,
        arg_min(o.locator, o.period_start) || '..' || arg_max(o.locator, o.period_start) as locator
    from observations o join chosen c using (source, measure, unit, statistic, release)
    where o.period_start = c.part_start and o.period_end = c.part_end and o.period_kind = c.part_kind
    group by all
)
select source, array_to_string(releases, '+') as release, measure, area_code, area_name, area_type, period_start,
    period_end, period_kind, statistic, breakdown, unit, value, status, reason, n_parts, n_zero_rows, e.locator,
    releases, '{method}' as method
from sums join sum_cells using (cell) join ends e using (whole, area_code, breakdown)
order by source, measure, area_code, breakdown, unit, period_start, period_end, period_kind
"""


def sum_chosen(
    connection: DuckDBPyConnection,
    figures: str,
    chosen: str,
    into: str,
    columns: Iterable[str],
) -> None:
    """Add up the chosen figures into a temporary table: one row for each sum of each cell.

    A cell is a figure without its period and release: one measure, breakdown and unit of an area. Figures and cells are
    grouped by numbers instead of words, so that millions of figures take seconds.

    Args:
        connection: Any connection that sees the two tables.
        figures: Table with the columns `NEEDED`, and `quality` if there is one.
        chosen: Table of rows of `time_choices.chosen_part`.
        into: Name of the temporary table of sums: whole, cell, period_start, period_end, period_kind, releases, and the
            columns of `complete_sums.whole_columns`. A second one, `sum_cells`, says what each cell is: cell, position
            (in order of the names), source, measure, unit, statistic, breakdown, area_code, area_name, area_type.
        columns: Columns of the figures.
    """
    for statement in (_HELD, _FIGURES, _CELLS, _WINDOWS, _PARTIAL, _SUMS):
        connection.execute(
            statement.format(
                figures=figures,
                chosen=chosen,
                into=into,
                parts=part_columns(tuple(columns)),
                partial=partial_columns("ordinal"),
                whole=whole_columns(),
            )
        )
    for name in ("held", "figures", "windows", "partial"):
        connection.execute(f"drop table sum_{name}")


_SUBJECT = "source, measure, unit, statistic"
_CELL = f"hash({_SUBJECT}, breakdown, area_code)"
# A part is what one release holds of one period of one subject.
_HELD = f"""create or replace temp table sum_held as
select row_number() over () as part, hash({_SUBJECT}, release, part_start, part_end, part_kind) as key, *
from (select distinct {_SUBJECT}, release, part_start, part_end, part_kind from {{chosen}})"""

_FIGURES = f"""create or replace temp table sum_figures as
with figures as (
    select *, {{parts}}, hash({_SUBJECT}, release, period_start, period_end, period_kind) as key from {{figures}}
)
select h.part, {_CELL} as cell, value, usable, case when not usable then why end as why, qualifying
from figures f join (select key, part from sum_held) h using (key)"""

_CELLS = f"""create or replace temp table sum_cells as
with cells as (
    select {_CELL} as cell, {_SUBJECT}, breakdown, area_code, max(area_name) as area_name, max(area_type) as area_type
    from {{figures}} f
    where hash({_SUBJECT}, release, period_start, period_end, period_kind) in (select key from sum_held)
    group by all
)
select row_number() over (order by {_SUBJECT}, area_code, breakdown) as position, * from cells"""

_WINDOWS = f"""create or replace temp table sum_windows as
select c.whole, h.part, c.release, c.whole_start, c.whole_end, c.whole_kind, c.absent_is_zero,
    row_number() over (partition by c.whole order by c.part_start, c.part_end) - 1 as ordinal
from {{chosen}} c join sum_held h using ({_SUBJECT}, release, part_start, part_end, part_kind)
where c.whole is not null"""

_PARTIAL = """create or replace temp table sum_partial as
select w.whole, w.release, f.cell, {partial}
from sum_figures f join sum_windows w using (part)
group by w.whole, w.release, f.cell"""

# A missing row is zero only in a release that has figures of the class and of the area.
_SUMS = f"""create or replace temp table {{into}} as
with expected as (
    select whole, release, any_value(whole_start) as period_start, any_value(whole_end) as period_end,
        any_value(whole_kind) as period_kind, bool_and(absent_is_zero) as absent_is_zero, count(*) as n_expected
    from sum_windows group by all
),
several as (select whole from expected group by whole having count(*) > 1),
held as (
    select distinct h.release, c.*
    from (select distinct part, cell from sum_figures) f join sum_held h using (part) join sum_cells c using (cell)
    where (select count(*) from several) > 0
),
classes as (select distinct {_SUBJECT}, release, breakdown, true as known_class from held),
places as (select distinct {_SUBJECT}, release, area_code, true as known_place from held),
keys as (select whole, cell from sum_partial group by all),
cells as (
    select k.whole, k.cell, e.* exclude (whole, absent_is_zero), p.* exclude (whole, release, cell),
        e.absent_is_zero and (p.n is not null or coalesce(known_class and known_place, false)) as absent_zero
    from keys k join expected e using (whole)
    left join sum_partial p using (whole, release, cell)
    join sum_cells c using (cell)
    left join classes using ({_SUBJECT}, release, breakdown)
    left join places using ({_SUBJECT}, release, area_code)
),
sums as (
    select whole, cell, any_value(period_start) as period_start, any_value(period_end) as period_end,
        any_value(period_kind) as period_kind, list_sort(list(release)) as releases, {{whole}}
    from cells group by whole, cell
)
select * from sums"""
