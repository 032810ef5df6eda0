"""The published catalogue says what the rules say."""

from __future__ import annotations

from civic_assets.quality.catalogue import page
from civic_assets.quality.run import catalogue
from civic_assets_tests.paths import PROJECT

DOCS = PROJECT / "docs" / "checks.md"


def test_docs_are_made_from_the_rules() -> None:
    assert DOCS.read_text(encoding="utf-8") == page(), (
        "run: python -m civic_assets.quality.catalogue > docs/checks.md"
    )


def test_every_rule_says_what_it_cannot_tell() -> None:
    for spec in catalogue():
        assert spec.statement.endswith((".", "?"))
        assert spec.cannot_tell
