"""Which equations of a release speak of a hidden figure, and what they leave it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from civic_assets.quality.equations.edits import edits_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.rules.disclosure import audit_release, disclosure_audit, suppressed
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.releases import fixture, release_of

_REFERRALS = "Islington,Referrals and Re-referrals,2419,346,14.3,475,19.6,327,13.5,2225,267,12.0"


def _range(release: ReleaseView, measure: str) -> tuple[float, float]:
    """What is known of the one hidden figure of a measure."""
    audited = audit_release(release.derived(edits_of), release.observations, release.contract)
    assert audited is not None
    system, found = audited
    measures = np.array(release.observations["measure"].take(system.names).to_pylist())
    (place,) = np.flatnonzero((measures == measure) & found.audited)
    return float(found.low[place]), float(found.high[place])


def _referrals(printed: str) -> ReleaseView:
    return fixture(
        "dfe_children_in_need", "c1_2024.csv", (_REFERRALS, f"Islington,Referrals and Re-referrals,{printed}")
    )


def test_percentage_and_base_leave_a_hidden_count_half_a_unit_of_the_last_decimal() -> None:
    # 14.3% of 2,419, to within 0.05 points: 344.7 to 347.1 referrals again.
    low, high = _range(_referrals("2419,c,14.3,475,19.6,327,13.5,2225,267,12.0"), "rereferrals")
    assert (low, high) == (345, 347)


def test_percentage_and_count_leave_a_hidden_base_its_range() -> None:
    # 346 is 14.3% of 2,412 to 2,428, 475 is 19.6% of 2,418 to 2,429 and 327 is 13.5% of 2,414 to 2,431; London, rounded
    # to 10, less its other authorities leaves 2,419 to 2,429.
    low, high = _range(
        _referrals("c,346,14.3,475,19.6,327,13.5,2225,267,12.0"), "referrals_to_social_services"
    )
    assert (low, high) == (2419, 2428)


def test_hidden_special_school_follows_from_total_primary_and_secondary() -> None:
    release = fixture("dfe_exclusions", "counts_2014_15.csv")
    verdict = disclosure_audit(release)
    assert verdict.outcome == "fail"
    assert any("L13:perm_excl" in finding.locators for finding in verdict.findings)


def test_findings_name_cells_and_never_what_they_hold() -> None:
    release = fixture("dfe_exclusions", "counts_2014_15.csv")
    for finding in disclosure_audit(release).findings:
        assert finding.observed.endswith("cells")
        assert finding.proposal == ""
        assert set(finding.evidence) == {"cells", "table", "hidden", "recovered", "narrow"}


def test_mark_for_another_reason_than_protection_hides_nobody() -> None:
    """ONS leaves out the rate of City of London because few people live there."""
    release = fixture("dfe_exclusions", "by_geography_2022_23.csv")
    assert not suppressed(release.contract, release.observations).any()
    assert disclosure_audit(release).reason == "not_applicable"


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "source", "hidden", "recovered"),
    [
        ("dfe-looked-after/SFR50_CLA2017.csv", "dfe_looked_after", 326, 1),
        ("dfe-looked-after/cla_uasc_31_march_2021_2025.csv", "dfe_looked_after", 166, 0),
    ],
)
def test_publishers_files_tell_what_they_tell(
    real_data: Path, file: str, source: str, hidden: int, recovered: int
) -> None:
    release = release_of(read_grid(real_data / file), source)
    audited = audit_release(release.derived(edits_of), release.observations, release.contract)
    assert audited is not None
    assert (int(audited[1].audited.sum()), int(audited[1].recovered.sum())) == (hidden, recovered)
