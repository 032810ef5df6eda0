"""The search finds what people look for, in the same order in Python and in the browser."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from civic_assets.publish.site.find.entries import KINDS
from civic_assets.publish.site.find.index_file import FIGURES_FILE, INDEX_FILE, read_script
from civic_assets.publish.site.find.ranking import Search
from civic_assets_tests.publish.site.find.searches import (
    ASSETS,
    LUNR,
    ODD,
    ON_REAL_FILES,
    ON_THE_SAMPLE,
    Expected,
    in_javascript,
)
from civic_assets_tests.shared_stores import Refreshed

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None, reason="node is not installed; it runs the browser's script here"
)


@pytest.fixture(scope="module")
def site(sample_refresh: Refreshed) -> Path:
    return sample_refresh.store / "report"


@pytest.fixture(scope="module")
def search(site: Path) -> Search:
    return Search(read_script(site / INDEX_FILE), read_script(site / FIGURES_FILE))


@pytest.mark.parametrize("expected", ON_THE_SAMPLE, ids=lambda one: one.words)
def test_what_comes_first(search: Search, expected: Expected) -> None:
    found = search.find(expected.words).results
    assert expected.holds(found), [f"{one.kind} {one.id}: {one.title}" for one in found[:4]]


@pytest.mark.parametrize("words", ODD, ids=repr)
def test_no_search_fails(search: Search, words: str) -> None:
    found = search.find(words)
    assert all(one.kind in KINDS and one.title for one in found.results)


@needs_node
def test_the_browser_finds_the_same_in_the_same_order(site: Path, search: Search) -> None:
    searches = [one.words for one in (*ON_THE_SAMPLE, *ON_REAL_FILES)] + list(ODD)
    for words, theirs in zip(searches, in_javascript(site, str(NODE), searches), strict=True):
        ours = search.find(words)
        assert json.loads(json.dumps([asdict(one) for one in ours.results])) == theirs["results"], words
        assert ours.unmatched == theirs["unmatched"], words


def test_every_beginning_of_a_search_finds_something_on_the_way(search: Search) -> None:
    for words in ("islington", "burglary", "hackney"):
        for length in range(3, len(words) + 1):
            assert search.find(words[:length]).results, words[:length]


def test_a_made_up_figure_says_so_and_leads_to_its_cell(search: Search, site: Path) -> None:
    first = search.find("burglary islington").results[0]
    assert first.title.startswith("SYNTHETIC Burglary, Islington: ")
    page, _, anchor = first.evidence.partition("#")
    assert f'id="{anchor}"' in (site / page).read_text(encoding="utf-8")


def test_a_number_leads_to_the_figure_that_has_it(search: Search) -> None:
    figure = search.find("burglary islington").results[0]
    value = figure.title.partition(": ")[2].split()[0]
    assert "," in value
    for written in (value, value.replace(",", ""), value.replace(",", " "), f"where does {value} come from?"):
        assert figure.id in [one.id for one in search.find(written).results], written


def test_a_number_in_a_search_of_two_digits_is_no_value(search: Search) -> None:
    assert not [one for one in search.find("12").results if one.kind == "figure"]


def test_a_former_name_says_what_it_was_found_as(search: Search) -> None:
    first = search.find("Shepway").results[0]
    assert (first.title, first.called) == ("Folkestone and Hythe", "Shepway")
    assert "now Central Bedfordshire" in search.find("Mid Bedfordshire").results[0].detail


def test_what_is_not_held_names_who_holds_it(search: Search) -> None:
    first = search.find("ambulance").results[0]
    assert first.detail.startswith("No source here holds this.")
    assert "London Ambulance Service" in first.detail


def test_a_postcode_says_what_is_missing(search: Search) -> None:
    first = search.find("N7 6AB").results[0]
    assert first.address == "postcodes.html#N7-6AB"
    assert "No postcode lookup is held" in first.detail


def test_unknown_words_are_named(search: Search) -> None:
    found = search.find("zzyzx islington")
    assert found.unmatched == ["zzyzx"]
    assert found.results[0].id == "E09000019"


def test_index_is_small(site: Path) -> None:
    assert (site / INDEX_FILE).stat().st_size + (site / FIGURES_FILE).stat().st_size < 1_000_000


def test_files_hold_one_assignment_of_plain_json(site: Path) -> None:
    for file, variable in ((INDEX_FILE, "civicFindIndex"), (FIGURES_FILE, "civicFindFigures")):
        text = (site / file).read_text(encoding="utf-8")
        assert text.startswith(f"var {variable} = {{")
        assert text.endswith("};\n")
        assert not {"\u2028", "\u2029"} & set(text)


def test_vendored_library_is_the_one_that_is_named(site: Path) -> None:
    named = json.loads((ASSETS / "vendor" / "vendored.json").read_text(encoding="utf-8"))
    files = {file.name for file in LUNR.parent.glob("*.js")}
    assert {one["file"] for one in named} == files
    for one in named:
        content = (LUNR.parent / one["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == one["sha256"]
        assert one["version"] in content[:300].decode()
        assert (LUNR.parent / one["licence_file"]).read_text(encoding="utf-8").startswith("Copyright")
        assert (site / "assets" / "vendor" / one["file"]).read_bytes() == content
