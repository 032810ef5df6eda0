"""Flows of short periods added up to longer ones, exactly or not at all.

Belongs here: months to quarters, rolling, calendar, financial and academic years; quarters to years; terms to school
years; with the release that each sum was made from. Does not belong here: splitting a long period into short ones,
which is a model (`civic_assets.harmonise.time.disaggregation`), and which classes make a total (`recorded_crime`).

Only flows of events add up over time. A stock does not, nor a rate; nor does a count of persons "with at least one",
because one person may stand in several months. Issues of the Met's files restate each other's months, so that a sum
comes from one release unless the caller asks for more, and says which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from civic_assets.errors import CivicError
from civic_assets.harmonise.figures.complete_sums import ZERO_ROW, part_columns, sum_columns
from civic_assets.harmonise.time.alignment import not_one_whole
from civic_assets.tables.release_names import release_sort_key
from civic_assets.values.periods import Period, PeriodKind

if TYPE_CHECKING:
    import pyarrow as pa

AGGREGATED = "aggregated"
"""`method` of a figure that was added up from the publisher's own; it is exact, unlike a modelled one."""

EVENTS = frozenset({"offences", "events", "incidents"})
"""Units of count that add up over time: what happens at one moment. An episode lasts, and would count twice."""

NEEDED = (
    "source", "release", "measure", "area_code", "area_name", "area_type", "period_start", "period_end", "period_kind",
    "statistic", "breakdown", "unit", "value", "status", "locator",
)  # fmt: skip
"""Columns that observations must have; those of `civic_assets.harmonise.observations.FIELDS` or the published ones."""


class Issues(StrEnum):
    """From how many releases one sum may be made."""

    ONE = "one_release"
    NEWEST_OF_EACH_PART = "newest_release_of_each_part"


@dataclass(frozen=True, slots=True)
class RefusedSum:
    """Figures that were not added up, and why, in a sentence."""

    source: str
    measure: str
    unit: str
    statistic: str
    period: Period | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Sums, and what was refused.

    Args:
        table: One row for each figure and period asked for; columns of `NEEDED` (`release` names all, joined by `+`;
            `locator` is the first and the last part's), and `releases` (list), `method`, `reason` (why no value),
            `n_parts`, `n_zero_rows` (parts without a row, where that means zero). Ordered by its key.
        refused: In order of source, measure and period.
    """

    table: pa.Table
    refused: tuple[RefusedSum, ...]


def unit_of_count(source: str, measure: str) -> str | None:
    """What one unit of a measure is, from the vocabulary of measures; None when the measure is unknown."""
    from civic_assets.harmonise.measures.vocabulary import measure_of

    found = measure_of(measure, source)
    return found.unit_of_count if found else None


def aggregate(
    observations: pa.Table,
    wholes: Iterable[Period],
    *,
    part: PeriodKind = PeriodKind.MONTH,
    issues: Issues = Issues.ONE,
    absent_is_zero: bool = False,
    counted: Callable[[str, str], str | None] = unit_of_count,
) -> Aggregation:
    """Adds figures of one kind of period up to longer periods.

    Args:
        observations: Columns as `NEEDED`, and `quality` if there is one. Of a publisher with one file for each force
            (police.uk) pass the files of one force, since issues are told apart by release alone.
        wholes: Periods to add up to.
        part: Kind of the periods that are added; figures of other kinds are left alone.
        issues: `ONE`: the newest release that holds the whole period. `NEWEST_OF_EACH_PART`: the newest release of each
            part; such a sum mixes vintages.
        absent_is_zero: A missing row means zero where the release holds the period, the class (some area has it) and
            the area (with some class): so the Met's files. Elsewhere it means that nothing is known.
        counted: What one unit of a source's measure is.

    Returns:
        A figure for each key (source, measure, area, breakdown, unit) of which at least one part was found.

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
    for subject, windows in series.items():
        for number, whole in enumerate(wanted):
            picked, why = _pick(windows, whole, issues)
            chosen += [_choice(number, whole, subject, release, period) for period, release in picked]
            if why:
                sentence = f"{subject.source} {subject.measure} can not be added up to {whole}: {why}."
                refused.append(RefusedSum(*subject, whole, sentence))
    refused.sort(key=lambda refusal: (refusal.source, refusal.measure, str(refusal.period or "")))
    return Aggregation(_sums(observations, chosen, absent_is_zero), tuple(refused))


class _Subject(NamedTuple):
    source: str
    measure: str
    unit: str
    statistic: str


def _series(
    observations: pa.Table, part: PeriodKind, counted: Callable[[str, str], str | None]
) -> tuple[dict[_Subject, dict[str, set[Period]]], list[RefusedSum]]:
    """Periods that each release holds, of what adds up over time; the rest refused."""
    import pyarrow.compute as pc

    keys = ["source", "measure", "unit", "statistic", "release", "period_start", "period_end"]
    rows = observations.filter(pc.equal(observations["period_kind"], str(part))).group_by(keys).aggregate([])
    series: dict[_Subject, dict[str, set[Period]]] = defaultdict(lambda: defaultdict(set))
    for row in rows.to_pylist():
        subject = _Subject(row["source"], row["measure"], row["unit"], row["statistic"])
        series[subject][row["release"]].add(Period(row["period_start"], row["period_end"], part))
    refused = []
    for subject in sorted(series):
        why = _not_additive(subject, counted(subject.source, subject.measure))
        if why:
            del series[subject]
            refused.append(RefusedSum(*subject, None, f"{subject.source} {subject.measure}: {why}."))
    return dict(sorted(series.items())), refused


def _not_additive(subject: _Subject, counted: str | None) -> str:
    if subject.statistic != "flow":
        return f"a {subject.statistic.replace('_', ' ')} does not add up over time, only a flow does"
    if subject.unit != "count":
        return (
            f"figures per {subject.unit.removeprefix('per_')} do not add up; add their numerators and divide"
        )
    if counted not in EVENTS:
        known = "it is not known what one of it is" if counted is None else f"it counts {counted}"
        return f"{known}, and only events add up over time: the same one may stand in several periods"
    return ""


def _pick(
    windows: Mapping[str, set[Period]], whole: Period, issues: Issues
) -> tuple[list[tuple[Period, str]], str]:
    """Which release each part is taken from, or why there is no sum."""
    newest_first = sorted(windows, key=release_sort_key, reverse=True)
    inside = {
        release: sorted(p for p in windows[release] if whole.start <= p.start and p.end <= whole.end)
        for release in newest_first
    }
    if issues is Issues.ONE:
        reasons = {release: not_one_whole(parts, whole) for release, parts in inside.items()}
        for release, parts in inside.items():
            if not reasons[release]:
                return [(period, release) for period in parts], ""
        nearest = max(newest_first, key=lambda release: len(inside[release]))
        return [], f"no one release holds all of it ({nearest}: {reasons[nearest][0]})"
    newest = {period: release for release in reversed(newest_first) for period in inside[release]}
    why = not_one_whole(list(newest), whole)
    return ([], why[0]) if why else (sorted(newest.items()), "")


def _choice(number: int, whole: Period, subject: _Subject, release: str, period: Period) -> dict[str, Any]:
    return {
        **subject._asdict(),
        "release": release,
        "whole": number,
        "whole_start": whole.start,
        "whole_end": whole.end,
        "whole_kind": str(whole.kind),
        "part_start": period.start,
        "part_end": period.end,
        "part_kind": str(period.kind),
    }


def _sums(observations: pa.Table, chosen: Sequence[Mapping[str, Any]], absent_is_zero: bool) -> pa.Table:
    import duckdb
    import pyarrow as pa

    words = [(name, pa.string()) for name in (*_Subject._fields, "release", "whole_kind", "part_kind")]
    days = [(name, pa.date32()) for name in ("whole_start", "whole_end", "part_start", "part_end")]
    table = pa.Table.from_pylist(list(chosen), schema=pa.schema([("whole", pa.int32()), *words, *days]))
    columns = [*NEEDED, *(name for name in ("quality",) if name in observations.column_names)]
    with duckdb.connect() as connection:
        connection.register("observations", observations.select(columns))
        connection.register("chosen", table)
        query = _SUMS.format(
            parts=part_columns(columns),
            sums=sum_columns("part_start"),
            zero="known_class and known_place" if absent_is_zero else "false",
            zero_row=ZERO_ROW,
            method=AGGREGATED,
        )
        return connection.sql(query).to_arrow_table()


_SUMS = """
with figures as (
    select *, {parts} from observations
), picked as (
    select chosen.whole, chosen.part_start, figures.*
    from chosen join figures using (source, measure, unit, statistic, release)
    where figures.period_start = chosen.part_start and figures.period_end = chosen.part_end
        and figures.period_kind = chosen.part_kind
), keys as (
    select distinct whole, source, measure, unit, statistic, breakdown, area_code from picked
), classes as (
    select distinct source, measure, unit, statistic, release, breakdown, true as known_class from picked
), places as (
    select distinct source, measure, unit, statistic, release, area_code, true as known_place from picked
), cells as (
    select keys.*, chosen.* exclude (whole, source, measure, unit, statistic),
        picked.area_name, picked.area_type, picked.locator, picked.qualifying,
        coalesce({zero}, false) as absent_zero,
        case when picked.usable is not null then picked.value when absent_zero then 0 end as value,
        coalesce(picked.usable, absent_zero) as usable,
        case when picked.usable is not null then picked.why when absent_zero then '{zero_row}' else 'no row' end as why
    from keys
    join chosen using (whole, source, measure, unit, statistic)
    left join picked using (whole, source, measure, unit, statistic, release, breakdown, area_code, part_start)
    left join classes using (source, measure, unit, statistic, release, breakdown)
    left join places using (source, measure, unit, statistic, release, area_code)
)
select source, string_agg(distinct release, '+' order by release) as release, measure, area_code,
    last(area_name order by part_start) filter (area_name is not null) as area_name,
    last(area_type order by part_start) filter (area_type is not null) as area_type,
    whole_start as period_start, whole_end as period_end, whole_kind as period_kind, statistic, breakdown, unit,
    {sums},
    first(locator order by part_start) filter (locator is not null) || '..'
        || last(locator order by part_start) filter (locator is not null) as locator,
    list_sort(list(distinct release)) as releases, '{method}' as method
from cells
group by source, measure, area_code, whole_start, whole_end, whole_kind, statistic, breakdown, unit
order by source, measure, area_code, breakdown, unit, period_start, period_end, period_kind
"""
