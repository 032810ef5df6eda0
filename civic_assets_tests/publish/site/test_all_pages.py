"""What holds for every page of the site, whatever section makes it: the sample that ships, with all sections.

Belongs here: demands on any page. Does not belong here: what a kind of page shows (tests of its section).
"""

from __future__ import annotations

import posixpath
import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest

from civic_assets.publish.site.record import RECORD, read_record
from civic_assets_tests.publish.report.html_pages import Element, read_page
from civic_assets_tests.shared_stores import Refreshed

MOST_BYTES = 300_000
POLICY = re.compile(
    r"default-src 'none'; style-src [^;]+; script-src 'self' file:; img-src [^;]+; base-uri 'none'"
)


@pytest.fixture(scope="module")
def folder(sample_refresh: Refreshed) -> Path:
    return sample_refresh.store / "report"


@pytest.fixture(scope="module")
def pages(folder: Path) -> dict[str, Element]:
    return {file.relative_to(folder).as_posix(): read_page(file) for file in sorted(folder.rglob("*.html"))}


def test_record_lists_exactly_the_files_of_the_site(folder: Path) -> None:
    files = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert files == {*read_record(folder).pages, RECORD}


def test_every_link_and_anchor_leads_somewhere(folder: Path, pages: dict[str, Element]) -> None:
    ids = {
        name: {e.attributes["id"] for e in page.all() if "id" in e.attributes} for name, page in pages.items()
    }
    for name, page in pages.items():
        for element in page.all("a", "link", "script", "form", "img"):
            target = element.attributes.get(
                "href", element.attributes.get("src", element.attributes.get("action"))
            )
            if target is None or target.startswith(("https://", "http://", "mailto:", "data:")):
                continue
            path, _, fragment = target.partition("#")
            there = (
                posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path))) if path else name
            )
            assert (folder / there).is_file(), (name, target)
            if fragment and there in ids and not fragment.startswith("q="):
                assert unquote(fragment) in ids[there], (name, target)


def test_page_asks_for_nothing_outside_the_folder(pages: dict[str, Element]) -> None:
    """Only links lead elsewhere, and those say so."""
    for name, page in pages.items():
        for element in page.all():
            assert element.tag not in ("iframe", "object", "embed", "video", "audio", "base"), name
            assert not any(key.startswith("on") for key in element.attributes), (name, element.tag)
            for key in ("src", "href", "action", "xlink:href", "srcset", "poster"):
                target = element.attributes.get(key, "")
                outside = re.match(r"[a-z]+:|//", target)
                if not outside or target.startswith("data:"):
                    continue
                assert element.tag == "a" and key == "href", (name, element.tag, target)
                assert target.startswith(("https://", "http://", "mailto:")), (name, target)
                assert "external" in element.attributes.get("rel", "").split(), (name, target)


def test_policy_forbids_everything_else(folder: Path, pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        (policy,) = [
            m for m in page.all("meta") if m.attributes.get("http-equiv") == "Content-Security-Policy"
        ]
        assert POLICY.fullmatch(policy.attributes["content"]), name
        assert all("src" in script.attributes for script in page.all("script")), name
        assert page.all("style") == [], name
        assert not any("style" in element.attributes for element in page.all()), name
    for style in (folder / "assets").glob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert "@import" not in text and "url(" not in text


def test_scripts_ask_for_nothing(folder: Path) -> None:
    for script in folder.rglob("*.js"):
        text = script.read_text(encoding="utf-8")
        for asking in (
            "fetch(",
            "XMLHttpRequest",
            "import(",
            "WebSocket",
            "sendBeacon",
            "EventSource",
            "eval(",
        ):
            assert asking not in text, (script.name, asking)


def test_no_page_is_too_large(folder: Path, pages: dict[str, Element]) -> None:
    sizes = {name: (folder / name).stat().st_size for name in pages}
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}


def test_page_can_be_read_without_seeing_it(pages: dict[str, Element]) -> None:
    for name, page in pages.items():
        assert page.all("html")[0].attributes["lang"] == "en-GB"
        assert page.all("title")[0].text, name
        assert [len(page.all(tag)) for tag in ("main", "h1")] == [1, 1], name
        assert page.all("a")[0].attributes["href"] == "#main", name
        levels = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels[0] == 1 and all(below - above <= 1 for above, below in pairwise(levels)), (name, levels)
        named = [nav.attributes.get("aria-label") for nav in page.all("nav")]
        assert all(named) and len(named) == len(set(named)), name
        ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
        assert len(ids) == len(set(ids)), name
        for table in page.all("table"):
            assert table.children and table.children[0].tag == "caption" and table.children[0].text, name
            assert all(
                cell.attributes.get("scope") in ("col", "row", "colgroup", "rowgroup")
                for cell in table.all("th")
            ), name


def test_start_page_says_what_this_is_and_which_publication(
    pages: dict[str, Element], sample_refresh: Refreshed
) -> None:
    start = pages["index.html"]
    assert sample_refresh.answer.json["publication"] in start.text
    assert "SYNTHETIC SAMPLE DATA" in start.text and start.all("title")[0].text.startswith("SYNTHETIC")
    assert start.text.count(".") and "What is due next" in start.text and "What is new" in start.text
