"""Rules over derived tables are read from `.sql` files; whatever is wrong with one is named with its file."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from civic_assets.house_numbers.comparability import DENOMINATOR_DAYS, PERIODS_FOR_A_TREND
from civic_assets.quality.published.engine import ALL_RULES
from civic_assets.quality.published.sql_rules import FOLDER, GROUPS, parameters_of, read_rule, rules_of

_RULE = """/*
id: H-04
name: Dates
table: area_profile
dimension: accuracy
severity: warning
statement: At most {DENOMINATOR_DAYS} days, {SHARED_DAYS_SHARE:.0%} of them.
cannot_tell: "nothing: at all"
guidance: Look again.
reason: no_input
nothing: there is nothing
passed: rows
parameters: [DENOMINATOR_DAYS, SHARED_DAYS_SHARE]
*/

WITH days (day) AS (VALUES (100), (200)),

checked (n) AS (SELECT count(*) FROM days)

-- findings
SELECT day AS observed, $table AS message FROM days WHERE day > $DENOMINATOR_DAYS
"""


def _written(folder: Path, text: str) -> Path:
    file = folder / "h_04_area_profile.sql"
    file.write_text(text, encoding="utf-8")
    return file


def test_rule_is_read_with_its_texts_queries_and_parameters(tmp_path: Path) -> None:
    (rule,) = read_rule(_written(tmp_path, _RULE))
    assert rule.statement == f"At most {DENOMINATOR_DAYS} days, 50% of them."
    assert (rule.id, rule.table, rule.scope, rule.cannot_tell) == (
        "H-04",
        "area_profile",
        "value",
        "nothing: at all",
    )
    with duckdb.connect() as connection:
        found = connection.execute(rule.failing, parameters_of(rule.failing, rule.parameters)).fetchall()
        checked = connection.execute(rule.checked, parameters_of(rule.checked, rule.parameters)).fetchall()
    assert (found, checked) == ([(200, "area_profile")], [(None, 2)])


def test_one_file_is_a_rule_for_each_of_its_tables(tmp_path: Path) -> None:
    text = _RULE.replace("table: area_profile", "tables: [area_profile, crime_table]")
    first, second = read_rule(_written(tmp_path, text))
    assert (first.table, second.table) == ("area_profile", "crime_table")
    assert (first.parameters["table"], second.parameters["table"]) == ("area_profile", "crime_table")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("guidance:", "guidence:", "guidence: Extra inputs are not permitted"),
        ("severity: warning", "severity: grave", "severity"),
        ("name: Dates\n", "", "name: Field required"),
        ("reason: no_input", "reason: none", "reason"),
        ("table: area_profile\n", "", "`table` or `tables`"),
        ("-- findings\n", "", "`-- findings`"),
        ("/*\n", "", "comment in YAML"),
        ("parameters: [DENOMINATOR_DAYS, SHARED_DAYS_SHARE]\n", "", "declares the parameters"),
        ("[DENOMINATOR_DAYS, ", "[DENOMINATOR_DAYS, WEIGHT_NOISE, ", "declares the parameters"),
        ("DENOMINATOR_DAYS", "DENOMINATOR_DAY", "DENOMINATOR_DAY, which the register"),
        ("name: Dates", "name: [", "while parsing"),
    ],
)
def test_a_mistake_in_a_file_is_named_with_the_file(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in _RULE
    with pytest.raises(ValueError, match=r"h_04_area_profile\.sql") as raised:
        read_rule(_written(tmp_path, _RULE.replace(old, new)))
    assert said in str(raised.value)


def test_every_file_below_the_folder_is_a_rule() -> None:
    files = {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*") if file.is_file()}
    assert files == {rule.file for rule in ALL_RULES}
    assert {folder.name for folder in FOLDER.iterdir() if folder.is_dir()} == set(GROUPS)


def test_files_are_named_after_their_check() -> None:
    for rule in ALL_RULES:
        assert rule.file.rpartition("/")[2].startswith(rule.id.lower().replace("-", "_")), rule.file


def test_no_rule_is_there_twice() -> None:
    keys = [(rule.id, rule.table) for rule in ALL_RULES]
    assert len(keys) == len(set(keys)) > 30


def test_a_rule_uses_the_number_that_the_modules_use() -> None:
    (trend,) = (rule for rule in rules_of("derived_tables") if rule.id == "H-17")
    assert trend.parameters["PERIODS_FOR_A_TREND"] == PERIODS_FOR_A_TREND
    assert f"at least {PERIODS_FOR_A_TREND}" in trend.passed
