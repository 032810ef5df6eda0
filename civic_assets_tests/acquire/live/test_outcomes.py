"""What follows from a round, where no site is needed to bring it about."""

from __future__ import annotations

import errno
import os

import pytest

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.live.asked import SourceRound
from civic_assets.acquire.live.held import HeldSource
from civic_assets.acquire.live.outcomes import conclude
from civic_assets.acquire.live.rounds import Means, ask_all
from civic_assets.acquire.offers import Found, Offer
from civic_assets.contracts.acquisition import Acquisition, Wanted

_NOW, _PAGE = "2026-07-30T12:00:00Z", "https://www.ons.gov.uk/page/data"


def test_finder_that_finds_nothing_and_says_nothing_does_not_pass_for_nothing_new() -> None:
    round_ = SourceRound("ons_pfa", _NOW, "settings", Found("ons_pfa", asked=(_PAGE,)))
    conclusion = conclude(HeldSource(), round_, {})
    assert conclusion.said.state == "not_found"
    [sentence] = conclusion.said.problems
    assert "nothing is offered" in sentence and _PAGE in sentence
    assert conclusion.held.trouble == sentence and conclusion.held.failures == 0


_FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
_CUT_OFF = NotObtained(f"{_PAGE}: the connection was reset.", url=_PAGE, kind="reset")
_NOT_WRITTEN = NotObtained(f"{_PAGE}: could not be written to /x.", url=_PAGE, kind="disk")


@pytest.mark.parametrize(
    ("error", "failures"), [(_FULL, 0), (_NOT_WRITTEN, 0), (MemoryError(), 0), (_CUT_OFF, 1)]
)
@pytest.mark.parametrize("step", ["find", "obtain"])
def test_full_disk_is_not_the_publishers_failure(
    tmp_path, error: Exception, failures: int, step: str
) -> None:
    offer = Offer("ons_pfa", "tables", "Tables", "https://www.ons.gov.uk/a.xlsx", _PAGE, "a.xlsx")

    def find(*_: object, **__: object) -> Found:
        if step == "find":
            raise error
        return Found("ons_pfa", offers=(offer,), asked=(_PAGE,))

    def obtain(*_: object) -> None:
        raise error

    means = Means(lambda *_: None, find, obtain)  # type: ignore[arg-type]
    where = Acquisition("ons_pages", ("www.ons.gov.uk",), (Wanted("tables"),), {})
    [round_], _ = ask_all(tmp_path, {"ons_pfa": where}, means, folder=tmp_path / "here")
    conclusion = conclude(HeldSource(), round_, {})
    assert conclusion.held.failures == failures
    [sentence] = conclusion.said.problems
    assert "site's answer could not be read" not in sentence and conclusion.said.state == "not_reached"
    assert conclusion.said.by_machine == (() if failures else (sentence,))


def test_what_was_not_found_is_remembered_until_it_is_found() -> None:
    found = Found("ons_pfa", missing=("ons_pfa: nothing fits.",), asked=(_PAGE,))
    held = conclude(HeldSource(), SourceRound("ons_pfa", _NOW, "settings", found), {}).held
    assert held.missing == found.missing
    unreached = SourceRound("ons_pfa", _NOW, "settings", None, "ons_pfa: no answer.")
    assert conclude(held, unreached, {}).held.missing == found.missing
    well = SourceRound("ons_pfa", _NOW, "settings", Found("ons_pfa", asked=(_PAGE,)))
    assert conclude(held, well, {}).held.missing == ()
