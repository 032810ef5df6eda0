"""Demographic words in common categories: what is exact is mapped, what is not says what would be lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb

from civic_assets.publish.unified.categories import create_categories
from civic_assets.quality.published.engine import evaluate
from civic_assets_tests.publish.harmonised_models import model, records
from civic_assets_tests.publish.read_models import ISLINGTON, figure


def looked_after(breakdown: str, value: float = 10, source: str = "dfe_looked_after") -> dict[str, Any]:
    day = (date(2017, 3, 31), date(2017, 4, 1))
    return figure(source, "2017", "children_looked_after", ISLINGTON, *day, value, breakdown=breakdown,
                  statistic="stock", period_kind="point_in_time")  # fmt: skip


def tables(rows: Sequence[dict[str, Any]]) -> duckdb.DuckDBPyConnection:
    connection = model(rows)
    create_categories(connection)
    return connection


def test_words_are_there_once_each_with_category_fit_and_loss() -> None:
    connection = tables([looked_after(f"ethnicity={word}") for word in ("white", "other ethnic groups")])
    white, other = sorted(
        records(connection, "SELECT * FROM catalogue.categories"), key=lambda row: not row["exact"]
    )
    assert (white["dimension"], white["category"], white["fit"], white["loss"]) == (
        "ethnicity",
        "white",
        "exact",
        "",
    )
    assert (other["category"], other["fit"], other["exact"]) == ("other", "broader", False)
    assert "Chinese" in other["loss"]


def test_only_what_is_exact_is_mapped_and_other_parts_stay() -> None:
    connection = tables(
        [
            looked_after("ethnicity=white;sex=male", 1),
            looked_after("ethnicity=other ethnic groups;sex=male", 2),
            looked_after("age=5 to 9;sex=female", 3),
            looked_after("total", 4),
        ]
    )
    found = records(
        connection, "SELECT common_breakdown, value FROM harmonised.mapped_breakdowns ORDER BY value"
    )
    assert found == [
        {"common_breakdown": "ethnicity=white;sex=male", "value": 1},
        {"common_breakdown": "age=5 to 9;sex=female", "value": 3},
    ]


def test_words_of_two_publishers_for_one_group_come_together() -> None:
    rows = [looked_after("sex=boys"), looked_after("gender=male", source="dfe_neet")]
    found = records(tables(rows), "SELECT DISTINCT common_breakdown FROM harmonised.mapped_breakdowns")
    assert found == [{"common_breakdown": "sex=male"}]


def test_a_word_that_the_vocabulary_does_not_have_is_a_finding_and_never_mapped() -> None:
    connection = tables([looked_after("ethnicity=martian"), looked_after("reason=theft")])
    (row,) = records(connection, "SELECT word, fit, category FROM catalogue.categories")
    assert row == {"word": "martian", "fit": "unknown", "category": None}
    assert records(connection, "SELECT * FROM harmonised.mapped_breakdowns") == []
    said = {(rule.id, rule.table): (result, found) for rule, result, found in evaluate(connection)}
    result, (finding,) = said["K-09", "categories"]
    assert result.outcome == "fail"
    assert "martian" in finding.message


def test_breakdown_that_does_not_map_names_the_word_and_what_would_be_lost() -> None:
    connection = tables([looked_after("ethnicity=asian or asian british"), looked_after("sex=male")])
    assert records(connection, "SELECT breakdown, word, category, fit FROM catalogue.category_losses") == [
        {
            "breakdown": "ethnicity=asian or asian british",
            "word": "asian or asian british",
            "category": "asian",
            "fit": "narrower",
        }
    ]
    ((loss,),) = connection.execute("SELECT loss FROM catalogue.category_losses").fetchall()
    assert "Chinese" in loss
