"""A bias of a whole source is on the page of a measure only if it can concern that measure."""

from __future__ import annotations

import pytest

from civic_assets.publish.site.measures.facts import may_concern

PRINTED = {
    "children started looked after": "children_started_looked_after",
    "referrals to social services": "referrals_to_social_services",
    "NEET percent": "neet_percent",
}
ROUNDED = (
    "the counts of regions in table 'LAIT extract' (children started looked after, referrals to social services; "
    "April 2015 to March 2025) appear to be rounded to 10"
)


@pytest.mark.parametrize(
    ("measure", "concerns"),
    [
        ("neet_percent", False),
        ("children_started_looked_after", True),
        ("referrals_to_social_services", True),
    ],
)
def test_bias_that_lists_its_measures_concerns_no_other(measure: str, *, concerns: bool) -> None:
    assert may_concern(measure, ROUNDED, PRINTED) is concerns


@pytest.mark.parametrize(
    "verdict",
    [
        "dfe_lait needs assurance of level A1 (risk medium; public profile medium): it repeats statistics",
        "the counts of regions (children started looked after, something else; April 2015) appear to be rounded",
        "On the day of publication, the newest figures were 548 days old (by the rhythm; the file gives no day).",
        "",
    ],
)
def test_bias_that_lists_something_else_concerns_every_measure(verdict: str) -> None:
    assert may_concern("neet_percent", verdict, PRINTED)
