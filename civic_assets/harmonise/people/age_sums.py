"""Figures of age bands added up to a wider band, exactly or not at all.

Belongs here: choosing the age bands of a release that make up the wanted band, and adding up their figures. Does not
belong here: bands themselves (`civic_assets.values.ages`), and the published table of such sums
(`civic_assets.publish.unified.age_bands`), which also uses `sum_bands`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.figures.complete_sums import part_columns, partial_columns, whole_columns
from civic_assets.harmonise.time.aggregation import AGGREGATED
from civic_assets.tables.duckdb_connection import connect
from civic_assets.values.ages import AgeBand, exact_cover, parse_ages

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

_KEYS = (
    "source", "release", "measure", "area_code", "area_name", "area_type", "period_start", "period_end", "period_kind",
    "statistic", "unit",
)  # fmt: skip
# Statistics that add up over ages, because no one is in two bands at one time. Rates and changes do not.
_ADDITIVE = ("flow", "stock", "mean_of_stocks")


@dataclass(frozen=True, slots=True)
class AgeSums:
    """Sums over ages, and the reasons where there are none.

    Args:
        table: One row for each figure of the wanted band: source, release, measure, area_code, area_name, area_type,
            period_start, period_end, period_kind, statistic, unit, breakdown (`age=0-25;...`), value, status, reason
            (why a value is missing), n_parts, locator (first and last part's), method. Ordered by its key.
        refused: A sentence for each release and measure whose bands do not make up the wanted band.
    """

    table: pa.Table
    refused: tuple[str, ...]


def split_breakdown(breakdown: str) -> tuple[str, tuple[int, int | None] | None]:
    """A breakdown without its age, and the ages; `total` and None for a total."""
    parts = breakdown.split(";")
    ages = next((parse_ages(part[4:]) for part in parts if part.startswith("age=")), None)
    rest = ";".join(part for part in parts if not part.startswith("age=")) if ages else breakdown
    return rest or "total", ages


def sum_over_ages(observations: pa.Table, target: AgeBand) -> AgeSums:
    """Counts of single years or narrower bands added up to one band.

    Args:
        observations: Columns of `civic_assets.harmonise.observations.FIELDS` (or the published ones, with `quality`) of
            sources whose age breakdowns have the target's basis and population; the caller must make sure of that.
        target: The wanted band.

    Returns:
        One figure for each area, period and rest of the breakdown. A band without a figure makes the sum unknown: a
        band that a release prints for one area, it must print for the others.
    """
    import pyarrow.compute as pc

    counts = observations.filter(pc.equal(observations["unit"], "count"))
    printed = counts.group_by(["source", "release", "measure", "breakdown"]).aggregate([]).to_pylist()
    chosen, refused = band_choices(printed, {1: target})
    columns = [*_KEYS, "breakdown", "value", "status", "locator"]
    columns += [name for name in ("quality",) if name in observations.column_names]
    keys = ", ".join(key for key in _KEYS if key not in ("area_name", "area_type"))
    with connect() as connection:
        connection.register("observations", observations.select(columns))
        connection.register("chosen", chosen_bands(chosen))
        sum_bands(connection, "observations", "chosen", "sums", columns)
        table = connection.sql(
            f"""select {keys}, area_name, area_type, breakdown, value, status, reason, n_parts, n_zero_rows,
                parts[1].locator || '..' || parts[-1].locator as locator, '{AGGREGATED}' as method
            from sums order by {keys}, breakdown"""
        ).to_arrow_table()
    return AgeSums(table, tuple(refused))


def band_choices(
    printed: Iterable[Mapping[str, Any]], targets: Mapping[int, AgeBand]
) -> tuple[list[dict[str, Any]], list[str]]:
    """The breakdowns of each release and measure that make up each band, by the rest of the breakdown.

    Args:
        printed: Columns source, release, measure, breakdown; each once.
        targets: The wanted bands, by number.

    Returns:
        Rows of the table that `sum_bands` adds up, and a sentence for each band that cannot be made.
    """
    found: dict[tuple[str, str, str, str], dict[tuple[int, int | None], str]] = defaultdict(dict)
    for row in printed:
        rest, ages = split_breakdown(row["breakdown"])
        if ages is not None:
            found[row["source"], row["release"], row["measure"], rest][ages] = row["breakdown"]
    chosen, refused = [], []
    for (source, release, measure, rest), bands in sorted(found.items()):
        for number, target in targets.items():
            available = {
                AgeBand(*ages, target.basis, target.population): name for ages, name in bands.items()
            }
            cover = exact_cover(available, target)
            if cover is None:
                of = f" ({rest})" if rest != "total" else ""
                refused.append(
                    f"The age bands of {measure} in {source} {release}{of} do not make up {target} exactly. Splitting "
                    "a band would need a model."
                )
            for ordinal, band in enumerate(cover or ()):
                chosen.append(
                    {
                        "band": number,
                        "source": source,
                        "release": release,
                        "measure": measure,
                        "breakdown": available[band],
                        "rest": rest,
                        "ordinal": ordinal,
                        "target": f"age={_words(target)}" + ("" if rest == "total" else f";{rest}"),
                    }
                )
    return chosen, refused


def _words(band: AgeBand) -> str:
    return f"{band.lo}+" if band.hi is None else f"{band.lo}-{band.hi - 1}"


def chosen_bands(chosen: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows of `band_choices` as a table, typed when there are none."""
    import pyarrow as pa

    words = [(name, pa.string()) for name in ("source", "release", "measure", "breakdown", "rest", "target")]
    numbers = [("band", pa.int32()), ("ordinal", pa.int32())]
    return pa.Table.from_pylist(list(chosen), schema=pa.schema([*numbers, *words]))


def sum_bands(
    connection: DuckDBPyConnection,
    figures: str,
    chosen: str,
    into: str,
    columns: Iterable[str],
    *,
    named: str = "null::varchar",
) -> None:
    """Add up the figures of the chosen bands, into a temporary table.

    Args:
        connection: Any connection that sees the two tables.
        figures: Table of observations, with `quality` if there is one.
        chosen: Table of rows of `band_choices`.
        into: Name of the temporary table: band, source, release, measure, area_code, area_name, area_type,
            period_start, period_end, period_kind, statistic, unit, breakdown, the columns of
            `complete_sums.whole_columns`, and parts (figure, breakdown and locator of each).
        columns: Columns of the figures.
        named: SQL of the name of a figure.
    """
    keys = ", ".join(key for key in _KEYS if key not in ("area_name", "area_type"))
    connection.execute(
        _SUMS.format(
            figures=figures,
            chosen=chosen,
            into=into,
            keys=keys,
            named=named,
            parts=part_columns(tuple(columns)),
            partial=partial_columns("ordinal"),
            whole=whole_columns(),
            additive=", ".join(f"'{word}'" for word in _ADDITIVE),
        )
    )


_SUMS = """create or replace temp table {into} as
with expected as (
    select band, source, release, measure, rest, target, count(*) as n_expected from {chosen} group by all
),
figures as (
    select *, {parts} from {figures} where unit = 'count' and statistic in ({additive})
),
partial as (
    select c.band, c.rest, {keys}, max(area_name) as area_name, max(area_type) as area_type, {partial},
        list({{'figure': {named}, 'breakdown': f.breakdown, 'locator': f.locator}} order by c.ordinal) as parts
    from {chosen} c join figures f using (source, release, measure, breakdown)
    group by c.band, c.rest, {keys}
),
counted as (
    select p.*, e.target, e.n_expected, false as absent_zero
    from partial p join expected e using (band, source, release, measure, rest)
)
select band, {keys}, any_value(area_name) as area_name, any_value(area_type) as area_type, target as breakdown,
    {whole}, any_value(parts) as parts
from counted group by band, {keys}, target"""
