"""What follows from a round, where no site is needed to bring it about."""

from __future__ import annotations

from civic_assets.acquire.live.asked import SourceRound
from civic_assets.acquire.live.held import HeldSource
from civic_assets.acquire.live.outcomes import conclude
from civic_assets.acquire.offers import Found

_NOW, _PAGE = "2026-07-30T12:00:00Z", "https://www.ons.gov.uk/page/data"


def test_finder_that_finds_nothing_and_says_nothing_does_not_pass_for_nothing_new() -> None:
    round_ = SourceRound("ons_pfa", _NOW, "settings", Found("ons_pfa", asked=(_PAGE,)))
    conclusion = conclude(HeldSource(), round_, {})
    assert conclusion.said.state == "not_found"
    [sentence] = conclusion.said.problems
    assert "nothing is offered" in sentence and _PAGE in sentence
    assert conclusion.held.trouble == sentence and conclusion.held.failures == 0
