"""Every number of 200 pages, chosen at random, is that of the read model, and leads to its cell.

Pages are read from the folder, and the read model by a plain statement: nothing of the program that wrote them is used.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pytest

from civic_assets_tests.publish.report.html_pages import Element, read_page
from civic_assets_tests.shared_stores import Refreshed

PAGES = 200
FOLDERS = ("areas", "evidence", "measures", "themes")


@dataclass(frozen=True)
class Cell:
    """A cell of a release, as a link to evidence names it."""

    source: str
    release: str
    locator: str


def cell_of(target: str) -> Cell:
    path, _, anchor = target.partition("#")
    source, release = path.split("evidence/")[1].split("/")[:2]
    return Cell(source, release, unquote(anchor.replace("~", "%")))


def shown(element: Element) -> list[tuple[float, str, str]]:
    """Numbers of a cell of a table: exact value, words, and where the link around each leads, if one does."""
    linked = {
        id(data): one.attributes["href"]
        for one in element.all("a")
        for data in one.all("data")
        if "evidence/" in one.attributes["href"]
    }
    return [
        (float(data.attributes["value"]), data.text, linked.get(id(data), "")) for data in element.all("data")
    ]


def number(words: str) -> float:
    return float(words.replace(",", "").replace("\u2212", "-").rstrip("%"))


def is_rounded(words: str, value: float) -> bool:
    """Whether a printed number is a value rounded to the decimals that it has."""
    decimals = len(words.partition(".")[2].rstrip("%"))
    return abs(number(words) - value) <= 0.5 / 10.0**decimals * (1 + 1e-9)


class Values:
    """Values of the read model by cell; figures read from one cell have one value."""

    def __init__(self, database: Path) -> None:
        self._connection = duckdb.connect(str(database), read_only=True)
        self._of: dict[tuple[str, str], dict[str, set[float | None]]] = {}

    def of(self, cell: Cell) -> set[float | None]:
        key = (cell.source, cell.release)
        if key not in self._of:
            read = self._of[key] = {}
            for locator, value in self._connection.execute(
                "SELECT locator, value FROM harmonised.observations WHERE source = ? AND release = ?",
                list(key),
            ).fetchall():
                read.setdefault(locator, set()).add(value)
        return self._of[key].get(cell.locator, set())


def of_tables(page: Element) -> Iterator[Element]:
    """Cells of tables with numbers."""
    return (one for one in page.all("td") if one.all("data"))


def check_page(name: str, page: Element, values: Values) -> tuple[int, int]:
    """Check each number of a page; how many there were, and how many have exactly one cell."""
    numbers = single = 0
    if name.startswith("evidence/"):
        source, release = name.split("/")[1:3]
        for row in page.all("tr"):
            if "id" not in row.attributes or not row.all("th"):
                continue
            cell = Cell(source, release, unquote(row.attributes["id"].replace("~", "%")))
            known = values.of(cell)
            text = next(
                (one for one in row.all("td") if "n" in one.attributes.get("class", "").split()), None
            )
            if not known or text is None or not text.text or not text.text[-1].isdecimal():
                continue
            numbers, single = numbers + 1, single + 1
            assert any(value is not None and is_rounded(text.text, value) for value in known), (
                name,
                cell,
                text.text,
            )
        return numbers, single
    for element in of_tables(page):
        for value, words, link in shown(element):
            numbers += 1
            assert is_rounded(words, value), (name, words, value)
            # Sums of many cells lead to the page that lists them; an anchor for many cells has a hash of their names.
            if "#" not in link or "~~" in link:
                continue
            single += 1
            known = values.of(cell_of(link))
            assert any(one is not None and abs(one - value) <= 1e-9 * max(1, abs(one)) for one in known), (
                name, words, link, known,
            )  # fmt: skip
    return numbers, single


def check_pages(store: Path, seed: int) -> tuple[int, int, int]:
    report = store / "report"
    every = sorted(
        file.relative_to(report).as_posix()
        for folder in FOLDERS
        for file in (report / folder).rglob("*.html")
    )
    chosen = random.Random(seed).sample(every, min(PAGES, len(every)))
    values, numbers, single = Values(store / "civic.duckdb"), 0, 0
    for name in chosen:
        of_page, alone = check_page(name, read_page(report / name), values)
        numbers, single = numbers + of_page, single + alone
    return len(chosen), numbers, single


def test_numbers_of_the_sample(sample_refresh: Refreshed) -> None:
    pages, numbers, single = check_pages(sample_refresh.store, seed=1)
    assert pages == PAGES and numbers > 2_000 and single > 1_000


@pytest.mark.real_data
@pytest.mark.exhaustive
def test_numbers_of_publishers_files(real_site: Path) -> None:
    pages, numbers, single = check_pages(real_site.parent, seed=2)
    assert pages == PAGES and numbers > 2_000 and single > 1_000


def test_a_wrong_number_is_found(sample_refresh: Refreshed, tmp_path: Path) -> None:
    report = sample_refresh.store / "report"
    values = Values(sample_refresh.store / "civic.duckdb")
    name = next(
        file.relative_to(report).as_posix()
        for file in sorted((report / "areas").glob("E09*.html"))
        if check_page(file.relative_to(report).as_posix(), read_page(file), values)[1]
    )
    text = (report / name).read_text(encoding="utf-8")
    head, mark, rest = text.partition("#Table~20C2~21")
    at = rest.index('<data value="') + len('<data value="')
    end = rest.index('"', at)
    wrong = tmp_path / "page.html"
    wrong.write_text(head + mark + rest[:at] + "7777777" + rest[end:], encoding="utf-8")
    with pytest.raises(AssertionError, match="7777777"):
        check_page(name, read_page(wrong), values)
