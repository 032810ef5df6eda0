"""A site from a file share: nothing is asked for outside its folder, and made-up figures are always marked."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from civic_assets_tests.publish.site.browser.chromium import (
    WIDTHS,
    browser,
    needs_chromium,
    of_each_kind,
)
from civic_assets_tests.shared_stores import Refreshed

pytestmark = needs_chromium


# Chromium asks a site for its icon, sooner or later.
_ICON = b"GET http://pages.example.org/favicon.ico HTTP/1.1"


@contextmanager
def logging_proxy() -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that writes down the first line of every request, and answers itself."""
    asked: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline().strip())
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nseen")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


@pytest.fixture(scope="module")
def report(sample_refresh: Refreshed) -> Path:
    return sample_refresh.store / "report"


def of_sites(asked: list[bytes]) -> list[bytes]:
    """Requests without those that the browser makes for itself."""
    return [line for line in asked if b"google" not in line and b"gvt1.com" not in line]


def test_pages_ask_for_nothing_outside_their_folder(report: Path) -> None:
    """Every kind of page is opened, scrolled and searched, while a proxy writes down whatever leaves."""
    with logging_proxy() as (address, asked), browser(proxy=address) as chromium:
        page = chromium.new_page()
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        for one in of_each_kind(report):
            page.goto((report / one).as_uri())
            page.mouse.wheel(0, 5_000)
            box = page.locator("input[type=search]").first
            if box.count():
                box.fill("knife crime Islington")
            page.wait_for_timeout(50)
        assert of_sites(asked) == []
        # The proxy would see it.
        page.goto("http://pages.example.org/seen")
        assert [line for line in of_sites(asked) if line != _ICON] == [
            b"GET http://pages.example.org/seen HTTP/1.1"
        ]
    inside = report.as_uri() + "/"
    assert len(requests) > len(of_each_kind(report))
    assert [
        url for url in requests if not url.startswith((inside, "data:", "http://pages.example.org"))
    ] == []


# Scrolls through a page by its height, and says of each view which marks are wholly in it.
_VIEWS = """() => {
  const found = [];
  for (let top = 0; top < document.scrollingElement.scrollHeight; top += window.innerHeight) {
    window.scrollTo(0, top);
    found.push([...document.querySelectorAll(".synthetic-mark")].filter(one => {
      const box = one.getBoundingClientRect();
      return box.top >= 0 && box.bottom <= window.innerHeight && box.width > 100;
    }).map(one => one.textContent).join());
  }
  return found;
}"""


@pytest.mark.parametrize(
    "width",
    [pytest.param(name, marks=pytest.mark.exhaustive if name == "zoomed" else ()) for name in WIDTHS],
)
def test_no_view_of_made_up_figures_is_without_the_mark(report: Path, width: str) -> None:
    with (
        browser() as chromium,
        chromium.new_context(viewport={"width": WIDTHS[width], "height": 600}) as context,
    ):
        page = context.new_page()
        marked = 0
        for address in of_each_kind(report):
            page.goto((report / address).as_uri())
            if not page.title().startswith("SYNTHETIC"):
                continue
            marked += 1
            assert set(page.evaluate(_VIEWS)) == {"SYNTHETIC SAMPLE DATA"}, address
        assert marked > 5
