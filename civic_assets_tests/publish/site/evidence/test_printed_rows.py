"""Rows of a file whose texts are missing say so: a page never shows an empty row as if it were the publisher's."""

from __future__ import annotations

import duckdb
import pytest

from civic_assets.publish.site.evidence.printed_rows import (
    NOT_HERE,
    PrintedRow,
    create_printed,
    printed_tables,
    rows_of_pages,
)

ROW: PrintedRow = ("r237-Table~20C2", "Table C2", 237, True, "<td>Islington</td><td>30201</td>")


def test_rows_without_their_raw_table_say_that_it_is_missing() -> None:
    with duckdb.connect() as connection:
        create_printed(connection, None)
        connection.execute(
            "CREATE TEMP TABLE evidence_chunk AS SELECT 0 AS page, 'Table C2' AS file_sheet, 237::BIGINT AS file_row"
        )
        rows = rows_of_pages(connection)[0]
    text = printed_tables(rows, 10_000)
    assert 'id="r237-Table~20C2"' in text and f"<p>{NOT_HERE}</p>" in text


@pytest.mark.parametrize("most", [10_000, 10])
def test_rows_with_their_texts_do_not_say_so(most: int) -> None:
    text = printed_tables([ROW], most)
    assert NOT_HERE not in text
    assert ("too large" in text) is (most == 10)
