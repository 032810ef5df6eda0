"""The one list of statuses in words."""

from __future__ import annotations

import pytest

from civic_assets.publish.site.statuses import STATUSES, status_entry, status_html, status_words
from civic_assets_tests.shared_stores import Refreshed


@pytest.mark.parametrize(
    ("status", "words", "entry"),
    [
        ("suppressed", "suppressed by the publisher", "suppressed"),
        ("withheld", "withheld here", "withheld"),
        ("disputed", "disputed", "disputed"),
        ("low", "low, not printed", "status"),
        ("never_seen", "never seen", "status"),
    ],
)
def test_status_is_said_in_words_and_explained_by_its_entry(status: str, words: str, entry: str) -> None:
    assert (status_words(status), status_entry(status)) == (words, entry)
    assert status_html(status, None) == f'<span class="status">{words}</span>'
    assert status_html(status, "../") == f'<a class="status" href="../glossary.html#word-{entry}">{words}</a>'


def test_no_status_says_nothing() -> None:
    assert status_words(None) == ""


def test_what_a_publisher_wrote_is_escaped() -> None:
    assert status_html("<b>", None) == '<span class="status">&lt;b&gt;</span>'


def test_every_status_of_the_read_model_has_words(sample_refresh: Refreshed) -> None:
    import duckdb

    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "SELECT DISTINCT status FROM harmonised.observations WHERE status IS NOT NULL"
        ).fetchall()
    assert found and {status for (status,) in found} <= set(STATUSES)
