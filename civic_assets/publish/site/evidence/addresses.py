"""Where the evidence of a figure is: the page and the anchor, in Python and as SQL.

Belongs here: addresses of evidence, which follow from the source, release, area and locator of a figure. Does not
belong here: addresses of other pages (`civic_assets.publish.site.addresses`), and what the pages show.

There is one page for each source, release and area: `evidence/ons_csp/2024-12/E09000019.html`. A page that would be too
large is split into parts (`E09000019.2.html`). The parts are found from the figures of the area alone, so every process
finds the same ones, and a figure's part is found from its locator:

    create_parts(connection)                      # once; makes the temporary tables evidence_parts and evidence_placed
    connection.execute(f"SELECT {address_sql()} FROM harmonised.latest")          # in SQL
    addresses = EvidenceAddresses.read(connection)                                # in Python
    addresses.of("ons_csp", "2024-12", "E09000019", "Table C2!G237")
    addresses.of_cells(connection, [("ons_csp", "2024-12", "Table C2!G237")])     # if the area is not known

All addresses are relative to the report's folder. An anchor and the names of files have no letter that would have to be
written differently in a link. Each name is written in a way from which it can be read back, so that two different names
never meet in one.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from civic_assets.house_numbers.display import EVIDENCE_BYTES_OF_A_PART

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FOLDER = "evidence"
RELEASES = f"{FOLDER}/index.html"
"""Page that lists the sources and their releases."""
# Longer anchors and names end in a hash. File systems take names of 255 bytes.
_LONGEST, _KEPT = 120, 80
# The page of a release has the first of these names, and Windows keeps the others for devices.
_KEPT_NAMES = "^((?i:index|con|prn|aux|nul|com[0-9]|lpt[0-9]))$"
# Columns of a worksheet have one to three letters; shorter ones come first.
_LETTERS = ((1, "   "), (2, "  "), (3, " "))
# How each ASCII letter is written in an anchor: most locators have no others, and pages have thousands of links.
_WRITTEN = {
    code: quote(chr(code), safe="").replace("~", "%7E").replace("%", "~")
    for code in range(128)
    if not (chr(code).isalnum() or chr(code) in "_.-")
}


def page_of(source: str, release: str, area_code: str, part: int = 1) -> str:
    """Page of the figures of an area in a release; its parts count from 1."""
    folder = f"{FOLDER}/{_folder_name(source)}/{_folder_name(release)}"
    return f"{folder}/{_file_name(area_code)}{_ending(part)}"


def release_page(source: str, release: str, part: int = 1) -> str:
    """Page of a release: its file, its checks, and the areas that it has figures of, in parts that count from 1."""
    return f"{FOLDER}/{_folder_name(source)}/{_folder_name(release)}/index{_ending(part)}"


def anchor_of(locator: str) -> str:
    """Anchor of a figure on its page: `Table~20C2~21G237`."""
    if locator.isascii():
        return _short(locator.translate(_WRITTEN), locator)
    return _short(quote(locator, safe="").replace("~", "%7E").replace("%", "~"), locator)


def place_of(locator: str) -> str:
    """A text by which the cells of a file can be put in order: by row, then by column.

    Numbers have ten digits (of a longer one the first ten count), and the row of a worksheet comes before its column.
    """
    if "!" in locator:
        for letters, gap in _LETTERS:
            locator = re.sub(rf"!([A-Z]{{{letters}}})([0-9]+)\Z", rf"!\g<2>{gap}\g<1>", locator)
    return "".join(
        run.zfill(10)[:10] if run[0] in "0123456789" else run for run in re.findall("[0-9]+|[^0-9]+", locator)
    )


def anchor_sql(locator: str = "locator") -> str:
    """SQL expression for `anchor_of`.

    Args:
        locator: SQL expression of the locator.
    """
    return _short_sql(f"replace(replace(url_encode({locator}), '~', '%7E'), '%', '~')", locator)


def place_sql(locator: str = "locator") -> str:
    """SQL expression for `place_of`."""
    text = locator
    for letters, gap in _LETTERS:
        text = rf"regexp_replace({text}, '!([A-Z]{{{letters}}})([0-9]+)$', '!\2{gap}\1')"
    text = f"CASE WHEN contains({locator}, '!') THEN {text} ELSE {locator} END"
    return (
        f"array_to_string(list_transform(regexp_extract_all({text}, '[0-9]+|[^0-9]+'), "
        "lambda run: CASE WHEN run[1] BETWEEN '0' AND '9' THEN lpad(run, 10, '0') ELSE run END), '')"
    )


def page_sql(
    source: str = "source", release: str = "release", area_code: str = "area_code", part: str = "1"
) -> str:
    """SQL expression for `page_of`; its arguments are SQL expressions."""
    return (
        f"('{FOLDER}/' || {_folder_sql(source)} || '/' || {_folder_sql(release)} || '/' || {_file_sql(area_code)} "
        f"|| CASE WHEN {part} = 1 THEN '' ELSE '.' || {part} END || '.html')"
    )


def part_sql(
    source: str = "source",
    release: str = "release",
    area_code: str = "area_code",
    locator: str = "locator",
) -> str:
    """SQL expression for the part of the page that has a figure. It needs `create_parts`.

    Its arguments are SQL expressions; names of columns that `evidence_parts` has as well need the name of their table.
    """
    starts = (
        f"(SELECT any_value(e.starts) FROM evidence_parts e WHERE e.page_source = {source}"
        f" AND e.page_release = {release} AND e.page_area = {area_code})"
    )
    # A structure keeps the place, which is costly, from being made again for each part.
    both = f"[{{'place': {place_sql(locator)}, 'starts': {starts}}}]"
    counted = "lambda cell: 1 + len(list_filter(cell.starts, lambda start: start <= cell.place))"
    return f"(CASE WHEN {starts} IS NULL THEN 1 ELSE list_transform({both}, {counted})[1] END)"


def address_sql(
    source: str = "source",
    release: str = "release",
    area_code: str = "area_code",
    locator: str = "locator",
) -> str:
    """SQL expression for the address of a figure's evidence, page and anchor. It needs `create_parts`."""
    part = part_sql(source, release, area_code, locator)
    return f"({page_sql(source, release, area_code, part)} || '#' || {anchor_sql(locator)})"


@dataclass(frozen=True, slots=True)
class EvidenceAddresses:
    """Addresses of evidence of one publication.

    Args:
        starts: Where the second and later parts of a page begin (`place_of`), by source, release and area; only pages
            that have several parts are in it.
    """

    starts: Mapping[tuple[str, str, str], Sequence[str]]

    @staticmethod
    def read(
        connection: DuckDBPyConnection,
        source: str | None = None,
        release: str | None = None,
        area_code: str | None = None,
    ) -> EvidenceAddresses:
        """Addresses of everything in the read model, or of one source, release or area.

        It is quicker after `create_parts`.
        """
        wanted = {"source": source, "release": release, "area_code": area_code}
        named = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(f"{name} = ${name}" for name in named) or "true"
        query = _parts_sql(where)
        if not named and _has_parts(connection):
            query = "SELECT page_source, page_release, page_area, starts FROM evidence_parts ORDER BY ALL"
        rows = connection.execute(query, named).fetchall()
        return EvidenceAddresses({(one[0], one[1], one[2]): one[3] for one in rows})

    def part(self, source: str, release: str, area_code: str, locator: str) -> int:
        """Part of the page that has a figure, from 1."""
        starts = self.starts.get((source, release, area_code))
        return 1 if starts is None else 1 + bisect_right(starts, place_of(locator))

    def of(self, source: str, release: str, area_code: str, locator: str) -> str:
        """Address of the evidence of a figure: page and anchor."""
        part = self.part(source, release, area_code, locator)
        return f"{page_of(source, release, area_code, part)}#{anchor_of(locator)}"

    def of_all(self, source: str, release: str, area_code: str, locators: Sequence[str]) -> list[str]:
        """Addresses of the cells of one area that a figure was made from, such as a sum."""
        return [self.of(source, release, area_code, locator) for locator in locators]

    def of_cells(
        self, connection: DuckDBPyConnection, cells: Sequence[tuple[str, str, str]]
    ) -> dict[tuple[str, str, str], str]:
        """Addresses of cells by source, release and locator, for figures made from several areas.

        It reads all figures once: ask for many cells in one call. A cell without a figure is not in the answer.
        """
        import pyarrow as pa

        wanted = sorted(set(cells))
        columns = list(zip(*wanted, strict=True)) or [(), (), ()]
        names = ("source", "release", "locator")
        table = pa.table(
            {name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}
        )
        connection.register("wanted_evidence", table)
        try:
            rows = connection.execute(
                """SELECT source, release, locator, min(area_code) FROM harmonised.observations
                JOIN wanted_evidence USING (source, release, locator) GROUP BY ALL ORDER BY ALL"""
            ).fetchall()
        finally:
            connection.unregister("wanted_evidence")
        return {(one[0], one[1], one[2]): self.of(one[0], one[1], one[3], one[2]) for one in rows}


# Bytes that a row of a page takes: its tags and words; the locator as anchor, as text and in a link, in which a letter
# takes up to three bytes; and the printed text, in which some letters become up to six. What other releases print, and
# the group if the heading does not have it, are not counted: a part has room for them (`section`).
_ROW_BYTES = """(130 + least(strlen(breakdown), 600) // 4
    + CASE WHEN regexp_matches(locator, '[^ -~]') THEN 8 ELSE 4 END * least(strlen(locator), 300)
    + CASE WHEN regexp_matches(value_text, '[<>&"]') THEN 6 ELSE 1 END
        * least(strlen(coalesce(value_text, '')), 1200))"""


def create_parts(connection: DuckDBPyConnection) -> None:
    """Make the temporary tables `evidence_parts` and `evidence_placed` of this connection, if it does not have them.

    The columns of `evidence_parts` are `page_source`, `page_release`, `page_area`, and `starts`, where the second and
    later parts begin (`place_of`). Pages of one part are not in it. `evidence_placed` has `source`, `release`, `cell`
    (the row of `harmonised.observations`) and `part` of each figure that is in a second or later part.
    """
    if _has_parts(connection):
        return
    connection.execute(
        f"""CREATE TEMP TABLE evidence_placed AS
        SELECT source, release, cell, part, first FROM ({_placed_sql("true")}) WHERE part > 1"""
    )
    connection.execute(
        f"""CREATE TEMP TABLE evidence_parts AS
        SELECT o.source AS page_source, o.release AS page_release, o.area_code AS page_area,
            list(o.place ORDER BY o.place) AS starts
        FROM (
            SELECT source, release, area_code, {place_sql()} AS place FROM harmonised.observations
            SEMI JOIN (SELECT cell FROM evidence_placed WHERE first) p ON p.cell = observations.rowid
        ) o GROUP BY ALL ORDER BY ALL"""
    )
    connection.execute("ALTER TABLE evidence_placed DROP COLUMN first")


def _has_parts(connection: DuckDBPyConnection) -> bool:
    asked = "SELECT 1 FROM duckdb_tables() WHERE table_name = 'evidence_parts'"
    return connection.execute(asked).fetchone() is not None


def _placed_sql(where: str) -> str:
    """The figures of large pages: `place`, `part`, and whether one is the first of a second or later part.

    Only they are put in order. Figures of the same place are in one part: that of the last of them.
    """
    part = EVIDENCE_BYTES_OF_A_PART
    return f"""
        WITH large AS (
            SELECT source, release, area_code FROM harmonised.observations WHERE {where}
            GROUP BY ALL HAVING sum({_ROW_BYTES}) > {part}
        ), figures AS (
            SELECT rowid AS cell, source, release, area_code, {place_sql()} AS place, {_ROW_BYTES} AS bytes
            FROM harmonised.observations SEMI JOIN large USING (source, release, area_code) WHERE {where}
        ), summed AS (
            SELECT cell, source, release, area_code, place,
                sum(bytes) OVER (file ROWS UNBOUNDED PRECEDING) - bytes AS before, lag(bytes, 1, 0) OVER file AS last,
                sum(bytes) OVER (file RANGE UNBOUNDED PRECEDING)
                    - last_value(bytes) OVER (file RANGE BETWEEN CURRENT ROW AND CURRENT ROW) AS before_last
            FROM figures WINDOW file AS (PARTITION BY source, release, area_code ORDER BY place)
        )
        SELECT source, release, area_code, cell, place, 1 + before_last // {part} AS part,
            before // {part} > (before - last) // {part} AS first
        FROM summed"""


def _parts_sql(where: str) -> str:
    """Pages with several parts."""
    return f"""
        SELECT source AS page_source, release AS page_release, area_code AS page_area,
            list(place ORDER BY place) AS starts
        FROM ({_placed_sql(where)}) WHERE first GROUP BY ALL ORDER BY ALL"""


def _ending(part: int) -> str:
    return ".html" if part == 1 else f".{part}.html"


def _folder_name(name: str) -> str:
    """A source or release as a folder: no folder has a name that begins with a dot."""
    written = quote(name, safe="").replace("~", "%7E").replace("%", "~")
    return _short(re.sub(r"\A\.", "~2E", written), name)


def _folder_sql(name: str) -> str:
    written = f"replace(replace(url_encode({name}), '~', '%7E'), '%', '~')"
    return _short_sql(rf"regexp_replace({written}, '^\.', '~2E')", name)


def _file_name(name: str) -> str:
    """A code of an area as a file; it has no dot, because the number of a part follows one."""
    written = quote(name, safe="").replace("~", "%7E").replace(".", "%2E").replace("%", "~")
    return _short(re.sub(_KEPT_NAMES, r"~\g<1>", written), name)


def _file_sql(name: str) -> str:
    written = f"replace(replace(replace(url_encode({name}), '~', '%7E'), '.', '%2E'), '%', '~')"
    return _short_sql(rf"regexp_replace({written}, '{_KEPT_NAMES}', '~\1')", name)


def _short(written: str, name: str) -> str:
    if len(written) <= _LONGEST:
        return written
    return f"{written[:_KEPT]}~~{hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()}"


def _short_sql(written: str, name: str) -> str:
    # A byte takes at most three letters. What is short enough in any case is then written only once.
    return (
        f"(CASE WHEN strlen({name}) <= {_LONGEST // 3 - 1} THEN {written} "
        f"WHEN strlen({written}) <= {_LONGEST} THEN {written} "
        f"ELSE substr({written}, 1, {_KEPT}) || '~~' || md5({name}) END)"
    )
