"""Ten questions of a resident, an officer and an auditor, answered from the pages alone, by the links on them.

Belongs here: the way from the start page to each answer, in clicks, and the answer as it was read by hand in the
publishers' files. Does not belong here: the search, which needs scripts (`find/test_real_searches.py`).

Nothing is typed: whoever has no script gets here too. A click is a link with these words on the page that is open; what
is folded away is opened by a click too.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from civic_assets_tests.publish.report.html_pages import Element, read_page
from civic_assets_tests.publish.site.areas.area_pages import by_id

pytestmark = [pytest.mark.real_data, pytest.mark.exhaustive]

MOST_CLICKS = 5


class Reader:
    """A person with the site open, on its start page at first.

    Args:
        folder: Folder of the site.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.clicks, self.address = 0, "index.html"
        self.page = read_page(folder / self.address)
        self.place: Element = self.page

    @property
    def text(self) -> str:
        """The text of the page, without its frame."""
        return self.page.all("main")[0].text

    def click(self, words: str, within: Element | None = None) -> Reader:
        """Follow the first link with these words, opening what hides it."""
        links = [
            one for one in (within or self.page).all("a") if one.text == words and "href" in one.attributes
        ]
        assert links, f"{self.address} has no link {words!r}"
        self.clicks += 1 + links[0].within("details")
        assert self.clicks <= MOST_CLICKS, f"{self.clicks} clicks to {words!r} on {self.address}"
        path, _, fragment = links[0].attributes["href"].partition("#")
        if path:
            self.address = posixpath.normpath(posixpath.join(posixpath.dirname(self.address), unquote(path)))
            self.page = read_page(self._folder / self.address)
        self.place = by_id(self.page, unquote(fragment)) if fragment else self.page
        return self

    def row(self, words: str) -> Element:
        """The first row of a table that begins with these words."""
        rows = [one for one in self.page.all("tr") if one.children and one.children[0].text == words]
        assert rows, f"{self.address} has no row {words!r}"
        return rows[0]


@pytest.fixture(scope="module")
def open_site(real_site: Path) -> Callable[[], Reader]:
    return lambda: Reader(real_site)


def _row_of(element: Element) -> Element:
    """The row that an element is in, or is."""
    while element.tag != "tr":
        assert element.parent is not None
        element = element.parent
    return element


def test_knife_crime_in_islington(open_site: Callable[[], Reader]) -> None:
    # Table P5 of the police force area tables of December 2024: 16,789 offences of the Metropolitan Police.
    reader = open_site().click("Islington")
    row = _row_of(by_id(reader.page, "row-knife_crime"))
    assert "not published for this area" in row.text
    assert "Metropolitan Police , not Islington: 188 per 100,000 population ( 16,789 offences)" in reader.text
    assert reader.clicks == 1


def test_suspensions_in_hackney_beside_london(open_site: Callable[[], Reader]) -> None:
    # Lines 10252, 10367 and 10360 of lait_key_measures.csv: 20.91133, 10.861090000000001 and 22.613379999999999.
    reader = open_site().click("Hackney")
    row = _row_of(by_id(reader.page, "row-suspensions"))
    shown = [float(one.attributes["value"]) for one in row.all("data")]
    assert shown == pytest.approx([20.91133, 10.86109, 22.61338])
    assert "academic year 2023/24" in row.text
    assert reader.clicks == 1


def test_what_changed_in_the_last_issue_of_the_met(open_site: Callable[[], Reader]) -> None:
    # Counted in the two files: 9,190 months of a class and borough are in both, and 4,550 of them are equal. Of the
    # 4,640 others, the pages count those of classes whose meaning changed as reclassified.
    reader = open_site().click("Quality").click("met_borough")
    (changed,) = [one for one in reader.page.all("dd") if one.text.startswith("Figures of 2025-12")]
    assert (
        "compared with 2024-10: 4,550 unchanged, 4,055 revised, 2,855 reclassified, 14,828 new"
        in changed.text
    )
    assert reader.clicks == 2
    reader.click("Changes in every release")
    assert "2024-10" in reader.text and "reclassified" in reader.text


def test_may_neet_of_2022_and_2023_be_compared(open_site: Callable[[], Reader]) -> None:
    # Line 44 of the files of 2022 and 2023: 4.6 and 4.5 per cent, of NEET and not known together.
    reader = open_site().click("Islington")
    (table,) = [
        one
        for one in reader.page.all("table")
        if one.children[0].text.startswith("Not in education, employment or training")
        and "Islington" in one.text
    ]
    assert "December 2021 to February 2022 4.6" in table.text
    assert "December 2022 to February 2023 4.5" in table.text
    assert "Comparable with the latest" in table.text
    rows = [one.text for one in table.all("tr") if "February 2022" in one.text or "February 2023" in one.text]
    assert len(rows) == 2 and all(" areas yes " in row for row in rows)
    assert "Nothing is said of a change. Only a rate is published" in reader.text


def test_where_30201_comes_from(open_site: Callable[[], Reader]) -> None:
    # Cell G237 of Table C2 of policeforceareatablesyedecember2024.xlsx.
    reader = open_site().click("Islington").click("30,201")
    row = _row_of(reader.place)
    assert "Year ending December 2024 30,201 30201 Table C2!G237" in row.text
    assert "ons-csp/policeforceareatablesyedecember2024.xlsx" in reader.text
    assert reader.clicks == 2


def test_cell_of_burglary_in_islington_in_four_clicks(open_site: Callable[[], Reader]) -> None:
    # Cell Q237 of Table C2: 1802.
    reader = open_site().click("Islington").click("1,802")
    row = _row_of(reader.place)
    assert "Year ending December 2024 1,802 1802 Table C2!Q237" in row.text
    reader.click("Table C2!Q237", row)
    assert "1802" in reader.place.text
    assert reader.clicks <= 4


def test_burglary_in_holloway_ward(open_site: Callable[[], Reader]) -> None:
    # Lines 10504 to 10506 of the ward file to December 2025: 26, 43 and 37 in the months of 2025.
    reader = open_site().click("Islington").click("Holloway")
    row = reader.row("Burglary")
    assert [float(one.attributes["value"]) for one in row.all("data")] == [106.0]
    assert "95% interval 87 to 128" in row.text
    assert reader.clicks <= 3


def test_who_has_the_most_unaccompanied_children_and_may_they_be_ranked(
    open_site: Callable[[], Reader],
) -> None:
    # Lines 991, 781 and 106 of cla_uasc_31_march_2021_2025.csv: 451, 181 and 176.
    reader = open_site().click("Children in care and in need")
    reader.click("Unaccompanied asylum-seeking children looked after")
    assert "Do not compare the numbers of areas of different sizes: use a rate." in reader.text
    assert "an order by size says nothing about how well an area does" in reader.text
    for name, number in (("Kent", 451.0), ("Hampshire", 181.0), ("Birmingham", 176.0)):
        rows = [one for one in reader.page.all("tr") if one.children and one.children[0].text == name]
        assert any(float(one.attributes["value"]) == number for row in rows for one in row.all("data")), name
    assert reader.clicks == 2


def test_what_is_held_back_and_what_is_disputed(open_site: Callable[[], Reader]) -> None:
    reader = open_site()
    assert "Held back Nothing is held back." in reader.text
    reader.click("Quality").click("Disputed figures")
    # Line 25 of the file of 2023: Thurrock offered a place to 100.2 per cent.
    assert "Thurrock" in reader.text and "100.2" in reader.text


def test_who_holds_hospital_admissions_for_knife_wounds(open_site: Callable[[], Reader]) -> None:
    reader = open_site().click("Find")
    assert "NHS England" in reader.text and "admissions for assault by sharp object" in reader.text
    reader = open_site().click("Who holds what").click("NHS England")
    assert (
        "Hospital admissions : Hospital Episode Statistics, with admissions for assault by sharp object"
        in reader.text
    )


def test_what_suppressed_means(open_site: Callable[[], Reader]) -> None:
    reader = open_site().click("Knife crime").click("suppressed by the publisher")
    assert reader.address == "glossary.html" and reader.clicks == 2
    assert reader.place.parent is not None
    assert "It is not zero." in reader.place.parent.text


def test_when_the_next_issue_of_the_met_is_due(open_site: Callable[[], Reader]) -> None:
    # By the contract: monthly, 45 days after the month; the newest month of the file is December 2025.
    row = next(
        one for one in open_site().page.all("tr") if "in each London borough, month by month" in one.text
    )
    assert "newest held: December 2025" in row.text and "17 March 2026" in row.text
    assert "worked out from its usual rhythm" in row.text
