"""What a telephone shows: nothing is cut off without a word, and text begins where its column does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from civic_assets_tests.publish.site.browser.chromium import WIDTHS, browser, needs_chromium, one_of_each_kind
from civic_assets_tests.shared_stores import Refreshed

pytestmark = needs_chromium
# Regions that can be scrolled sideways, and whether each says so.
_SCROLLED = """() => [...document.querySelectorAll(".scroll")].filter(one => one.getClientRects().length)
  .map(one => [one.scrollWidth > one.clientWidth + 1,
    getComputedStyle(one, "::before").content.includes("scroll sideways")])"""
# Width of a box of the search without its padding, and that of the words that stand in it.
_BOXES = """() => [...document.querySelectorAll("input[type=search]")].map(one => {
  const style = getComputedStyle(one), words = getComputedStyle(one, "::placeholder");
  const context = document.createElement("canvas").getContext("2d");
  context.font = `${words.fontWeight} ${words.fontSize} ${words.fontFamily}`;
  return [one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight),
    context.measureText(one.placeholder).width];
})"""
_INDENTED = """() => [...document.querySelectorAll("table.cards td > .quiet")]
  .filter(one => parseFloat(getComputedStyle(one).marginLeft) > 0).map(one => one.outerHTML.slice(0, 120))"""
_CROWDED = """() => [...document.querySelectorAll("table.cards td")].filter(one => one.getClientRects().length
  && one.scrollWidth > one.clientWidth + 1).map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def report(sample_refresh: Refreshed) -> Path:
    return sample_refresh.store / "report"


def pages(chromium: Browser, report: Path, width: str = "narrow") -> Iterator[tuple[str, Page]]:
    """Each kind of page, opened at a width."""
    with chromium.new_context(viewport={"width": WIDTHS[width], "height": 640}) as context:
        page = context.new_page()
        for address in one_of_each_kind(report):
            page.goto((report / address).as_uri())
            yield address, page


def test_what_is_wider_than_the_screen_says_so_and_nothing_else_does(chromium: Browser, report: Path) -> None:
    said = [one for _, page in pages(chromium, report) for one in page.evaluate(_SCROLLED)]
    assert {tuple(one) for one in said} == {(True, True), (False, False)}


def test_words_in_the_box_of_the_search_are_whole(chromium: Browser, report: Path) -> None:
    boxes = [(address, box) for address, page in pages(chromium, report) for box in page.evaluate(_BOXES)]
    assert len(boxes) > 10
    assert [one for one in boxes if one[1][1] > one[1][0]] == []


def test_stacked_tables_have_no_indented_lines_and_nothing_out_of_sight(
    chromium: Browser, report: Path
) -> None:
    for address, page in pages(chromium, report):
        assert page.evaluate(_INDENTED) == [], address
        assert page.evaluate(_CROWDED) == [], address
