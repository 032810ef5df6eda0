"""Two read models that do not say the same are told apart, however small the difference."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from civic_assets_tests.publish.incremental.same_tables import differences

MADE = """CREATE TABLE figures (area VARCHAR, value DOUBLE, marks VARCHAR[]);
INSERT INTO figures VALUES ('a', 1, ['x']), ('b', 2, []), ('b', 2, []), ('c', NULL, NULL), (NULL, 0, ['x', 'y']);
CREATE VIEW known AS SELECT area, value FROM figures WHERE value IS NOT NULL;"""


def _file(path: Path, *more: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        for sql in (MADE, *more):
            connection.execute(sql)
    return path


def test_rows_in_another_order_are_the_same(tmp_path: Path) -> None:
    again = ("CREATE TEMP TABLE kept AS FROM figures", "DELETE FROM figures",
             "INSERT INTO figures FROM kept ORDER BY value DESC, area DESC",
             "UPDATE figures SET value = -0.0 WHERE value = 0")  # fmt: skip
    assert differences(_file(tmp_path / "one"), _file(tmp_path / "other", *again)) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        pytest.param("UPDATE figures SET value = 3 WHERE area = 'a'", "figures known", id="value"),
        pytest.param("UPDATE figures SET value = 0 WHERE area = 'c'", "figures known", id="nothing is 0"),
        pytest.param("UPDATE figures SET marks = ['y', 'x'] WHERE area IS NULL", "figures", id="order in a list"),
        pytest.param("UPDATE figures SET area = '' WHERE area IS NULL", "figures known", id="nothing is empty"),
        pytest.param("UPDATE figures SET value = 3 - value WHERE value > 0", "figures known", id="exchanged values"),
        pytest.param("INSERT INTO figures FROM figures WHERE area = 'b' LIMIT 1", "figures known", id="once more"),
        pytest.param("INSERT INTO figures FROM figures", "figures known", id="everything twice"),
        pytest.param("DELETE FROM figures", "figures known", id="empty"),
        pytest.param("CREATE OR REPLACE VIEW known AS SELECT area, value FROM figures", "known", id="view"),
        pytest.param("COMMENT ON TABLE figures IS 'said'", "objects", id="comment"),
        pytest.param("COMMENT ON COLUMN figures.area IS 'said'", "columns", id="comment of a column"),
        pytest.param("CREATE TABLE more (a INTEGER)", "columns objects", id="another table"),
        pytest.param("CREATE MACRO twice(a) AS 2 * a", "functions", id="another function"),
    ],
)  # fmt: skip
def test_difference_is_named_on_whichever_side_it_is(change: str, where: str, tmp_path: Path) -> None:
    one, other = _file(tmp_path / "one"), _file(tmp_path / "other", change)
    assert _named(differences(one, other)) == _named(differences(other, one)) == set(where.split())


def _named(found: list[str]) -> set[str]:
    return {sentence.partition(":")[0].rpartition(".")[2] for sentence in found}
