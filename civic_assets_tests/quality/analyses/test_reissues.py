"""Other bytes of an edition: a publisher who says so has reissued it, one who does not has overwritten it (R-01)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from civic_assets.contracts.model import Contract
from civic_assets.parsing.reissue_notice import reissue_notice
from civic_assets.quality.analyses.reissues import difference
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import RuleOutcome
from civic_assets.quality.rules.file import file_identity
from civic_assets.quality.run import assess
from civic_assets.readers.grid import Grid, Sheet
from civic_assets_tests.releases import (
    FILE,
    contract,
    locator,
    number_at,
    place_of,
    release_of,
    result,
    sample,
    with_cells,
    with_observation,
)

PLACE = place_of(sample(), "counts_current", "Islington", "shoplifting")
FIRST = "2022-06"


def _changed(by: float) -> Grid:
    return with_cells(sample(), {PLACE: number_at(sample(), PLACE) + by})


def _reissue(
    grid: Grid, *, published: bool = True, under: Contract | None = None, **facts: Any
) -> ReleaseView:
    """A grid as the second issue of the sample's edition."""
    release = release_of(grid, under=under, file=replace(FILE, reissue_of=FIRST, **facts))
    issues = {FIRST: release_of(sample()).observations} if published else {}
    return replace(release, release=f"{FIRST}.r2", issues=issues)


def _cover(text: str, grid: Grid | None = None) -> Grid:
    """A grid with one more sheet at its front."""
    of = grid or sample()
    return replace(of, sheets=[Sheet("Correction", [[text]]), *of.sheets])


def test_changed_figure_without_a_word_is_a_silent_overwrite() -> None:
    verdict = file_identity(_reissue(_changed(1)))
    assert verdict.outcome == "fail"
    (finding,) = verdict.findings
    assert finding.severity == "blocking"
    assert finding.locator == locator(sample(), PLACE)
    old = number_at(sample(), PLACE)
    for words in (
        f"{FIRST}.r2",
        f"{FIRST} stays published",
        "shoplifting",
        f"'{old:.0f}'",
        f"'{old + 1:.0f}'",
        "waiver",
    ):
        assert words in finding.message


def test_silent_overwrite_holds_the_reissue_back() -> None:
    assert any(reason.startswith("R-01") for reason in assess(_reissue(_changed(1))).held_back)


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        (file_identity(_reissue(_changed(1), announced="it states 2 May 2025")), "as the publisher says"),
        (file_identity(_reissue(sample())), "figures are the same as in 2022-06"),
        (file_identity(_reissue(_changed(1), published=False)), "nothing is overwritten"),
        (file_identity(release_of(sample())), "as received"),
    ],
    ids=["announced", "no figure changed", "first issue was held back", "first issue"],
)
def test_reissue_that_overwrites_nothing_silently_passes(verdict: RuleOutcome, says: str) -> None:
    assert verdict.outcome == "pass"
    assert says in verdict.message


def test_older_file_handed_in_later_does_not_replace_the_newer_issue() -> None:
    verdict = file_identity(
        _reissue(_changed(1), older="it states 2022-10-01, an issue held states 2022-11-01")
    )
    assert verdict.outcome == "fail"
    assert "not the newer one" in verdict.message


def test_source_that_reissues_without_notice_is_warned_of_and_published() -> None:
    terms = contract()
    silent = replace(terms, reissues_without_notice="files state no day")
    release = _reissue(_changed(1), under=silent)
    verdict = file_identity(release)
    assert (verdict.outcome, verdict.scope) == ("fail", "value")
    assert [finding.severity for finding in verdict.findings] == ["warning"]
    assert "files state no day" in verdict.message
    assessment = assess(release)
    assert not assessment.held_back
    assert result(assessment, "R-01").severity == "warning"


def test_only_sources_that_say_why_reissue_without_notice() -> None:
    from civic_assets.contracts.load import load_contracts

    silent = [c.source for c in load_contracts().values() if c.reissues_without_notice]
    assert silent == ["police_uk"]


def test_number_that_became_a_symbol_and_one_that_is_gone_are_changes() -> None:
    before = release_of(sample()).observations
    release = release_of(sample())
    row = before["value"].to_pylist().index(number_at(sample(), PLACE))
    hidden = with_observation(
        with_observation(release, row, value=None), row, status="suppressed"
    ).observations
    assert difference(before, hidden).changed == 1
    assert difference(before, before.slice(1)).changed == 1
    assert difference(before.slice(1), before).changed == 1
    assert difference(before, before).changed == 0


def test_figure_that_moved_to_another_cell_is_not_a_change() -> None:
    before = release_of(sample()).observations
    moved = with_observation(release_of(sample()), 0, locator="elsewhere!A1").observations
    assert difference(before, moved).changed == 0


@pytest.mark.parametrize(
    "text",
    [
        "Corrected: the first issue lacked some offences of Croydon.",
        "Published on 6th February 2019",
        "Date published: 6 February 2019",
        "This workbook was re-issued after an error was found.",
    ],
)
def test_new_note_or_day_on_a_cover_announces_a_reissue(text: str) -> None:
    assert reissue_notice(_cover(text), [sample()]).text


@pytest.mark.parametrize("text", ["Figures are of police forces.", "Contents"])
def test_other_new_text_announces_nothing(text: str) -> None:
    assert not reissue_notice(_cover(text), [sample()]).text


def test_note_that_an_earlier_issue_had_announces_nothing() -> None:
    noted = _cover("Corrected on 3 May.")
    assert not reissue_notice(noted, [sample(), noted]).text


def test_same_day_of_publication_announces_nothing() -> None:
    dated = _cover("Date published: 6 February 2019")
    assert not reissue_notice(dated, [dated]).text


def test_earlier_day_of_publication_is_an_older_issue() -> None:
    said = reissue_notice(_cover("Date published: 6 February 2019"), [_cover("Date published: 7 March 2019")])
    assert said.older and not said.text
