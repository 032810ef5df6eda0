"""A zip that is mostly rows of single schools: `python -m benchmarks.school_zip FILE [--rows N] [--seed N]`.

Belongs here: writing the archive. The Department for Education publishes such files: 3.5 MB of zip, some 240,000 rows,
nearly all of a geographic level that is not read, and a few rows of authorities between them. They once needed more
memory than a machine has. Does not belong here: measuring what reading one costs (`benchmarks.work.school_rows`).

The member has the columns of suspensions and permanent exclusions, with three that identify a school. **Every figure
is invented** (the first column says so); the names and codes of authorities are real. The rows of an
authority are the sums of its schools, and every rate follows from its counts, so a correct file has nothing to find.
The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

MARK = "SYNTHETIC SAMPLE DATA"
MEMBER = "synthetic_suspensions_by_school.csv"
PHASES = ("State-funded primary", "State-funded secondary", "Special")
AUTHORITIES = (
    # region code, region, number of the authority, code, name
    ("E13000001", "Inner London", "202", "E09000007", "Camden"),
    ("E13000002", "Outer London", "302", "E09000003", "Barnet"),
    ("E12000005", "West Midlands", "330", "E08000025", "Birmingham"),
    ("E12000002", "North West", "352", "E08000003", "Manchester"),
    ("E12000003", "Yorkshire and The Humber", "383", "E08000035", "Leeds"),
    ("E12000008", "South East", "886", "E10000016", "Kent"),
)
_LAST_YEAR = 2022
_COUNTS = ("num_schools", "headcount", "perm_excl", "suspension", "one_plus_susp")
_RATES = {"perm_excl_rate": "perm_excl", "susp_rate": "suspension", "one_plus_susp_rate": "one_plus_susp"}
_COLUMNS = (
    "school_name", "time_identifier", "time_period", "geographic_level", "country_code", "country_name", "region_code",
    "region_name", "old_la_code", "new_la_code", "la_name", "school_urn", "school_laestab",
    "education_phase", "num_schools", "headcount", "perm_excl", "perm_excl_rate", "suspension", "susp_rate",
    "one_plus_susp", "one_plus_susp_rate",
)  # fmt: skip


def write_school_zip(path: Path, rows: int = 250_000, seed: int = 1, years: int = 10) -> Path:
    """Write the archive.

    Args:
        path: File to write.
        rows: Rows of schools, one for each school and academic year; rounded down to whole years.
        seed: Number from which all figures are drawn.
        years: Academic years, the last of which is 2022/23.

    Returns:
        The path.

    Raises:
        ValueError: There is not a school of each phase in each authority.
    """
    schools = rows // years
    if schools < len(AUTHORITIES) * len(PHASES):
        raise ValueError(f"At least {len(AUTHORITIES) * len(PHASES) * years} rows are needed, not {rows}.")
    chance = np.random.default_rng(seed)
    text = io.BytesIO()
    tables = [_year(_LAST_YEAR - years + 1 + turn, schools, chance) for turn in range(years)]
    pa_csv.write_csv(pa.concat_tables(tables), text, pa_csv.WriteOptions(quoting_style="none"))
    # A fixed time of day, so that the same seed gives the same bytes.
    about = zipfile.ZipInfo(MEMBER, (2024, 7, 18, 9, 30, 0))
    about.compress_type = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(about, text.getvalue())
    return path


def _year(start: int, schools: int, chance: np.random.Generator) -> pa.Table:
    """All rows of one academic year: authorities first, in total and by phase, then schools."""
    number = np.arange(schools)
    authority = number % len(AUTHORITIES)
    phase = number // len(AUTHORITIES) % len(PHASES)
    headcount = chance.integers(90, 1600, schools)
    suspension = chance.poisson(headcount * 0.04)
    counts = {
        "num_schools": np.ones(schools, np.int64),
        "headcount": headcount,
        "perm_excl": chance.poisson(headcount * 0.0005),
        "suspension": suspension,
        # Between one suspended pupil, if there was a suspension, and one for each suspension.
        "one_plus_susp": np.ceil(suspension * chance.uniform(0.4, 1.0, schools)).astype(np.int64),
    }
    group = authority * len(PHASES) + phase
    of_phase = {
        name: np.bincount(group, values, len(AUTHORITIES) * len(PHASES)).reshape(-1, len(PHASES))
        for name, values in counts.items()
    }
    sums = {
        name: np.column_stack([cells.sum(axis=1), cells]).ravel().astype(np.int64)
        for name, cells in of_phase.items()
    }
    labels = ("Total", *PHASES)
    whole = np.repeat(np.arange(len(AUTHORITIES)), len(labels))
    authorities = _rows(start, "Local authority", whole, list(labels) * len(AUTHORITIES), sums)
    single = _rows(start, "School", authority, [PHASES[one] for one in phase], counts, number)
    return pa.concat_tables([authorities, single])


def _rows(
    start: int,
    level: str,
    authority: np.ndarray,
    phases: list[str],
    counts: dict[str, np.ndarray],
    school: np.ndarray | None = None,
) -> pa.Table:
    size = len(authority)

    def same(text: str) -> pa.Array:
        return pa.repeat(pa.scalar(text), size)

    def of_authority(position: int) -> pa.Array:
        return pa.array([row[position] for row in AUTHORITIES]).take(pa.array(authority))

    columns = {
        "school_name": same(MARK),
        "time_identifier": same("Academic year"),
        "time_period": same(f"{start}{(start + 1) % 100:02d}"),
        "geographic_level": same(level),
        "country_code": same("E92000001"),
        "country_name": same("England"),
        "region_code": of_authority(0),
        "region_name": of_authority(1),
        "old_la_code": of_authority(2),
        "new_la_code": of_authority(3),
        "la_name": of_authority(4),
        "school_urn": same(""),
        "school_laestab": same(""),
        "education_phase": pa.array(phases),
    }
    if school is not None:
        digits = pa.array(school + 100_000).cast(pa.string())
        columns["school_urn"] = digits
        columns["school_laestab"] = pc.binary_join_element_wise(of_authority(2), digits, "")
        columns["school_name"] = pc.binary_join_element_wise(MARK, digits, " ")
    for name in _COUNTS:
        columns[name] = pa.array(counts[name]).cast(pa.string())
    for name, counted in _RATES.items():
        rates = 100 * counts[counted] / counts["headcount"]
        columns[name] = pa.array([f"{rate:.5f}" for rate in rates.tolist()])
    return pa.table([columns[name] for name in _COLUMNS], names=list(_COLUMNS))


def main() -> None:
    """Write one archive, from the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.school_zip", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=250_000, help="rows of schools (default 250,000)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    file = write_school_zip(arguments.file, arguments.rows, arguments.seed)
    print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
