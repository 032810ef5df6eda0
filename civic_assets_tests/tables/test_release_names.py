"""Releases in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.tables.release_names import check_name, edition_of, issue_of, release_name, release_sort_key

EDITIONS = st.from_regex(r"20[0-9]{2}(-[01][0-9]|-[0-9]{2}-(autumn|spring))?", fullmatch=True)
RELEASES = st.tuples(EDITIONS, st.integers(1, 300))


def test_tenth_reissue_comes_after_the_second_and_before_the_next_edition() -> None:
    in_order = ["2024-12", "2024-12.r2", "2024-12.r3", "2024-12.r10", "2025-03", "2025-03.r2"]
    shuffled = in_order[::2] + in_order[1::2]
    assert sorted(shuffled, key=release_sort_key) == in_order


@given(RELEASES)
def test_release_is_taken_apart_as_it_was_put_together(release: tuple[str, int]) -> None:
    name = release_name(*release)
    assert (edition_of(name), issue_of(name)) == release
    assert check_name(name, "release") == name


@given(RELEASES, RELEASES, RELEASES)
def test_order_of_releases_is_total_and_that_of_edition_then_issue(
    a: tuple[str, int], b: tuple[str, int], c: tuple[str, int]
) -> None:
    x, y, z = (release_sort_key(release_name(*release)) for release in (a, b, c))
    assert (x < y, x == y, x > y) == (a < b, a == b, a > b)
    assert x <= z if x <= y <= z else True


@given(st.text(max_size=20), st.text(max_size=20))
def test_different_names_never_share_a_place_in_the_order(a: str, b: str) -> None:
    assert (release_sort_key(a) == release_sort_key(b)) == (a == b)


@pytest.mark.parametrize("name", ["2024-12.r1", "2024-12.r02", "2024-12.r", ".r2", "2024-12.r2 "])
def test_suffix_that_the_archive_never_gives_is_part_of_the_edition(name: str) -> None:
    assert (edition_of(name), issue_of(name)) == (name, 1)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-x", ".hidden", "2024-12\n", "a b", "é"])
def test_name_that_is_not_a_folder_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="release"):
        check_name(name, "release")
