"""An address of evidence is the same in Python and in SQL, and no two figures' pages or anchors meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_letters

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from civic_assets.publish.site.evidence.addresses import (
    EvidenceAddresses,
    address_sql,
    anchor_of,
    create_parts,
    page_of,
    part_sql,
    place_of,
    place_sql,
    release_page,
)

# DuckDB holds no half of a letter (surrogate).
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
_LONG = st.text(st.characters(exclude_categories=["Cs"]), min_size=100, max_size=300)
_LOCATORS = st.one_of(
    st.from_regex(r"\A[A-Za-z '!é]{0,9}![A-Z]{1,3}[1-9][0-9]{0,6}\Z"),
    st.from_regex(r"\AL[1-9][0-9]{0,12}:[A-Za-z <>&\"'~%_.é-]{0,9}\Z"),
    st.from_regex(r"\AL[1-9][0-9]?,L[1-9][0-9]?,\.\.\. \([0-9]{1,4} lines\):Crime type\Z"),
    _TEXT,
    _LONG,
)


def _read_model(rows: Sequence[tuple[str, str, str, str, str]]) -> duckdb.DuckDBPyConnection:
    """A read model with as much of figures as addresses need."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA harmonised")
    connection.execute(
        """CREATE TABLE harmonised.observations(source VARCHAR, release VARCHAR, area_code VARCHAR, locator VARCHAR,
        value_text VARCHAR, breakdown VARCHAR DEFAULT 'total')"""
    )
    if rows:
        connection.executemany(
            """INSERT INTO harmonised.observations(source, release, area_code, locator, value_text)
            VALUES (?, ?, ?, ?, ?)""",
            rows,
        )
    return connection


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    with _read_model([]) as connection:
        create_parts(connection)
        yield connection


@settings(max_examples=300, deadline=None)
@given(source=_TEXT, release=_TEXT, area=st.one_of(_TEXT, _LONG), locator=_LOCATORS)
@example(source="s", release="..", area="K04000001/action-fraud", locator="Table C2!G237")
@example(source="s", release=".hidden", area="..", locator='A sheet\'s "name" & <more>!AB12')
@example(source="s", release="r", area="E1.2", locator="")
@example(source="s", release="r", area="Index", locator="")
@example(source="s", release="r", area="index\n", locator="L1:a\n")
@example(source="s", release="r", area="é" * 100, locator="L1:" + "é" * 100)
def test_sql_and_python_agree(
    empty: duckdb.DuckDBPyConnection, source: str, release: str, area: str, locator: str
) -> None:
    found = empty.execute(
        f"SELECT {address_sql('$source', '$release', '$area', '$locator')}, {place_sql('$locator')}",
        {"source": source, "release": release, "area": area, "locator": locator},
    ).fetchall()
    assert found == [(EvidenceAddresses({}).of(source, release, area, locator), place_of(locator))]


@settings(max_examples=300, deadline=None)
@given(source=_TEXT, release=_TEXT, area=st.one_of(_TEXT, _LONG), locator=_LOCATORS)
def test_an_address_needs_no_other_writing_and_stays_in_its_folder(
    source: str, release: str, area: str, locator: str
) -> None:
    page, _, anchor = EvidenceAddresses({}).of(source, release, area, locator).partition("#")
    plain = set(ascii_letters + "0123456789-_.~")
    assert set(page) <= plain | {"/"}
    assert set(anchor) <= plain
    names = page.split("/")
    assert len(names) == 4
    assert not any(name.startswith(".") for name in names[:3])
    assert all(len(name) <= 130 for name in names)


@settings(max_examples=300, deadline=None)
@given(_LOCATORS, _LOCATORS)
@example("L2:num schools", "L2:num_schools")
@example("L2:a~20", "L2:a ")
def test_two_locators_have_two_anchors(one: str, other: str) -> None:
    assert (anchor_of(one) == anchor_of(other)) == (one == other)


@settings(max_examples=300, deadline=None)
@given(_TEXT, st.integers(1, 30), _TEXT, st.integers(1, 30))
@example("E1", 2, "E1.2", 1)
@example("K/a", 1, "K~2Fa", 1)
def test_two_parts_of_areas_have_two_pages(one: str, part: int, other: str, other_part: int) -> None:
    same = page_of("s", "r", one, part) == page_of("s", "r", other, other_part)
    assert same == ((one, part) == (other, other_part))


def test_the_page_of_a_release_is_not_that_of_an_area() -> None:
    assert release_page("s", "r") not in {page_of("s", "r", "index"), page_of("s", "r", "INDEX")}


def test_cells_are_in_the_order_of_the_file() -> None:
    cells = ["Table C2!B9", "Table C2!AA9", "Table C2!B10", "Table C10!B9"]
    assert sorted(["Table C10!B9", *cells[2::-1]], key=place_of) == cells
    assert place_of("L9:b") < place_of("L10:a")


def test_a_large_area_is_split_and_every_process_finds_the_same_part() -> None:
    figures = [("s", "r", "E1", f"L{line}:{column}", "1") for line in range(1, 301) for column in "abcdefgh"]
    connection = _read_model([*figures, ("s", "r", "E2", "L1:a", "1")])
    create_parts(connection)
    addresses = EvidenceAddresses.read(connection)
    assert set(addresses.starts) == {("s", "r", "E1")}
    rows = connection.execute(
        f"SELECT source, release, area_code, locator, {part_sql()}, {address_sql()} FROM harmonised.observations"
    ).fetchall()
    for source, release, area, locator, part, address in rows:
        assert addresses.part(source, release, area, locator) == part
        assert addresses.of(source, release, area, locator) == address
    parts = [part for _, _, area, _, part, _ in rows if area == "E1"]
    assert parts == sorted(parts), "parts follow the order of the file"
    assert set(parts) == set(range(1, max(parts) + 1))
    assert len(parts) / max(parts) > 300


def test_cells_of_several_areas_are_found_by_their_locators() -> None:
    connection = _read_model([("s", "r", "E1", "L1:a", "1"), ("s", "r", "E2", "L2:a", "1")])
    found = EvidenceAddresses({}).of_cells(
        connection, [("s", "r", "L2:a"), ("s", "r", "L1:a"), ("s", "r", "L3:a")]
    )
    assert found == {
        ("s", "r", "L1:a"): "evidence/s/r/E1.html#L1~3Aa",
        ("s", "r", "L2:a"): "evidence/s/r/E2.html#L2~3Aa",
    }
