"""Every kind of page in Chromium: axe-core's rules of WCAG 2.2 AA, narrow and enlarged, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from civic_assets_tests.publish.site.browser.chromium import (
    WIDTHS,
    browser,
    largest_of_each_kind,
    needs_chromium,
    of_each_kind,
    one_of_each_kind,
    small_of_each_kind,
)
from civic_assets_tests.shared_stores import Refreshed

pytestmark = needs_chromium
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
OF_VIEWS = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")
GRAVE = ("serious", "critical")
# What can be reached by keyboard.
REACHABLE = "a[href], button, input, select, textarea, summary, [tabindex='0']"
_UNREACHED = """reachable => [...document.querySelectorAll(reachable)].filter(
  one => !one.dataset.reached && !one.disabled && one.getClientRects().length
    && getComputedStyle(one).visibility !== "hidden" && !one.closest("details:not([open]) > :not(summary)")
).map(one => one.outerHTML.slice(0, 120))"""
_FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const again = one.dataset.reached === "yes";
  one.dataset.reached = "yes";
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const mark = document.querySelector(".synthetic-mark");
  const covered = mark && one !== mark && box.bottom <= mark.getBoundingClientRect().bottom && box.top >= 0
    && mark.getBoundingClientRect().top <= 0 && box.height > 0 && getComputedStyle(one).position === "static";
  return {again, html: one.outerHTML.slice(0, 120),
    seen: style.outlineStyle !== "none" || style.boxShadow !== "none", covered: Boolean(covered)};
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def report(sample_refresh: Refreshed) -> Path:
    return sample_refresh.store / "report"


def opened(page: Page, report: Path, address: str) -> Page:
    page.goto((report / address).as_uri())
    return page


def grave(found: dict[str, Any]) -> list[str]:
    """Grave violations, with the first element of each."""
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {one['nodes'][0]['html'][:200]} "
        f"{one['nodes'][0].get('failureSummary', '')[:300]}"
        for one in found["violations"]
        if one["impact"] in GRAVE
    ]


def accessible(page: Page, **only: object) -> list[str]:
    options = {"runOnly": only or {"type": "tag", "values": list(RULES)}, "resultTypes": ["violations"]}
    return grave(Axe().run(page, options=options).response)


def test_no_grave_violation(chromium: Browser, report: Path) -> None:
    with chromium.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True) as context:
        page = context.new_page()
        found = {address: accessible(opened(page, report, address)) for address in one_of_each_kind(report)}
    assert {address: grave for address, grave in found.items() if grave} == {}


@pytest.mark.exhaustive
def test_no_grave_violation_in_the_dark_on_a_telephone(chromium: Browser, report: Path) -> None:
    """Rules whose result depends on colours or the width, on pages that are not large."""
    size = {"width": WIDTHS["narrow"], "height": 640}
    with chromium.new_context(viewport=size, color_scheme="dark", bypass_csp=True) as context:  # type: ignore[arg-type]
        page = context.new_page()
        found = {
            address: accessible(opened(page, report, address), type="rule", values=list(OF_VIEWS))
            for address in small_of_each_kind(report)
        }
    assert {address: grave for address, grave in found.items() if grave} == {}


def test_grave_violations_would_be_found(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "<!DOCTYPE html><html><head><title>A</title></head><body><main><h1>B</h1><a href='#x'></a>"
        "<p style='color:#bbb;background:#fff'>Too pale</p><input></main></body></html>",
        encoding="utf-8",
    )
    page = chromium.new_page()
    found = " ".join(accessible(opened(page, tmp_path, "page.html")))
    page.close()
    assert all(rule in found for rule in ("html-has-lang", "link-name", "color-contrast", "label"))


@pytest.mark.parametrize("width", [pytest.param("zoomed", marks=pytest.mark.exhaustive), "narrow"])
def test_page_is_not_wider_than_the_screen(chromium: Browser, report: Path, width: str) -> None:
    with chromium.new_context(viewport={"width": WIDTHS[width], "height": 700}) as context:
        page = context.new_page()
        wider = {}
        for address in of_each_kind(report):
            opened(page, report, address)
            extra = page.evaluate(
                "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
            )
            if extra > 0:
                wider[address] = extra
    assert wider == {}


def test_everything_can_be_reached_by_keyboard(chromium: Browser, report: Path) -> None:
    """With Tab alone: each link, button, box and scrolled table gets the focus, which can be seen."""
    # Where pages scroll smoothly, a place in the next column is still on its way when it has the focus.
    size = {"width": 1280, "height": 900}
    with chromium.new_context(viewport=size, reduced_motion="reduce") as context:  # type: ignore[arg-type]
        page = context.new_page()
        for address in small_of_each_kind(report):
            opened(page, report, address)
            for _ in range(page.locator(REACHABLE).count() + 5):
                page.keyboard.press("Tab")
                focus = page.evaluate(_FOCUS)
                # A page may begin in its box; after the last element, the focus leaves the page and comes back.
                if focus is None:
                    continue
                if focus["again"]:
                    break
                assert focus["seen"] and not focus["covered"], (address, focus)
            assert page.evaluate(_UNREACHED, REACHABLE) == [], address


def test_targets_are_large_enough_on_the_largest_pages_of_a_telephone(
    chromium: Browser, report: Path
) -> None:
    """In long tables, where names of checks stand under their numbers."""
    with chromium.new_context(
        viewport={"width": WIDTHS["narrow"], "height": 640}, bypass_csp=True
    ) as context:
        page = context.new_page()
        found = {
            address: accessible(opened(page, report, address), type="rule", values=["target-size"])
            for address in largest_of_each_kind(report)
        }
    assert {address: grave for address, grave in found.items() if grave} == {}


def test_small_targets_would_be_found(chromium: Browser, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(
        "<!DOCTYPE html><html lang='en'><head><title>A</title></head><body><main><h1>B</h1><table><tr>"
        "<td style='font: 14px/16px sans-serif; width: 3rem'><a href='#x'>V-01</a><br><a href='#y'>Age</a></td>"
        "</tr></table></main></body></html>",
        encoding="utf-8",
    )
    page = chromium.new_page()
    found = accessible(opened(page, tmp_path, "page.html"), type="rule", values=["target-size"])
    page.close()
    assert len(found) == 1 and found[0].startswith("target-size")
