"""The report's own tables: two cells are wrong by identities, and no other is accused."""

from __future__ import annotations

from functools import cache
from typing import Any

from civic_assets.quality.framework.results import Assessment, Finding
from civic_assets.quality.run import assess
from civic_assets_tests.releases import failing, release_of, report, result

BURGLARY = "L24:Data year ending December 2020"
DAMAGE = "L34:Data year ending June 2022"


@cache
def _assessed() -> Assessment:
    return assess(release_of(report(), "gla_report"))


def _accounting() -> list[Finding]:
    return [f for f in _assessed().findings if f.check_id in ("V-10", "V-11", "V-12")]


def test_exactly_two_cells_are_accused_and_disputed() -> None:
    assert {finding.locator for finding in _accounting()} == {BURGLARY, DAMAGE}
    assert {finding.severity for finding in _accounting()} == {"blocking"}
    assert _assessed().disputed == {BURGLARY, DAMAGE}


def test_burglary_of_2020_has_one_smallest_repair() -> None:
    found = [finding for finding in _accounting() if finding.locator == BURGLARY]
    assert {(f.observed, f.proposal, f.n_ties) for f in found} == {("1208", "2108", 1)}
    assert {f.check_id for f in found} == {"V-11", "V-12"}


def test_criminal_damage_of_2022_has_eight_in_the_order_of_the_catalogue() -> None:
    (found,) = [finding for finding in _accounting() if finding.locator == DAMAGE]
    assert (found.observed, found.proposal, found.n_ties) == ("16", "1627", 8)
    proposed: Any = found.evidence["repairs"]
    repairs = [
        (part["measure"], part["from"], part["to"], part["distance"], part["z_new"], part["z_old"])
        for repair in proposed
        for part in repair
    ]
    assert repairs == [
        ("criminal_damage_and_arson", "16", "1627", 2, 1.8, 19.8),
        ("miscellaneous_crimes", "290", "1901", 2, 117.8, 1.0),
        ("possession_of_weapons", "163", "1774", 3, 60.9, 1.1),
        ("total_recorded_crime", "27571", "25960", 4, 0.4, 1.7),
        ("drug_offences", "1181", "2792", 4, 7.0, 0.7),
        ("robbery", "1020", "2631", 4, 7.6, 0.8),
        ("public_order_offences", "2086", "3697", 4, 17.6, 1.2),
        ("sexual_offences", "670", "2281", 4, 52.5, 1.3),
    ]


def test_thirteen_of_sixteen_identities_hold() -> None:
    results = [result(_assessed(), check_id) for check_id in ("V-10", "V-11", "V-12")]
    assert (sum(r.n_checked for r in results), sum(r.n_failed for r in results)) == (16, 3)


def test_release_is_published_as_printed() -> None:
    assert list(_assessed().held_back) == []
    table = release_of(report(), "gla_report").observations
    printed = dict(zip(table["locator"].to_pylist(), table["value"].to_pylist(), strict=True))
    assert (printed[BURGLARY], printed[DAMAGE], len(printed)) == (1208, 16, 116)


def test_figures_of_table_1_are_captioned_with_a_year_that_was_not_over() -> None:
    found = [
        finding
        for finding in _assessed().findings
        if finding.check_id == "V-09" and not finding.locator.endswith(":Statement")
    ]
    assert len(found) == 16
    assert all("published on 19 May 2023" in finding.message for finding in found)
    assert not any(finding.disputes for finding in found)


# Overlapping years, six bases in one column, years inside the restrictions, events under labels of persons.
CONTEXT = {"H-01", "H-06", "H-13", "V-18", "V-19"}
# What the text says of rows, directions, the newest figures, the borough, and of itself.
TEXT = {"V-05", "H-17", "X-01", "X-05", "X-14"}


def test_nothing_else_fails() -> None:
    assert failing(_assessed()) == {"V-09", "V-10", "V-11", "V-12", "V-15", "V-16", *CONTEXT, *TEXT}


def test_only_the_misprints_are_blocking() -> None:
    assert {f.check_id for f in _assessed().findings if f.severity == "blocking"} == {"V-10", "V-11", "V-12"}


def test_statements_are_not_observations() -> None:
    release = release_of(report(), "gla_report")
    assert release.parsed is not None
    assert len(release.parsed.statements) == 27
    assert not [where for where in release.observations["locator"].to_pylist() if ":Statement" in where]
    periods = release.observations["period_start"].to_pylist()
    assert {start.isoformat() for start in periods if start.year == 2023} == {"2023-01-01"}
    assert set(release.observations["period_kind"].to_pylist()) == {"calendar_year", "rolling_year"}
