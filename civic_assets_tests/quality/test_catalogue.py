"""The published catalogue says what the rules say."""

from __future__ import annotations

from civic_assets.quality.catalogue import page, places
from civic_assets.quality.expectations.suites import expectations
from civic_assets.quality.published.engine import ALL_RULES
from civic_assets.quality.run import catalogue
from civic_assets_tests.paths import PROJECT

DOCS = PROJECT / "docs" / "reference" / "checks.md"


def test_docs_are_made_from_the_rules() -> None:
    assert DOCS.read_text(encoding="utf-8") == page(), (
        "run: python -m civic_assets.quality.catalogue > docs/reference/checks.md"
    )


def test_every_rule_says_what_it_cannot_tell() -> None:
    for spec in catalogue():
        assert spec.statement.endswith((".", "?"))
        assert spec.cannot_tell


def test_every_check_names_its_module_and_a_fixture_that_makes_it_fail() -> None:
    found = places()
    assert {check_id for check_id, _, _ in found} == {
        *(spec.id for spec in catalogue()),
        *(rule.id for rule in ALL_RULES),
        *(one.id for one in expectations()),
    }
    for check_id, module, fixture in found:
        assert check_id in (PROJECT / module).read_text(encoding="utf-8"), (check_id, module)
        assert check_id in (PROJECT / fixture).read_text(encoding="utf-8"), (check_id, fixture)
