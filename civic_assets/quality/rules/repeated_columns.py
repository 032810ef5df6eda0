"""Rules about figures that were published before, under another date.

Belongs here: K-06. Does not belong here: bytes that were published before (R-01, `rules.file`), rows that appear twice
(V-01, `rules.schema`) and revisions of the same period.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.calendar import OLD_FILE_RELEASES
from civic_assets.house_numbers.listing import REPEATED_COLUMNS_LISTED
from civic_assets.house_numbers.statistics import REPEATED_BITS
from civic_assets.quality.analyses.history import columns_of
from civic_assets.quality.framework.in_sql import in_sql
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import breakdown_words, counted, measure_name, period_name

if TYPE_CHECKING:
    import pyarrow as pa

_NUMBERED = ("period_start", "period_end", "value")
_COLUMNS = ["measure", "breakdown", "area_code", *_NUMBERED, "unit", "statistic", "locator"]

# Which periods of a measure have the same figures in all areas. A figure that two tables or releases give for one
# period is one figure, the first of the release under examination if that has it; `now` says that it has.
# Texts are numbers here (areas in the order of their codes), because they need not be compared letter by letter.
_EQUAL = f"""
WITH once AS (
        SELECT measure, breakdown, period_start, period_end, area, arg_min(value, place) AS value,
            bool_or(now) AS now, min(place) AS place
        FROM (SELECT *, CASE WHEN now THEN row_at - {2**40} ELSE row_at END AS place FROM o) GROUP BY ALL
    ),
    vectors AS (
        SELECT measure, breakdown, period_start, period_end, bool_or(now) AS now, count(*) AS areas,
            sum(value) AS total, sum(hash(area, value)::HUGEINT) AS print, min_by(place, area) AS place,
            sum(log2(2 * sqrt(pi() * greatest(abs(value), 1 / (4 * pi()))))) AS bits
        FROM once GROUP BY ALL
    )
SELECT a.measure, a.breakdown, a.period_start, a.period_end, b.period_start AS other_start, b.period_end AS other_end,
    a.areas, a.total, a.place & {2**40 - 1} AS row_at, b.place & {2**40 - 1} AS other_at, b.now AS both_here
FROM vectors a JOIN vectors b
    ON a.measure = b.measure AND a.breakdown = b.breakdown AND a.areas = b.areas AND a.total = b.total
    AND a.print = b.print AND a.period_end > b.period_end AND a.period_start > b.period_start
WHERE a.now AND a.bits >= {REPEATED_BITS}
QUALIFY row_number() OVER (PARTITION BY a.measure, a.breakdown, a.period_start ORDER BY b.period_end DESC) = 1
"""
_NUMBER = (
    "SELECT count(*) FROM (SELECT DISTINCT measure, breakdown, period_start, period_end FROM o WHERE now)"
)


@rule(
    "K-06",
    "Figures of the right period",
    dimension="timeliness",
    layer="validated",
    severity="warning",
    statement="No measure has the same counts in all areas for two periods, in this release or the four before it, "
    "unless the probability of that by chance is above one in 2^40 (Poisson counts).",
    cannot_tell="an old column in which single figures were changed; small counts that repeat by chance",
    guidance="Ask the publisher which period the figures are for.",
)
def own_figures(release: ReleaseView) -> RuleOutcome:
    """K-06: last year's column under this year's header, or an old file under a new title; one finding per period."""
    earlier = (
        columns_of(release.history, name, _COLUMNS) for name in list(release.history)[-OLD_FILE_RELEASES:]
    )
    counts = [_counts_of_events(table) for table in (*earlier, release.observations)]
    if not counts[-1].num_rows:
        return not_evaluated("no_input", "no counts of events")
    coded, names = _coded(counts)
    with in_sql(o=coded) as connection:
        (number,) = connection.execute(_NUMBER).fetchone() or (0,)
        cursor = connection.execute(_EQUAL)
        columns = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        row["measure"], row["breakdown"] = (
            names["measure"][row["measure"]],
            names["breakdown"][row["breakdown"]],
        )
    rows.sort(key=lambda row: (row["measure"], row["breakdown"], row["period_start"]))
    findings = [_finding(release, _with_locators(row, counts)) for row in rows[:REPEATED_COLUMNS_LISTED]]
    return outcome_of(
        number, findings, f"{counted(number, 'measure and period', 'measures and periods')}", len(rows)
    )


def _counts_of_events(table: pa.Table) -> pa.Table:
    """Rows with a count of events."""
    import pyarrow.compute as pc

    flow = pc.and_(pc.equal(table["unit"], "count"), pc.equal(table["statistic"], "flow"))
    return table.select(_COLUMNS).filter(pc.and_(flow, pc.is_valid(table["value"])))


def _coded(tables: Sequence[pa.Table]) -> tuple[pa.Table, dict[str, list[str]]]:
    """Releases, oldest first, as one table of numbers, and the text of each number.

    Returns:
        `measure`, `breakdown` and `area` as numbers (areas in the order of their codes), `period_start`, `period_end`,
        `value`, `row_at` (of all releases together) and `now` (whether it is the last release); and the texts.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pa.concat_tables(table.select(list(_NUMBERED)) for table in tables)
    columns, names = {}, {}
    for name, column in (("measure", "measure"), ("breakdown", "breakdown"), ("area", "area_code")):
        chunks = [
            chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
            for table in tables
            for chunk in table[column].chunks
        ]
        texts = pa.chunked_array(chunks).unify_dictionaries().combine_chunks()
        if isinstance(texts, pa.ChunkedArray):
            texts = texts.chunk(0)
        order = pc.sort_indices(texts.dictionary)
        places = np.empty(len(order), np.int32)
        places[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
        columns[name] = pc.take(pa.array(places), texts.indices)
        names[name] = texts.dictionary.take(order).to_pylist()
    size, last = whole.num_rows, tables[-1].num_rows
    columns["row_at"] = pa.array(np.arange(size))
    columns["now"] = pa.array(np.arange(size) >= size - last)
    for name, column in columns.items():
        whole = whole.append_column(name, column)
    return whole, names


def _with_locators(row: dict[str, Any], tables: Sequence[pa.Table]) -> dict[str, Any]:
    return {
        **row,
        "locator": _locator(row["row_at"], tables),
        "other_locator": _locator(row["other_at"], tables),
    }


def _locator(row: int | None, tables: Sequence[pa.Table]) -> str | None:
    """Address of the figure in a row of all releases together."""
    if row is None:
        return None
    for table in tables:
        if row < table.num_rows:
            found: str | None = table["locator"][row].as_py()
            return found
        row -= table.num_rows
    raise IndexError(row)


def _finding(release: ReleaseView, row: dict[str, Any]) -> Finding:
    name = measure_name(release.contract, row["measure"])
    classes = breakdown_words(row["breakdown"])
    what = f"{name} ({classes})" if classes else name
    where = f"at {row['other_locator']} of this release" if row["both_here"] else "in an earlier release"
    message = (
        f"{row['locator']}: {what} for {period_name(row['period_start'], row['period_end'])} repeats the figures for "
        f"{period_name(row['other_start'], row['other_end'])} ({where}): {counted(row['areas'], 'area')} "
        f"{'has' if row['areas'] == 1 else 'have'} the same figures, {row['total']:,.0f} in total. One of the two has "
        "the wrong date."
    )
    return Finding(
        "K-06",
        message,
        row["locator"],
        [row["locator"]],
        severity="warning",
        measure=row["measure"],
        period_start=str(row["period_start"]),
        period_end=str(row["period_end"]),
        observed=f"figures of {row['other_start']}/{row['other_end']}",
        expected="figures of its own period",
    )
