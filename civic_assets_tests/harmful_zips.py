"""Small zip archives of one large file that is wrong in every row, to measure what such a file costs.

Belongs here: making the files, of the layout of pupils with special educational needs (`dfe_sen`), synthetic. Does not
belong here: files that are right but mostly of a level that is not read (`benchmarks.school_zip`).

An archive of a few megabytes may hold a quarter of a million rows. A check that makes one sentence for each row then
makes a quarter of a million.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

HEADERS = (
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code", "region_name",
    "old_la_code", "la_name", "new_la_code", "phase_type_grouping", "type_of_establishment", "hospital_school",
    "total_pupils", "sen_support", "ehc_plan", "sen_support_percent", "ehc_plan_percent",
)  # fmt: skip
_AT = {name: place for place, name in enumerate(HEADERS)}
AUTHORITY_ROWS = 4_000
"""Rows of local authorities at the beginning of each file, in which nothing is wrong."""

_AUTHORITIES = (
    ("206", "Islington", "E09000019", "E12000007", "London"),
    ("202", "Camden", "E09000007", "E12000007", "London"),
    ("204", "Hackney", "E09000012", "E12000007", "London"),
    ("330", "Birmingham", "E08000025", "E12000005", "West Midlands"),
)

Cells = list[str]
Damage = Callable[[Cells, int], None]


def _row(number: int) -> Cells:
    """A row of an authority in which everything is right; `number` makes its key, from the newest year backwards."""
    number, place = divmod(number, len(_AUTHORITIES))
    number, year = divmod(number, 9)
    old, name, new, region, region_name = _AUTHORITIES[place]
    pupils, support, plan = 1000 + number % 977, 100 + number % 89, 20 + number % 17
    return [
        f"20{24 - year}{25 - year}", "Academic year", "Local authority", "E92000001", "England", region, region_name,
        old, name, new, "Total", f"Establishment {number}", "Total", str(pupils), str(support), str(plan),
        f"{100 * support / pupils:.9g}", f"{100 * plan / pupils:.9g}",
    ]  # fmt: skip


def _set(column: str, text: Callable[[int], str]) -> Damage:
    def damage(cells: Cells, number: int) -> None:
        cells[_AT[column]] = text(number)

    return damage


def _every_figure(text: Callable[[int, int], str]) -> Damage:
    def damage(cells: Cells, number: int) -> None:
        for place in range(_AT["total_pupils"], len(HEADERS)):
            cells[place] = text(number, place)

    return damage


VARIANTS: Mapping[str, Damage] = {
    "shares above 100": _every_figure(lambda number, place: str(150 + number % 7)),
    "unknown symbol": _every_figure(lambda number, place: "~"),
    "unknown symbols": _every_figure(lambda number, place: f"~{number}-{place}"),
    "unknown names": _set("la_name", lambda number: f"Borough {number}"),
}
"""What is wrong with every row after the first `AUTHORITY_ROWS`, by name."""


def rows(variant: str, number: int) -> Iterator[Cells]:
    """The rows of a file.

    Args:
        variant: A name of `VARIANTS`.
        number: Rows that are wrong.
    """
    damage = VARIANTS[variant]
    for at in range(AUTHORITY_ROWS + number):
        cells = _row(at)
        if at >= AUTHORITY_ROWS:
            damage(cells, at)
        yield cells


def write(path: Path, variant: str, number: int) -> Path:
    """A zip archive with one file of that variant; returns its path."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("sen_by_provision.csv", "w") as raw,
        io.TextIOWrapper(raw, "utf-8", newline="") as text,
    ):
        writer = csv.writer(text)
        writer.writerow(HEADERS)
        writer.writerows(rows(variant, number))
    return path
