"""What publishers do to the files of every source: a later edition, a replacement, another header, a withdrawal.

Belongs here: making those files from the fixtures, and putting them out. Does not belong here: what must follow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from pathlib import Path

import openpyxl

from civic_assets_tests.acquire.matrix.publishers import AllPublishers, at_one_address, write_tables
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published

_ONS = ("ons_csp", "ons_pfa")
# The file of each source that is issued anew, and what is different in the later edition.
_FILES: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "dfe_children_in_need": ("c1_2024.csv", (("\n2024,", "\n2025,"),)),
    "dfe_exclusions": ("by_geography_2022_23.csv", (("202223", "202324"),)),
    "dfe_looked_after": ("at_31_march_2026.csv", ()),
    "dfe_neet": ("scorecard_2025.csv", (("\n2025,", "\n2026,"),)),
    "dfe_sen": ("by_provision_2025.csv", (("202425", "202526"),)),
    "home_office_prc": ("by_force_2024_25.csv", (("2024/25", "2025/26"),)),
    "lookups": ("lad_csp_pfa.csv", (("18CD", "19CD"), ("18NM", "19NM"))),
    "met_borough": ("recent.csv", ()),
    "met_lsoa": ("areas_of_2021.csv", ()),
    "met_ward": ("wards_of_2022.csv", ()),
    "ons_population": ("children.csv", (("\n2021,", "\n2022,"),)),
    "police_uk": ("2021_areas.csv", (("2023-06", "2023-07"),)),
}
# A column that is called otherwise.
_HEADERS: Mapping[str, tuple[str, str]] = {
    "dfe_children_in_need": ("time_period", "period"),
    "dfe_exclusions": ("time_period", "period"),
    "dfe_looked_after": ("time_period", "period"),
    "dfe_neet": ("time_period", "period"),
    "dfe_sen": ("time_period", "period"),
    "home_office_prc": ("Financial Quarter", "Part of the year"),
    "lookups": ("CSP19NM", "CSP19NAME"),
    "met_borough": ("MinorText", "Offence"),
    "met_lsoa": ("LSOA Code", "Small area"),
    "met_ward": ("WardCode", "Code of the area"),
    "ons_population": ("population_estimate", "estimate"),
    "police_uk": ("Crime type", "Offence"),
}
_MONTH = re.compile(r"(?<=,)((?:19|20)\d\d)(0[1-9]|1[0-2])(?=,|\r?$)", re.MULTILINE)
_LAST_DIGIT = re.compile(r"\d(?=\D*\Z)")
SOURCES = (*_FILES, *_ONS)


def put_later(publishers: AllPublishers, sources: Collection[str]) -> None:
    """Put out a later edition of some sources; what was there stays there."""
    folder = publishers.folder / "later"
    for source in sorted(set(sources) & set(_FILES)):
        name, pairs = _FILES[source]
        # The id of a service is made of the file's name, and this service is another one.
        to = folder / source / (f"later_{name}" if source == "lookups" else name)
        _write(FIXTURES / source / name, to, lambda text: _later(text, pairs))  # noqa: B023
    if set(sources) & set(_ONS):
        (folder / "ons").mkdir(parents=True)
        write_tables(folder / "ons" / "tables.xlsx", later=True)
    for one in Catalogue.below(folder).files:
        if one.source in sources:
            publishers.catalogue.put(at_one_address(one))
    if "ons_population" in sources:
        publishers.nomis.updated = "2026-07-30 09:30:00"


def put_other_bytes(publishers: AllPublishers, sources: Collection[str]) -> None:
    """Replace the newest file of some sources in place: one figure is another one."""
    for one in _newest(publishers, sources):
        _replace(publishers, one, "replaced", _other_figure)


def put_other_header(publishers: AllPublishers, sources: Collection[str]) -> None:
    """Replace the newest file of some sources by one in which a column is called otherwise."""
    for one in _newest(publishers, sources):
        old, new = _HEADERS.get(one.source, ("Area Code", "Code of the area"))
        _replace(publishers, one, "header", lambda text: text.replace(old, new, 1))  # noqa: B023


def withdraw(publishers: AllPublishers, sources: Collection[str]) -> list[Published]:
    """Take away the newest file of some sources."""
    gone = _newest(publishers, sources)
    for one in gone:
        publishers.catalogue.replace(one, withdrawn=True)
    return gone


def _newest(publishers: AllPublishers, sources: Iterable[str]) -> list[Published]:
    found = []
    for source in sources:
        every = publishers.catalogue.of(source)
        name = _FILES[source][0] if source in _FILES else "tables.xlsx"
        found.append(next(one for one in every if one.path.name.endswith(name)))
    return found


def _replace(publishers: AllPublishers, one: Published, how: str, change: Callable[[str], str]) -> None:
    path = publishers.folder / how / one.source / one.path.name
    if one.path.suffix == ".xlsx":
        path = publishers.folder / how / "ons" / one.path.name
    if not path.exists():
        _write(one.path, path, change)
    publishers.catalogue.replace(one, path=path, published=one.published + timedelta(days=30))


def _write(path: Path, to: Path, change: Callable[[str], str]) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        text = path.read_bytes().decode("utf-8")
        changed = change(text)
        to.write_bytes(changed.encode("utf-8"))
        return
    book = openpyxl.load_workbook(path)
    for name in ("Table C1", "Table C2", "Table P1"):
        cells = [cell for row in book[name].iter_rows() for cell in row if cell.value is not None]
        numbers = [(cell, cell.value) for cell in cells if isinstance(cell.value, int | float)]
        if change is _other_figure and numbers:
            last, value = numbers[-1]
            last.value = value + 1
        for cell in cells:
            if isinstance(cell.value, str) and change is not _other_figure:
                cell.value = change(cell.value)
    book.save(to)


def _later(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    header, end, rest = text.partition("\n")
    return _MONTH.sub(lambda found: _next_month(found[1], found[2]), header) + end + rest


def _next_month(year: str, month: str) -> str:
    count = int(year) * 12 + int(month)
    return f"{count // 12}{count % 12 + 1:02}"


def _other_figure(text: str) -> str:
    return _LAST_DIGIT.sub(lambda found: str((int(found[0]) + 1) % 10), text)
