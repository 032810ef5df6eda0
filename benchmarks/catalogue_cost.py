"""Cost of the whole catalogue over ten million observations: `python -m benchmarks.catalogue_cost`.

Belongs here: generating the table, one full scan-and-aggregate of it in DuckDB, and every rule over observations, in
one run. Does not belong here: the rules, and how long a refresh takes (`refresh_against_plain_stack`).

**The table.** Releases of about a million observations each, one Parquet file per release as the store keeps them:
counts of recorded crime of small areas for a year and the year before, changes, rates, population and households, 95
columns of figures that agree with each other as the contract of `ons_csp` says, with the 20 columns of an observation.

**The scan-and-aggregate.** `SELECT release, table_id, measure, area_code, count(c), min(c), max(c) for each of the 20
columns c, sum(value) ... GROUP BY release, table_id, measure, area_code`, over all files, written to a temporary table,
so that no column and no group is optimised away. A group has few figures, so there are as many groups as a report
needs.

**The catalogue.** Every rule of the validated and harmonised layers that concerns the source, release by release with
the earlier releases as its history, as `layers.validated.build_validated` runs them: the gate, the equations and their
localisation, outliers, periods, areas. Work that several rules share (the equations) is counted with the first of them.
Rules over bytes, cells and titles (the raw layer) have no input here. The rules over derived tables run on a read
model: `--read-model FILE` measures them against a scan-and-aggregate of the observations in that file.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract, Table
from civic_assets.parsing.observations import FIELDS, Parsed, arrow_schema
from civic_assets.parsing.table_finder import FoundTables
from civic_assets.quality.analyses.history import History
from civic_assets.quality.framework.release import FileFacts, ReleaseView
from civic_assets.quality.run import rules_for
from civic_assets.readers.grid import Grid

_TEXTS = [name for name, kind, _ in FIELDS if kind == "string"]
_GROUP = "release, table_id, measure, area_code"
_PARENTS = 200
_HISTORY = 17


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on the clock and of all processors together."""

    wall: float
    cpu: float


def spent(work: Callable[[], object]) -> Spent:
    """Time that a piece of work takes."""
    before, start = _cpu(), time.perf_counter()
    work()
    return Spent(time.perf_counter() - start, _cpu() - before)


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def generate(folder: Path, releases: int, areas: int) -> list[Path]:
    """Write a number of quarterly releases of a number of small areas; random figures that agree with each other."""
    contract, files = load_contracts()["ons_csp"], []
    chance = np.random.default_rng(1)
    ends = [date(2024 - (q + 3) // 4, 3 * ((-q - 1) % 4) + 1, 1) for q in range(releases)][::-1]
    for end in ends:
        previous, current = (_counts(contract.table("counts_current"), areas, chance) for _ in range(2))
        table = _release(contract, end, current, previous, chance)
        file = folder / f"{end:%Y-%m}.parquet"
        pq.write_table(table, file, compression="zstd", row_group_size=256 * 1024)
        files.append(file)
    return files


def _counts(table: Table, areas: int, chance: np.random.Generator) -> dict[str, np.ndarray]:
    """Counts by measure: small areas first, then their parents; sums of measures and of areas hold."""
    parts = {rule.options["total"]: rule.options["parts"] for rule in table.rules if rule.kind == "identity"}
    found: dict[str, np.ndarray] = {}

    def fill(name: str) -> np.ndarray:
        if name not in found:
            own = parts.get(name)
            found[name] = (
                np.sum([fill(part) for part in own], axis=0)
                if own
                else chance.poisson(30, areas).astype(float)
            )
        return found[name]

    parent = np.arange(areas) % _PARENTS
    return {
        column.measure: np.concatenate(
            [fill(column.measure), np.bincount(parent, fill(column.measure), _PARENTS)]
        )
        for column in table.figures
    }


def _release(
    contract: Contract,
    end: date,
    current: Mapping[str, np.ndarray],
    previous: Mapping[str, np.ndarray],
    chance: np.random.Generator,
) -> pa.Table:
    rows = len(next(iter(current.values())))
    areas = rows - _PARENTS
    parents = np.concatenate([np.arange(areas) % _PARENTS, np.arange(_PARENTS)])
    people = chance.integers(10, 40, areas) * 100.0
    people = np.concatenate([people, np.bincount(parents[:areas], people, _PARENTS)])
    households = people / 2
    chunks = []
    start, before = end.replace(year=end.year - 1), end.replace(year=end.year - 2)
    # As printed cells, which the parser has as text as well as number.
    for name in ("counts_current", "counts_previous", "percentage_change", "rates"):
        for position, column in enumerate(contract.table(name).figures):
            period, kind = (start, end), "rolling_year"
            if column.measure in ("population", "households"):
                values = people if column.measure == "population" else households
                period, kind = (start, start.replace(day=2)), "point_in_time"
                chunks.append(_column(name, position, column, values, period, kind, parents, areas))
                continue
            now, then = current[column.measure], previous[column.measure]
            if name == "counts_previous":
                values, period = then, (before, start)
            elif name == "percentage_change":
                values = 100 * (now - then) / np.where(then == 0, np.nan, then)
            elif name == "rates":
                values = 1000 * now / (households if "household" in column.unit else people)
            else:
                values = now
            chunks.append(_column(name, position, column, values, period, kind, parents, areas))
    return pa.concat_tables(chunks).combine_chunks()


def _column(
    table: str,
    position: int,
    column: object,
    values: np.ndarray,
    period: tuple[date, date],
    kind: str,
    parents: np.ndarray,
    areas: int,
) -> pa.Table:
    rows = len(values)
    small = [f"E01{n:06}" for n in range(areas)]
    large = [f"E02{n:06}" for n in range(_PARENTS)]
    letter = f"{table}!{chr(65 + position % 26)}"
    number = np.arange(8, rows + 8)
    missing = np.isnan(values)

    def same(text: str | None) -> pa.Array:
        return pa.repeat(pa.scalar(text, pa.string()), rows)

    texts = pa.array(values, pa.float64(), mask=missing).cast(pa.string()).fill_null("[x]")
    whole = np.where(missing, 0, values) == np.round(np.where(missing, 0, values))
    if whole.all():
        texts = pa.array(np.where(missing, 0, values).astype(np.int64)).cast(pa.string())
    columns = {
        "table_id": same(table),
        "row_number": pa.array(number, pa.int32()),
        "row_kind": pa.array(["small_area"] * areas + ["parent"] * _PARENTS),
        "measure": same(column.measure),  # type: ignore[attr-defined]
        "area_code": pa.array(small + large),
        "area_name": pa.array(
            [f"Small area {n}" for n in range(areas)] + [f"Large area {n}" for n in range(_PARENTS)]
        ),
        "area_type": pa.array(["lsoa"] * areas + ["msoa"] * _PARENTS),
        "parent_code": pa.array([large[n] for n in parents[:areas]] + [None] * _PARENTS),
        "partnership_code": same(None),
        "authority_code": same(None),
        "period_start": pa.repeat(pa.scalar(period[0], pa.date32()), rows),
        "period_end": pa.repeat(pa.scalar(period[1], pa.date32()), rows),
        "period_kind": same(kind),
        "statistic": same(str(column.statistic)),  # type: ignore[attr-defined]
        "breakdown": same(column.breakdown),  # type: ignore[attr-defined]
        "unit": same(column.unit),  # type: ignore[attr-defined]
        "value": pa.array(values, pa.float64(), mask=missing),
        "status": pa.array(np.where(missing, "not_available", ""), mask=~missing),
        "value_text": texts,
        "locator": pa.array([f"{letter}{n}" for n in number]),
    }
    return pa.table([columns[field.name] for field in arrow_schema()], schema=arrow_schema())


def scan_and_aggregate(connection: duckdb.DuckDBPyConnection, table: str, group: str) -> None:
    """Read every column of every row, form every group, and keep the result."""
    names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()]
    each = ", ".join(f"count({n}), min({n}), max({n})" for n in names)
    numbered = ", ".join(f"c{i}" for i in range(3 * len(names) + 1))
    keys = ", ".join(f"k{i}" for i in range(group.count(",") + 1))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE aggregated AS SELECT * FROM (SELECT {group}, sum(value), {each} FROM {table} "
        f"GROUP BY {group}) AS t({keys}, {numbered})"
    )


def over_releases(files: list[Path]) -> Iterator[tuple[str, Spent, str]]:
    """Each rule over each release: its id, the time it took, its outcome."""
    contract = load_contracts()["ons_csp"]
    facts = FileFacts("generated", "a" * 64, "a" * 64, 1_000_000, "xlsx")
    found = FoundTables({}, ())
    for at, file in enumerate(files):
        past = History({f.stem: _reader(f) for f in files[max(0, at - _HISTORY) : at]})
        read: list[pa.Table] = []

        def load(file: Path = file, read: list[pa.Table] = read) -> None:
            read.append(pq.read_table(file))

        yield "(reading the release)", spent(load), ""
        parsed = Parsed("ons_csp", file.stem, found, read[0])
        release = ReleaseView(contract, file.stem, facts, Grid(file.name, "xlsx", []), found, parsed, past)
        for spec in rules_for(contract):
            if spec.layer == "raw" and spec.id != "R-07":
                continue
            outcome: list[str] = []

            def run(
                spec: object = spec, release: ReleaseView = release, outcome: list[str] = outcome
            ) -> None:
                outcome.append(spec.run(release).outcome)  # type: ignore[attr-defined]

            yield spec.id, spent(run), outcome[0]


def _reader(file: Path) -> Callable[..., pa.Table]:
    def read(names: list[str] | None = None) -> pa.Table:
        dictionaries = [name for name in names or () if name in _TEXTS]
        return pq.ParquetFile(file, read_dictionary=dictionaries).read(columns=names).unify_dictionaries()

    return read


def main() -> None:
    """Generate, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalogue_cost", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="observations (default ten million)")
    parser.add_argument("--releases", type=int, default=10)
    parser.add_argument(
        "--read-model", type=Path, help="a civic.duckdb: also measure the rules over derived tables"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = sum(len(load_contracts()["ons_csp"].table(t).figures) for t in
                      ("counts_current", "counts_previous", "percentage_change", "rates"))  # fmt: skip
        areas = arguments.rows // arguments.releases // figures - _PARENTS
        files = generate(Path(folder), arguments.releases, areas)
        with duckdb.connect() as connection:
            source = f"read_parquet('{folder}/*.parquet', filename = 'release')"
            (rows,) = connection.execute(f"SELECT count(*) FROM {source}").fetchone() or (0,)
            base = spent(lambda: scan_and_aggregate(connection, source, _GROUP))
        print(f"{rows:,} observations in {len(files)} releases", flush=True)
        print(f"scan-and-aggregate in DuckDB: {base.wall:.1f} s, {base.cpu:.1f} s of processors", flush=True)
        by_rule: dict[str, list[Spent]] = defaultdict(list)
        outcomes: dict[str, set[str]] = defaultdict(set)
        for check, used, outcome in over_releases(files):
            by_rule[check].append(used)
            outcomes[check].add(outcome)
        _print(by_rule, outcomes, base)
    if arguments.read_model:
        _published(arguments.read_model)


def _print(by_rule: Mapping[str, list[Spent]], outcomes: Mapping[str, set[str]], base: Spent) -> None:
    total = Spent(
        sum(u.wall for us in by_rule.values() for u in us), sum(u.cpu for us in by_rule.values() for u in us)
    )
    for check, used in sorted(by_rule.items(), key=lambda item: -sum(u.wall for u in item[1])):
        wall, cpu = sum(u.wall for u in used), sum(u.cpu for u in used)
        print(
            f"  {check:<24} {wall:7.1f} s  {wall / base.wall:6.2f} times   processors {cpu / base.cpu:6.2f} times   "
            f"{', '.join(sorted(filter(None, outcomes[check])))}"
        )
    print(
        f"whole catalogue: {total.wall:.1f} s, {total.wall / base.wall:.2f} times the scan-and-aggregate "
        f"(processors: {total.cpu / base.cpu:.2f} times)"
    )


def _published(file: Path) -> None:
    from civic_assets.quality.published.engine import evaluate

    with duckdb.connect(str(file), read_only=True) as connection:
        group = "source, release, measure, area_code"
        base = spent(lambda: scan_and_aggregate(connection, "harmonised.observations", group))
        rules = spent(lambda: evaluate(connection))
    print(
        f"rules over derived tables, {file.name}: {rules.wall:.2f} s, {rules.wall / base.wall:.2f} times the "
        f"scan-and-aggregate of its observations ({base.wall:.2f} s)"
    )


if __name__ == "__main__":
    main()
