"""Searches in the site of all of the publishers' files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from civic_assets.publish.site.find.index_file import FIGURES_FILE, INDEX_FILE, read_script
from civic_assets.publish.site.find.ranking import Search
from civic_assets_tests.publish.site.find.searches import ON_REAL_FILES, Expected, in_javascript

pytestmark = [pytest.mark.real_data, pytest.mark.exhaustive]


@pytest.fixture(scope="module")
def search(real_site: Path) -> Search:
    return Search(read_script(real_site / INDEX_FILE), read_script(real_site / FIGURES_FILE))


@pytest.mark.parametrize("expected", ON_REAL_FILES, ids=lambda one: one.words)
def test_what_comes_first(search: Search, expected: Expected) -> None:
    found = search.find(expected.words).results
    assert expected.holds(found), [f"{one.kind} {one.id}: {one.title}" for one in found[:4]]


def test_index_is_under_two_megabytes(real_site: Path) -> None:
    assert (real_site / INDEX_FILE).stat().st_size + (real_site / FIGURES_FILE).stat().st_size < 2_000_000


def test_knife_crime_is_that_of_the_force_and_says_so(search: Search) -> None:
    first = search.find("knife crime Islington").results[0]
    assert first.title.startswith("Knife crime, Metropolitan Police, not Islington alone: ")
    assert first.evidence.startswith("evidence/ons_pfa/")


def test_wards_of_one_name_are_told_apart_by_authority_and_dates(search: Search) -> None:
    now, before = search.find("Holloway").results[:2]
    assert now.detail != before.detail
    assert all("Ward in Islington" in one.detail and " from " in one.detail for one in (now, before))


def test_the_browser_finds_the_same_in_the_same_order(real_site: Path, search: Search) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; it runs the browser's script here")
    searches = [one.words for one in ON_REAL_FILES]
    for words, theirs in zip(searches, in_javascript(real_site, node, searches), strict=True):
        ours = search.find(words)
        assert [one.id for one in ours.results] == [one["id"] for one in theirs["results"]], words
