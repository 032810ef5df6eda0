"""Statements published with tables: what is read from them, and what is refused with its cell."""

from __future__ import annotations

import pytest

from civic_assets.contracts.statements import subjects
from civic_assets.errors import CivicError
from civic_assets.parsing.statements import number_of
from civic_assets_tests.quality.rules.report_text import with_text
from civic_assets_tests.releases import contract, release_of, report


def test_statement_keeps_its_words_and_says_what_they_claim() -> None:
    release = release_of(report(), "gla_report")
    assert release.parsed is not None
    nine = next(s for s in release.parsed.statements if s.said == "nine")
    assert (nine.section, nine.claim, nine.value, nine.unit) == ("4 Findings", "number", 9.0, "sheets")
    assert nine.text.startswith("Each spreadsheet document contains nine different sheets")
    january = next(s for s in release.parsed.statements if s.subject == "shoplifting")
    assert (january.area, january.area_name, str(january.span)) == ("E09000019", "Islington", "January 2023")


@pytest.mark.parametrize(
    ("said", "value"),
    [("nine", 9), ("Twenty", 20), ("1,340", 1340), ("10.22%", 10.22), ("many", None), ("", None)],
)
def test_numbers_are_read_in_digits_and_words(said: str, value: float | None) -> None:
    assert number_of(said) == value


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"claim": "rumour"}, "the claim 'rumour' is unknown; use one of number"),
        ({"says": "many"}, "'many' is not a number"),
        ({"says": ""}, "needs a number"),
        ({"period": "recently"}, "'recently' is not a period"),
        ({"area": "Atlantis"}, "does not know the area 'Atlantis'"),
    ],
)
def test_statement_that_cannot_be_read_is_refused_with_its_cell(columns: dict[str, str], words: str) -> None:
    grid = with_text({("number", "shoplifting", "28"): columns})
    with pytest.raises(CivicError, match=words) as refused:
        release_of(grid, "gla_report")
    assert "L59:Statement" in str(refused.value)


def test_subjects_stand_for_measures_sources_and_bodies() -> None:
    known = subjects(contract("gla_report"))
    assert known["violence and sexual offences"].measures == (
        "violence_against_the_person",
        "sexual_offences",
    )
    assert known["rows of the crime workbook"].source == "ons_csp"
    assert str(known["primary care trust"].ended) == "2013-04-01"
