"""Ten questions, each answered by clicking and typing in Chromium as a newcomer does, from the start page.

Belongs here: the way to each answer with the search, in clicks and seconds, and the answer as it was read by hand in
the publishers' files. Does not belong here: the ways without a script (`publish/site/test_questions.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator

from civic_assets_tests.publish.site.browser.chromium import browser, needs_chromium
from civic_assets_tests.publish.site.browser.visitor import Visitor

pytestmark = [needs_chromium, pytest.mark.real_data, pytest.mark.exhaustive]

Visit = Callable[[], Visitor]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def visit(chromium: Browser, real_site: Path) -> Iterator[Visit]:
    """Opens the start page."""
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        yield lambda: Visitor(context.new_page(), real_site)


def row_around(place: Locator) -> Locator:
    """The row of a table that a place is in, or is."""
    return place.locator("xpath=ancestor-or-self::tr")


def test_knife_crime_in_islington(visit: Visit) -> None:
    # Table P5 of the police force area tables of December 2024: 16,789 offences of the Metropolitan Police.
    visitor = visit().search("knife crime Islington", "Knife crime, Metropolitan Police")
    visitor.reads("Knife crime", "not published for this area", within=row_around(visitor.target()))
    visitor.reads("Metropolitan Police, not Islington: 188 per 100,000 population (16,789 offences)")


def test_suspensions_in_hackney_beside_london(visit: Visit) -> None:
    # Lines 10252 and 10367 of lait_key_measures.csv: 20.91133 and 10.861090000000001.
    visitor = visit().search(
        "suspensions Hackney", "Suspensions from state-funded secondary schools, Hackney"
    )
    visitor.reads(
        "per 100 pupils 20.9 10.9 22.6", "academic year 2023/24", within=row_around(visitor.target())
    )


def test_what_changed_in_the_last_issue_of_the_met(visit: Visit) -> None:
    visitor = visit().click("Quality").click("met_borough")
    visitor.reads(
        "Figures of 2025-12, compared with 2024-10: 4,550 unchanged, 4,055 revised, 2,855 reclassified"
    )


def test_may_neet_of_2022_and_2023_be_compared(visit: Visit) -> None:
    # Line 44 of the files of 2022 and 2023: 4.6 and 4.5 per cent, of NEET and not known together.
    visitor = visit().search(
        "NEET Islington", "Not in education, employment or training, or not known, 16 and 17"
    )
    table = visitor.unfold("Table of Not in education").table("Not in education, employment or training")
    visitor.reads("Comparable with the latest", within=table)
    for period, figure in (
        ("December 2021 to February 2022", "4.6"),
        ("December 2022 to February 2023", "4.5"),
    ):
        visitor.reads(figure, "yes", within=table.get_by_role("row").filter(has_text=period))


def test_where_30201_comes_from(visit: Visit) -> None:
    # Cell G237 of Table C2 of policeforceareatablesyedecember2024.xlsx.
    visitor = visit().search("30,201", "Total recorded crime, Islington").click("30,201")
    visitor.reads("30,201 30201 Table C2!G237", within=row_around(visitor.target()))
    visitor.reads("ons-csp/policeforceareatablesyedecember2024.xlsx")


def test_children_in_care_in_camden(visit: Visit) -> None:
    # cla_numbers of dfe_looked_after 2025: 205 children at 31 March 2025.
    visitor = visit().search("children in care Camden", "Children looked after at 31 March, Camden")
    visitor.reads("Children looked after at 31 March 205", "31 March 2025", within=visitor.target())


def test_send_pupils_in_barnet(visit: Visit) -> None:
    # Held is the share in all schools, not that in secondary schools: the search and the page must both say so.
    visitor = visit().search(
        "SEND Barnet", "Special educational needs in all schools, support and plans, Barnet: 16.8%"
    )
    visitor.reads(
        "Special educational needs in all schools, support and plans",
        "16.8",
        within=row_around(visitor.target()),
    )


def test_burglary_in_islington_down_to_its_cell_in_four_clicks(visit: Visit) -> None:
    # Cell Q237 of Table C2: 1802.
    visitor = visit().search("burglary Islington", "Burglary, Islington: 1,802 offences").click("1,802")
    row = row_around(visitor.target())
    visitor.reads("1,802 1802 Table C2!Q237", within=row)
    visitor.click("Table C2!Q237", row)
    visitor.reads("1802", within=row_around(visitor.target()))
    assert visitor.clicks <= 4


def test_which_releases_are_overdue(visit: Visit) -> None:
    # By its contract the Met's file comes each month, 45 days after it; December 2025 is the newest that is held.
    visitor = visit().search("overdue", "What is due next").unfold("Due before")
    visitor.reads(
        "newest held: December 2025",
        "17 March 2026",
        within=visitor.row("in each London borough, month by month"),
    )


def test_who_holds_data_about_gangs_and_young_offenders(visit: Visit) -> None:
    visitor = visit().search("gangs", "Gangs and exploitation")
    visitor.reads("Gangs and exploitation", within=visitor.target())
    visitor.reads(
        "Metropolitan Police Service", within=visitor.target().locator("xpath=following-sibling::ul[1]")
    )
    visitor = visit().search("youth offending", "Offenders and their background")
    visitor.reads("Youth Justice Board", within=visitor.target().locator("xpath=following-sibling::ul[1]"))
