"""Measures have their titles in sentences about findings, and words of publishers stay as they are."""

from __future__ import annotations

import pytest

from civic_assets.publish.site.titles import with_titles


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        (
            "2 separate periods of 'participating percent' are held.",
            "2 separate periods of 'In education or training at 16 and 17, share' are held.",
        ),
        (
            "'NEET or not known percent' and 'NEET percent' (known",
            (
                "'Not in education, employment or training (NEET) or not known, share' and "
                "'Not in education, employment or training (NEET), share' (known"
            ),
        ),
        (
            "L348:201008: recorded crime met has 16 runs",
            "L348:201008: 'Crime recorded by the Metropolitan Police' has 16 runs",
        ),
        (
            "september guarantee percent of Thurrock (printed 100.2)",
            "'September guarantee (offer of a place), share' of Thurrock (printed 100.2)",
        ),
    ],
)
def test_names_of_measures_are_titles(sentence: str, shown: str) -> None:
    assert with_titles(sentence) == shown


@pytest.mark.parametrize(
    "sentence",
    [
        "(miscellaneous crimes against society, other notifiable offences) by a factor of 2.2",
        "Table 'children looked after by local authority' hides 2 figures",
        "L25:September_guarantee_Offer_made_percent is empty",
        "all areas report 'burglary'",
        "",
    ],
)
def test_other_words_stay_as_they_are(sentence: str) -> None:
    assert with_titles(sentence) == sentence
