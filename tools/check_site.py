"""Looks at a built site as a browser without a network would: what it loads, and where its links lead.

Belongs here: the HTML and CSS of the site. Does not belong here: links between the pages as they are written, which the
generator checks, and addresses on the web (`make docs-links`).

    python tools/check_site.py DIR     prints page and fault; exit code 1 if there is one
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself, by element and attribute; a link that a person follows may lead to the web.
_LOADED = {
    ("script", "src"), ("img", "src"), ("img", "srcset"), ("link", "href"), ("iframe", "src"), ("source", "src"),
    ("source", "srcset"), ("video", "src"), ("audio", "src"), ("object", "data"), ("embed", "src"), ("use", "href"),
}  # fmt: skip
_ELSEWHERE = re.compile(r"""(?:@import|url\()\s*["'(]*\s*(?:https?:)?//[^"')]*""", re.IGNORECASE)


class _Page(HTMLParser):
    """Anchors, links, and loaded addresses of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if not value:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            elif (tag, name) in _LOADED:
                self.loaded.append(value)
            elif tag == "a" and name == "href":
                self.links.append(value)


def _is_elsewhere(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme in ("http", "https", "ftp")


def faults(site: Path) -> Iterator[str]:
    """Sentences about what a page loads from elsewhere, and about links that lead nowhere.

    Args:
        site: Folder of the built site.
    """
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    if not pages:
        yield f"{site}: there are no pages"
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        for address in page.loaded:
            if _is_elsewhere(address):
                yield f"{name}: loads {address} from elsewhere"
            elif not address.startswith("data:") and not _target(path, address).exists():
                yield f"{name}: loads {address}, which is not there"
        for address in page.links:
            yield from _dead(name, path, address, pages)
    for path in sorted(site.rglob("*.css")):
        for match in _ELSEWHERE.finditer(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site).as_posix()}: loads {match[0]} from elsewhere"


def _dead(name: str, path: Path, address: str, pages: dict[Path, _Page]) -> Iterator[str]:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return
    target = _target(path, address)
    if not target.exists():
        yield f"{name}: the link {address} leads to a file that is not there"
    elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
        yield f"{name}: the link {address} leads to a heading that is not there"


def _target(page: Path, address: str) -> Path:
    path = unquote(urlsplit(address).path)
    return (page.parent / path).resolve() if path else page


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every fault; returns 1 if there is one."""
    (folder,) = sys.argv[1:] if arguments is None else arguments
    found = list(faults(Path(folder).resolve()))
    print(*found, sep="\n", end="\n" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
