"""Figures of age bands added up to a wider band, exactly or not at all.

Belongs here: which of a release's age bands make up the band that is wanted, and the sum of their figures. Does not
belong here: bands themselves (`civic_assets.values.ages`) and splitting one (`age_splits`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.figures.complete_sums import part_columns, sum_columns
from civic_assets.harmonise.time.aggregation import AGGREGATED
from civic_assets.values.ages import AgeBand, exact_cover, parse_ages

if TYPE_CHECKING:
    import pyarrow as pa

_KEYS = (
    "source", "release", "measure", "area_code", "area_name", "area_type", "period_start", "period_end", "period_kind",
    "statistic", "unit",
)  # fmt: skip
# What may be added over ages: nobody is in two bands at one time. Rates and changes may not.
_ADDITIVE = ("flow", "stock", "mean_of_stocks")


@dataclass(frozen=True, slots=True)
class AgeSums:
    """Sums over ages, and where there are none.

    Args:
        table: One row for each figure of the wanted band: source, release, measure, area_code, area_name, area_type,
            period_start, period_end, period_kind, statistic, unit, breakdown (`age=0-25;...`), value, status, reason
            (why a value is missing), n_parts, locator (first and last part's), method. Ordered by its key.
        refused: A sentence for each release and measure whose bands do not make up the wanted one.
    """

    table: pa.Table
    refused: tuple[str, ...]


def split_breakdown(breakdown: str) -> tuple[str, tuple[int, int | None] | None]:
    """What is left of a breakdown without its age, and the ages; `total` and no ages for a total."""
    parts = breakdown.split(";")
    ages = next((parse_ages(part[4:]) for part in parts if part.startswith("age=")), None)
    rest = ";".join(part for part in parts if not part.startswith("age=")) if ages else breakdown
    return rest or "total", ages


def sum_over_ages(observations: pa.Table, target: AgeBand) -> AgeSums:
    """Adds counts of single years or narrower bands up to one band.

    Args:
        observations: Columns of `civic_assets.harmonise.observations.FIELDS` (or the published ones, with `quality`) of
            sources whose age breakdowns have the target's basis and population; the caller answers for that.
        target: The band wanted.

    Returns:
        One figure for each area, period and rest of the breakdown. A band that has no figure makes the sum unknown:
        what a release prints for one area it must print for the others.
    """
    import duckdb
    import pyarrow as pa

    bands, refused = _choices(observations, target)
    words = [(name, pa.string()) for name in ("source", "release", "measure", "breakdown", "rest")]
    chosen = pa.Table.from_pylist(bands, schema=pa.schema([*words, ("lo", pa.int32())]))
    columns = [*_KEYS, "breakdown", "value", "status", "locator"]
    columns += [name for name in ("quality",) if name in observations.column_names]
    name = f"age={target.lo}+" if target.hi is None else f"age={target.lo}-{target.hi - 1}"
    keys = ", ".join(key for key in _KEYS if key not in ("area_name", "area_type"))
    with duckdb.connect() as connection:
        connection.register("observations", observations.select(columns))
        connection.register("chosen", chosen)
        table = connection.sql(
            _SUMS.format(
                keys=keys,
                parts=part_columns(columns),
                sums=sum_columns("lo"),
                additive=", ".join(f"'{word}'" for word in _ADDITIVE),
                name=name,
                method=AGGREGATED,
            )
        ).to_arrow_table()
    return AgeSums(table, tuple(refused))


def _choices(observations: pa.Table, target: AgeBand) -> tuple[list[dict[str, Any]], list[str]]:
    """Which breakdowns of a release and measure make up the target, by the rest of the breakdown."""
    import pyarrow.compute as pc

    counts = observations.filter(pc.equal(observations["unit"], "count"))
    rows = counts.group_by(["source", "release", "measure", "breakdown"]).aggregate([]).to_pylist()
    found: dict[tuple[str, str, str, str], dict[AgeBand, str]] = defaultdict(dict)
    for row in rows:
        rest, ages = split_breakdown(row["breakdown"])
        if ages is not None:
            band = AgeBand(*ages, target.basis, target.population)
            found[row["source"], row["release"], row["measure"], rest][band] = row["breakdown"]
    chosen, refused = [], []
    for (source, release, measure, rest), bands in sorted(found.items()):
        cover = exact_cover(bands, target)
        if cover is None:
            of = f" ({rest})" if rest != "total" else ""
            refused.append(
                f"The age bands of {measure} in {source} {release}{of} do not make up {target} exactly; a split of a "
                "band would be modelled."
            )
        for band in cover or ():
            chosen.append(
                {
                    "source": source,
                    "release": release,
                    "measure": measure,
                    "breakdown": bands[band],
                    "rest": rest,
                    "lo": band.lo,
                }
            )
    return chosen, refused


_SUMS = """
with figures as (
    select *, {parts} from observations where unit = 'count' and statistic in ({additive})
), picked as (
    select figures.*, chosen.rest, chosen.lo
    from chosen join figures using (source, release, measure, breakdown)
), keys as (
    select distinct {keys}, rest from picked
), cells as (
    select keys.*, chosen.lo, picked.area_name, picked.area_type, picked.locator, picked.qualifying, picked.value,
        coalesce(picked.usable, false) as usable, coalesce(picked.why, 'no row') as why
    from keys
    join chosen using (source, release, measure, rest)
    left join picked using ({keys}, rest, lo)
)
select {keys}, last(area_name order by lo) filter (area_name is not null) as area_name,
    last(area_type order by lo) filter (area_type is not null) as area_type,
    '{name}' || case when rest = 'total' then '' else ';' || rest end as breakdown,
    {sums},
    first(locator order by lo) filter (locator is not null) || '..'
        || last(locator order by lo) filter (locator is not null) as locator,
    '{method}' as method
from cells
group by {keys}, rest
order by {keys}, breakdown
"""
