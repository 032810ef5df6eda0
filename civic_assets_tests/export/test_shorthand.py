"""Every status of the vocabulary has its shorthand or is written in words, and can be read again."""

from __future__ import annotations

import re

import pytest

from civic_assets.export.shorthand import MEANINGS, SHORTHAND, legend, status_cell, status_of_cell, symbol
from civic_assets.publish.site.glossary.vocabulary import glossary
from civic_assets.values.cells import QUALIFYING
from civic_assets_tests.paths import PROJECT

# Statuses for which the Government Analysis Function has no symbol; none of them replaces a value.
WITHOUT_SYMBOL = {"at_least", "period_unsettled", "disputed", "corrected"}
EVERY = sorted({*glossary().statuses, *QUALIFYING})


def test_every_status_has_a_symbol_or_is_known_to_have_none() -> None:
    assert set(EVERY) == {*SHORTHAND, *WITHOUT_SYMBOL} and not WITHOUT_SYMBOL & set(SHORTHAND)
    assert set(SHORTHAND.values()) == set(MEANINGS)


@pytest.mark.parametrize("status", [None, *EVERY])
def test_a_status_is_read_as_it_was_written(status: str | None) -> None:
    assert status_of_cell(status_cell(status)) == status


@pytest.mark.parametrize("status", sorted({*EVERY} - QUALIFYING - WITHOUT_SYMBOL))
def test_a_status_that_replaces_a_value_is_printed_as_its_symbol(status: str) -> None:
    assert symbol(status) == SHORTHAND[status]


def test_legend_says_what_a_status_means() -> None:
    assert legend([None, "suppressed"]) == [
        "[c] = confidential: status \u201csuppressed\u201d. " + glossary().statuses["suppressed"].means
    ]


def test_the_page_has_the_same_table() -> None:
    page = (PROJECT / "docs" / "how-to" / "export-a-spreadsheet.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (`\[[a-z]+\]`|words) \|", page, re.MULTILINE))
    assert rows == {
        status: f"`{SHORTHAND[status]}`" if status in SHORTHAND else "words"
        for status in EVERY
        if status not in ("disputed", "corrected")
    }
