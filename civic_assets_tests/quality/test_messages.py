"""How messages read: over every finding, result and verdict of a publication of the samples, and of the real files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.quality.framework.wording import (
    advice_in,
    advises,
    breakdown_words,
    create_macros,
    ended,
    measure_words,
    period_name,
)
from civic_assets.quality.published.engine import ALL_RULES
from civic_assets.quality.run import assess, catalogue
from civic_assets_tests.releases import fixture
from civic_assets_tests.shared_stores import Refreshed

if TYPE_CHECKING:
    from pathlib import Path

    from civic_assets.quality.framework.rule import RuleSpec
    from civic_assets.quality.published.rule import PublishedRule

TEXTS = {
    "findings": "SELECT check_id || ' ' || source || ' ' || release, message FROM quality.findings",
    "results": "SELECT check_id || ' ' || source || ' ' || release, message FROM quality.check_results",
    "verdicts": "SELECT bias || ' ' || source, verdict FROM quality.bias_register",
    "comparisons": "SELECT shown_in, unnest(reasons) FROM (SELECT DISTINCT shown_in, reasons FROM "
    "quality.comparability)",
    "revisions": "SELECT source, message FROM quality.revision_summary",
}
_ISO_PERIOD = re.compile(r"\b\d{4}-\d\d-\d\d(?:/| to | and )\d{4}-\d\d-\d\d\b")
# A cell of a delimited file by line and column: the column is named as printed, like a measure or not.
_LOCATOR = re.compile(r"\bL\d+:[^\s,;)]+")
_WHOLE = re.compile(r"(?<![\w.'-])\d[\d,]*\.0(?![\d%])")


def test_finding_quotes_what_is_in_a_cell_as_it_can_be_seen() -> None:
    """Found by changed files: a number with a line separator after it was quoted as it is."""
    changed = ("2419,346,14.3", "-2419\u2028,346,14.3")
    assessment = assess(fixture("dfe_children_in_need", "c1_2024.csv", changed))
    said = [one.message for one in assessment.findings] + [one.message for one in assessment.results]
    assert any(r"-2419\u2028" in text for text in said)
    assert not any("\u2028" in text for text in said)


@pytest.fixture(scope="module")
def sample_store(sample_refresh: Refreshed) -> Path:
    return sample_refresh.store


def _ids() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Ids of measures and of publishers' tables that are not words: those with an underscore."""
    contracts = load_contracts().values()
    measures = {name for contract in contracts for name in contract.printed_measures if "_" in name}
    tables = {table.name for contract in contracts for table in contract.tables if "_" in table.name}
    # A column of a file may be called like a measure, and a locator names the column.
    one, other = (re.compile(rf"(?<![\w:.])(?:{'|'.join(sorted(ids))})(?!\w)") for ids in (measures, tables))
    return one, other


def faults(database: Path) -> Iterator[str]:
    """Texts of a publication that name a period, table, measure or number as a machine does."""
    import duckdb

    measures, tables = _ids()
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = [row for query in TEXTS.values() for row in connection.execute(query).fetchall()]
    assert len(rows) > 100, "there are messages to look at"
    for where, text in dict.fromkeys(rows):
        plain = text or ""
        plain = _LOCATOR.sub("", plain)
        for what, pattern in (
            ("period", _ISO_PERIOD), ("measure", measures), ("table", tables), ("whole number", _WHOLE),
            ("cannot", re.compile(r"\bcan not\b")),
        ):  # fmt: skip
            if found := pattern.search(plain):
                yield f"{where}: {what} {found[0]!r} in {text[:300]!r}"


def test_messages_of_the_samples_read_as_people_write(sample_store: Path) -> None:
    assert list(faults(sample_store / "civic.duckdb")) == []


@pytest.mark.real_data
def test_messages_of_the_real_files_read_as_people_write(real_store: Path) -> None:
    assert list(faults(real_store / "civic.duckdb")) == []


def test_findings_end_in_what_to_do(sample_store: Path) -> None:
    import duckdb

    with duckdb.connect(str(sample_store / "civic.duckdb"), read_only=True) as connection:
        found = connection.execute("SELECT check_id, message FROM quality.findings").fetchall()
    assert [row for row in found if not advises(row[1])] == []


def _advised_twice(database: Path) -> list[tuple[str, str]]:
    """Messages with more than one sentence that says what to do."""
    import duckdb

    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            "SELECT check_id, message FROM quality.findings UNION "
            "SELECT check_id, message FROM quality.check_results WHERE outcome = 'fail'"
        ).fetchall()
    # A second part after a semicolon belongs to the same sentence.
    return [row for row in rows if len(advice_in(row[1].replace("; ", ", "))) > 1]


def test_no_message_of_the_samples_says_twice_what_to_do(sample_store: Path) -> None:
    assert _advised_twice(sample_store / "civic.duckdb") == []


@pytest.mark.real_data
def test_no_message_of_the_real_files_says_twice_what_to_do(real_store: Path) -> None:
    assert _advised_twice(real_store / "civic.duckdb") == []


@pytest.mark.parametrize(
    "message",
    [
        "It lacks 'Area'. If the publisher renamed a column, add the new header to it; otherwise ask the publisher.",
        "It lacks 'Area'. Otherwise, ask the publisher.",
        "It lacks 'Area'. Where the file is whole, correct the contract.",
        "It lacks 'Area'; download it again.",
    ],
)
def test_guidance_is_not_added_where_the_message_already_advises(message: str) -> None:
    assert advises(message)
    assert ended(message, "Compare the headers with the contract.") == message


@pytest.mark.parametrize(
    "message",
    ["It lacks 'Area'", "It lacks 'Area'.", "If it is whole, nothing is lost.", "Otherwise it is the same."],
)
def test_guidance_is_added_where_the_message_does_not_advise(message: str) -> None:
    advised = ended(message, "Compare the headers with the contract.")
    assert advised == f"{message.rstrip('.')}. Compare the headers with the contract."
    assert advice_in(advised) == ["Compare the headers with the contract."]


def test_every_rule_says_what_to_do() -> None:
    specs: list[RuleSpec | PublishedRule] = [*catalogue(), *ALL_RULES]
    for spec in specs:
        assert spec.guidance.endswith(".") and advises(spec.guidance), spec.id


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2020, 1, 1), date(2021, 1, 1), "calendar year 2020"),
        (date(2021, 7, 1), date(2022, 7, 1), "year ending June 2022"),
        (date(2023, 9, 1), date(2024, 9, 1), "academic year 2023/24"),
        (date(2024, 1, 1), date(2024, 2, 1), "January 2024"),
        (date(2023, 6, 30), date(2023, 7, 1), "30 June 2023"),
        (date(2024, 12, 1), date(2025, 3, 1), "December 2024 to February 2025"),
        (date(2023, 4, 1), date(2023, 9, 1), "April to August 2023"),
        (date(2023, 1, 5), date(2023, 2, 1), "5 January 2023 to 31 January 2023"),
    ],
)
def test_sql_names_periods_as_python_does(start: date, end: date, words: str) -> None:
    import duckdb

    with duckdb.connect() as connection:
        create_macros(connection)
        in_sql = connection.execute("SELECT period_name(?::DATE, ?::DATE)", [start, end]).fetchone()
    assert (period_name(start, end), in_sql) == (words, (words,))


def test_sql_names_every_month_and_year_as_python_does() -> None:
    import duckdb

    firsts = [date(year, month, 1) for year in (2019, 2020) for month in range(1, 13)]
    pairs = [(a, b) for a in firsts for b in [*firsts, date(2021, 1, 1)] if b > a]
    pairs += [(day, day + timedelta(days=1)) for day in firsts]
    with duckdb.connect() as connection:
        create_macros(connection)
        for start, end in pairs:
            (in_sql,) = connection.execute(
                "SELECT period_name(?::DATE, ?::DATE)", [start, end]
            ).fetchone() or ("",)
            assert in_sql == period_name(start, end)


def test_sql_names_measures_and_classes_as_python_does() -> None:
    import duckdb

    with duckdb.connect() as connection:
        create_macros(connection)
        for measure in ("all_other_theft", "neet_or_not_known_percent", "uasc_looked_after+sen_plan"):
            row = connection.execute("SELECT measure_words(?)", [measure]).fetchone()
            assert row == (measure_words(measure),)
        for breakdown in ("total", "major=theft;minor=other theft", "phase=special"):
            row = connection.execute("SELECT breakdown_words(?)", [breakdown]).fetchone()
            assert row == (breakdown_words(breakdown),)
