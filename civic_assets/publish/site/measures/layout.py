"""Which tables are on which page of a measure.

Belongs here: dividing the tables of a measure into pages. Does not belong here: the figures (`figures_tables`), and
what a page looks like.

The rule: tables are in the order of families, sources (those with the newest figures first), kinds of area and classes.
A page takes the next table if it
fits, and otherwise the table begins on the next page. A table that is larger than a page begins on a page of its own
and is divided by the names of its areas. The first page has less room, because it says what the measure is. So a page
stays below 300 kB, and every process divides the tables alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from civic_assets.house_numbers.display import MEASURE_BYTES_OF_TABLES, MEASURE_BYTES_OF_WORDS
from civic_assets.publish.report.links import anchor
from civic_assets.publish.site.addresses import file_name, measure_page
from civic_assets.publish.site.measures.figures_tables import FAMILIES, KINDS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Bytes of a table without its rows.
_HEAD = 1_300


@dataclass(frozen=True)
class Table:
    """A table of a measure: the areas of one kind, in one class.

    Args:
        page: Name of the measure.
        family: One of `FAMILIES`.
        source: Source of the figures.
        kind: Kind of the areas.
        of_class: A breakdown, or empty for totals.
        sizes: Estimated bytes of each row, in order.
        hashes: Hash of each row, with the places at which its pages of evidence are divided.
        newest: Last day of the newest period that its family has from its source.
    """

    page: str
    family: str
    source: str
    kind: str
    of_class: str
    sizes: Sequence[int]
    hashes: Sequence[int]
    newest: date = date.max

    @cached_property
    def anchor(self) -> str:
        """Id of the table on its page."""
        names = [self.family, self.source, self.kind, *([self.of_class] if self.of_class else ())]
        return anchor("table", *names)

    @property
    def order(self) -> tuple[object, ...]:
        """Place among the tables of the measure."""
        kind = KINDS.index(self.kind) if self.kind in KINDS else len(KINDS)
        age = -self.newest.toordinal()
        return FAMILIES.index(self.family), age, self.source, kind, self.kind, natural(self.of_class)


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of a table that one page shows: from the first up to, not including, the last."""

    table: Table
    first: int
    last: int

    @property
    def whole(self) -> bool:
        """Whether it is the whole table."""
        return self.first == 0 and self.last == len(self.table.sizes)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a measure.

    Args:
        name: Name of the measure.
        number: Its number, from 1.
        slices: What it shows of which tables.
    """

    name: str
    number: int
    slices: Sequence[Slice]

    @property
    def address(self) -> str:
        """Its address."""
        return page_address(self.name, self.number)

    @property
    def csv(self) -> str:
        """Address of its data."""
        return self.address.replace("measures/", "data/measures/").replace(".html", ".csv")


def page_address(name: str, number: int = 1) -> str:
    """Address of a page of a measure: `measures/burglary.html`, `measures/burglary.2.html`."""
    return measure_page(name) if number == 1 else f"measures/{file_name(name)}.{number}.html"


def natural(text: str) -> list[tuple[bool, int, str]]:
    """Order in which people expect classes: age 9 before age 10."""
    runs = re.findall("[0-9]+|[^0-9]+", text)
    return [(run[0] in "0123456789", int(run) if run[0] in "0123456789" else 0, run) for run in runs]


def read_tables(connection: DuckDBPyConnection) -> dict[str, list[Table]]:
    """The tables of each measure, in order.

    Args:
        connection: Connection to the read model, after `create_figures` and `create_parts`.
    """
    rows = connection.execute(
        """WITH rows AS (
            SELECT page, family, source, kind, class, area_code, any_value(place) AS place,
                170 + 2 * strlen(any_value(area_code)) + strlen(any_value(area_name)) + sum(
                    150 + strlen(source) + 2 * strlen(coalesce(release, '')) + strlen(area_code)
                    + least(130, strlen(url_encode(coalesce(locators[1], ''))))
                    + CASE WHEN status IS NULL THEN 0 ELSE 60 END) AS bytes,
                hash(list(hash(f, e.starts) ORDER BY unit, part, period_kind, locators, release)) AS h
            FROM site_measure_figures f LEFT JOIN evidence_parts e ON e.page_source = coalesce(f.cell_source, f.source)
                AND e.page_release = f.release AND e.page_area = coalesce(f.cell_area, f.area_code)
            GROUP BY ALL
        ), newest AS (
            SELECT page, family, source, max(period_end) AS newest FROM site_measure_figures GROUP BY ALL
        )
        SELECT page, family, source, kind, class, list(bytes::BIGINT ORDER BY place, area_code),
            list(h ORDER BY place, area_code), any_value(newest)
        FROM rows JOIN newest USING (page, family, source) GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    found: dict[str, list[Table]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Table(*row))
    return {page: sorted(tables, key=lambda one: one.order) for page, tables in found.items()}


def pages_of(
    name: str,
    tables: Sequence[Table],
    room: int = MEASURE_BYTES_OF_TABLES,
    words: int = MEASURE_BYTES_OF_WORDS,
) -> list[Page]:
    """The pages of a measure; there is always a first one.

    Args:
        name: Name of the measure.
        tables: Its tables, in order.
        room: Bytes of tables on a page.
        words: Bytes by which the first page has less room.
    """
    pages: list[list[Slice]] = [[]]
    left = room - words
    for table in tables:
        size = _HEAD + sum(table.sizes)
        if size > left and (pages[-1] or len(pages) == 1):
            pages.append([])
            left = room
        if size <= left:
            pages[-1].append(Slice(table, 0, len(table.sizes)))
            left -= size
            continue
        for number, (first, last) in enumerate(_divided(table.sizes, room - _HEAD)):
            if number:
                pages.append([])
            pages[-1].append(Slice(table, first, last))
        left = 0
    return [Page(name, number, slices) for number, slices in enumerate(pages, start=1)]


def _divided(sizes: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    """Rows from the first up to, not including, the last, of each page."""
    first, taken = 0, 0
    for place, size in enumerate(sizes):
        if taken + size > room and place > first:
            yield first, place
            first, taken = place, 0
        taken += size
    yield first, len(sizes)
