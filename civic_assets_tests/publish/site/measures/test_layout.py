"""How the tables of a measure are divided into pages."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from civic_assets.publish.site.measures.layout import Page, Table, pages_of

ROOM, WORDS = 10_000, 3_000


def _table(kind: str, sizes: Sequence[int]) -> Table:
    return Table("burglary", "printed", "ons_csp", kind, "", sizes, [1] * len(sizes))


def _pages(*sizes: Sequence[int]) -> list[Page]:
    return pages_of("burglary", [_table(f"kind_{at}", one) for at, one in enumerate(sizes)], ROOM, WORDS)


def test_a_measure_without_tables_has_one_page() -> None:
    assert [page.address for page in _pages()] == ["measures/burglary.html"]


def test_small_tables_share_a_page_and_the_next_begins_on_another() -> None:
    pages = _pages([1000] * 2, [1000] * 3, [1000] * 4)
    assert [[part.table.kind for part in page.slices] for page in pages] == [["kind_0"], ["kind_1", "kind_2"]]
    assert [page.address for page in pages] == ["measures/burglary.html", "measures/burglary.2.html"]


def test_a_table_larger_than_a_page_is_divided_between_areas() -> None:
    pages = _pages([1000] * 20)
    assert [(part.first, part.last) for page in pages for part in page.slices] == [(0, 8), (8, 16), (16, 20)]
    assert pages[0].slices == []


@given(st.lists(st.lists(st.integers(100, 3000), min_size=1, max_size=40), max_size=8))
def test_every_row_is_on_one_page_in_order_and_no_page_is_too_large(sizes: list[list[int]]) -> None:
    pages = _pages(*sizes)
    shown = [
        (part.table.kind, row)
        for page in pages
        for part in page.slices
        for row in range(part.first, part.last)
    ]
    assert shown == [(f"kind_{at}", row) for at, one in enumerate(sizes) for row in range(len(one))]
    for page in pages:
        taken = sum(1300 + sum(part.table.sizes[part.first : part.last]) for part in page.slices)
        assert taken <= ROOM - (WORDS if page.number == 1 else 0)
    assert all(page.slices for page in pages[1:])
