"""The report's tables are typed in as printed, errors included."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.inputs.samples import figures as synthetic_figures
from civic_assets.inputs.samples.figures import report_years


def _tables() -> dict[str, list[list[str]]]:
    """Rows of the two tables by caption, header first."""
    with REPORT_TABLES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    tables: dict[str, list[list[str]]] = {}
    for number, row in enumerate(rows):
        if row and re.match(r"Table \d\. ", row[0]):
            end = rows.index([], number)
            tables[row[0]] = rows[number + 1 : end]
    return tables


def test_file_is_shaped_like_a_worksheet_and_says_what_it_is() -> None:
    text = REPORT_TABLES.read_text(encoding="utf-8")
    first, blank, caption, *_ = text.splitlines()
    assert (
        first == '"Relationship Portfolio Mapping, Greater London Authority, 19 May 2023: tables as printed"'
    )
    assert blank == ""
    assert caption.startswith('"Table 1. Open-source data on')
    assert {caption: (len(rows), {len(row) for row in rows}) for caption, rows in _tables().items()} == {
        "Table 1. Open-source data on children and young people at risk of violence and/or living in "
        "adversity in Islington, 2023": (1 + 8, {4}),
        "Table 2. Crime data for Islington between 2019 and 2022": (1 + 23, {5}),
    }
    assert re.search(r"Source: .*Sharpe.*Canitrot.*Galicia Mesa.*Greater London Authority.*licence", text)


STATEMENTS = "Statements of the text, as printed; the columns after the sentence say what it claims"


def _statements() -> list[dict[str, str]]:
    with REPORT_TABLES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    start = rows.index([STATEMENTS])
    return [dict(zip(rows[start + 1], row, strict=True)) for row in rows[start + 2 : rows.index([], start)]]


def test_each_statement_has_its_section_sentence_and_claim() -> None:
    statements = _statements()
    assert len(statements) == 27
    assert all(row["Section"] and row["Statement"] and row["Claim"] and row["Subject"] for row in statements)
    assert {(row["Claim"], row["Says"]) for row in statements if row["Subject"] == "stakeholders contacted"} == {
        ("number", "26"), ("number", "25"), ("list", "25"), ("part", "4"), ("part", "3"), ("part", "9"),
    }  # fmt: skip


@pytest.mark.real_data
def test_every_statement_is_the_report_s(real_data: Path) -> None:
    report = real_data.parent / "report" / "relationship-portfolio-mapping-2023.md"
    if not report.exists():
        pytest.skip(f"the report does not lie beside the folder of real files ({report})")

    def words(text: str) -> str:
        # Emphasis, formulas and bullets are marks of the copy, not words of the report.
        return " ".join(re.sub(r"[*$#()-]|</?b>", " ", text).split())

    printed = words(report.read_text(encoding="utf-8"))
    assert [row["Statement"] for row in _statements() if words(row["Statement"]) not in printed] == []


def test_misprints_stay_as_printed() -> None:
    rows = {row[0]: row for row in _tables()["Table 2. Crime data for Islington between 2019 and 2022"]}
    assert rows["Burglary"] == ["Burglary", "2641", "1208", "1803", "1805"]
    assert rows["Criminal damage and arson"] == ["Criminal damage and arson", "1510", "1454", "1496", "16"]


@pytest.mark.real_data
def test_every_cell_is_the_report_s(real_data: Path) -> None:
    report = real_data.parent / "report" / "relationship-portfolio-mapping-2023.md"
    if not report.exists():
        pytest.skip(f"the report does not lie beside the folder of real files ({report})")
    lines = report.read_text(encoding="utf-8").splitlines()
    tables = _tables()
    for caption, rows in tables.items():
        # The caption is in the list of tables, too; the table follows the last one.
        start = max(number for number, line in enumerate(lines) if line == f"**{caption}**")
        cells = [
            re.sub(r"</?b>", "", line).split("\t") for line in lines[start + 1 : start + 40] if "\t" in line
        ]
        assert cells[: len(rows)] == rows
        assert len(cells) == len(rows)


def test_a_report_that_was_corrected_is_not_corrected_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mended = tmp_path / REPORT_TABLES.name
    text = REPORT_TABLES.read_text(encoding="utf-8")
    mended.write_text(text.replace("1510,1454,1496,16\n", "1510,1454,1496,1627\n"), encoding="utf-8")
    monkeypatch.setattr(synthetic_figures, "REPORT_TABLES", mended)
    report_years.cache_clear()
    try:
        with pytest.raises(ValueError, match="criminal_damage_and_arson of 2022 is no longer 16"):
            report_years()
    finally:
        report_years.cache_clear()
