"""A person in front of a site: clicks on what can be seen, types into the search, and reads.

Belongs here: what a hand and an eye can do, and counting it. Does not belong here: any question or answer.

No address is opened but that of the start page, and nothing is asked of the page by script.
"""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Locator, Page, expect

MOST_CLICKS = 5
MOST_SECONDS = 60.0
# Milliseconds for the index of the search to be read: about two megabytes, on a machine that does other work too.
_SEARCH = 30_000


class Visitor:
    """A person who has just opened the start page.

    Args:
        page: A page of a browser.
        report: Folder of the site.
    """

    def __init__(self, page: Page, report: Path) -> None:
        self._page, self._report = page, report
        self._began = time.monotonic()
        self.clicks = 0
        page.goto((report / "index.html").as_uri())

    @property
    def address(self) -> str:
        """Where the person is, relative to the site, without the fragment."""
        path = unquote(self._page.url.partition("#")[0].partition("?")[0].removeprefix("file://"))
        return Path(path).relative_to(self._report).as_posix()

    @property
    def seconds(self) -> float:
        """Seconds since the start page was opened."""
        return time.monotonic() - self._began

    def click(self, words: str, within: Locator | None = None) -> Visitor:
        """Click the first visible link with exactly these words."""
        links = (within or self._page.locator("body")).get_by_role("link", name=words, exact=True)
        return self._clicked(links.first, words)

    def unfold(self, words: str) -> Visitor:
        """Click what is folded and begins with these words."""
        return self._clicked(self._page.locator("summary").filter(has_text=words).first, words)

    def search(self, typed: str, choose: str) -> Visitor:
        """Type into the search box and click the first result that has some words: two clicks, with the box."""
        box = self._page.get_by_role("combobox").first
        self._clicked(box, "the search box")
        box.press_sequentially(typed)
        option = self._page.get_by_role("option").filter(has_text=choose).first
        expect(option).to_be_visible(timeout=_SEARCH)
        return self._clicked(option, choose)

    def row(self, words: str) -> Locator:
        """The first row of a table that has these words."""
        return self._page.get_by_role("row").filter(has_text=words).first

    def table(self, words: str) -> Locator:
        """The first table that can be seen whose caption begins with these words."""
        return (
            self._page.get_by_role("table").filter(has=self._page.locator(f"caption:text('{words}')")).first
        )

    def target(self) -> Locator:
        """What the address points to on the page, as the browser marks it."""
        return self._page.locator(":target")

    def reads(self, *words: str, within: Locator | None = None) -> str:
        """The text that can be seen, of the page or of a part of it.

        Raises:
            AssertionError: It does not have all these words, or it took too many clicks or too long to get here.
        """
        text = " ".join((within or self._page.locator("main")).inner_text().split())
        missing = [one for one in words if one not in text]
        assert not missing, f"{self.address} does not say {missing}: {text[:2000]}"
        assert self.clicks <= MOST_CLICKS, f"{self.clicks} clicks"
        assert self.seconds < MOST_SECONDS, f"{self.seconds:.0f} seconds"
        return text

    def _clicked(self, element: Locator, words: str) -> Visitor:
        assert element.count() and element.is_visible(), f"nothing to click with {words!r} on {self.address}"
        self.clicks += 1
        element.click()
        self._page.wait_for_load_state()
        return self
