"""An unread note is named, and an edition whose notes changed is named with how many did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from civic_assets.publish.read_model import note_changes, notes
from civic_assets.quality.framework.results import CheckResult, Finding
from civic_assets.quality.published.engine import evaluate


def _judged(texts: Mapping[str, Mapping[str, bool]]) -> dict[str, tuple[CheckResult, Sequence[Finding]]]:
    """Results for the notes of some releases of one source: by release, each text with whether it is unread."""
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA catalogue; CREATE SCHEMA harmonised; CREATE SCHEMA quality")
        notes.create(connection, ())
        for release, own in texts.items():
            for row, (text, unread) in enumerate(own.items(), 2):
                connection.execute(
                    """INSERT INTO catalogue.notes VALUES ('ons_pfa', ?, ?, ?, [], [], 'note', '1', NULL, ['counts'],
                    [], [], ?)""",
                    [release, f"Notes!B{row}", text, unread],
                )
        note_changes.create(connection)
        return {rule.id: (result, found) for rule, result, found in evaluate(connection)}


def test_unread_note_is_named_with_its_cell_and_words() -> None:
    result, found = _judged({"2024-12": {"Includes fraud.": False, "The moon was full.": True}})["R-13"]
    assert (result.outcome, result.n_checked, result.severity) == ("fail", 2, "info")
    assert [finding.locator for finding in found] == ["Notes!B3"]
    assert "The moon was full." in found[0].message


def test_recognised_notes_pass() -> None:
    result, found = _judged({"2024-12": {"Includes fraud.": False}})["R-13"]
    assert (result.outcome, len(found)) == ("pass", 0)


def test_new_and_missing_notes_of_an_edition_are_one_finding() -> None:
    judged = _judged({
        "2023-12": {"Includes fraud.": False, "Excludes Kent.": False},
        "2024-12": {"Includes fraud.": False, "Based on mid-2023 estimates.": False},
    })  # fmt: skip
    result, (finding,) = judged["X-17"]
    assert (result.outcome, result.n_checked) == ("fail", 1)
    assert "1 new, 1 gone, 0 reworded" in finding.message


def test_edition_with_the_same_notes_passes_and_a_first_edition_is_not_evaluated() -> None:
    same = {"Includes fraud.": False}
    assert _judged({"2023-12": same, "2024-12": same})["X-17"][0].outcome == "pass"
    assert _judged({"2024-12": same})["X-17"][0].outcome == "not_evaluated"
