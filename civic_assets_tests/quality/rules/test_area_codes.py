"""Area codes and names of a release against the register: disputed, warned of, or left in peace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Assessment, Finding
from civic_assets.quality.run import assess
from civic_assets_tests.releases import (
    mended_report,
    release_of,
    result,
    sample,
    unreserved,
    with_observation,
)


def _of(assessment: Assessment, check_id: str) -> list[Finding]:
    return [finding for finding in assessment.findings if finding.check_id == check_id]


def _with_code(code: str, **changes: Any) -> ReleaseView:
    return with_observation(release_of(sample()), 0, area_code=code, **changes)


@pytest.mark.parametrize("code", ["E09000099", "E06000999", "E23000099/unassigned", "W06000099"])
def test_unknown_code_of_a_kind_that_is_held_completely_disputes_its_figures_and_holds_nothing_back(
    code: str,
):
    release = _with_code(code)
    assessment = assess(release)
    found = result(assessment, "V-04")
    assert (found.outcome, found.scope, found.n_failed) == ("fail", "value", 1)
    (finding,) = _of(assessment, "V-04")
    where = release.observations["locator"][0].as_py()
    assert (finding.severity, list(finding.disputes), finding.observed) == ("blocking", [where], code)
    assert "area register" in finding.message
    assert not any(reason.startswith("V-04") for reason in assessment.held_back)


def test_code_of_the_wrong_form_still_holds_the_release_back():
    assessment = assess(_with_code("E0900001"))
    assert result(assessment, "V-04").scope == "structural"
    assert any(reason.startswith("V-04") for reason in assessment.held_back)


@pytest.mark.parametrize("code", ["E22000999", "E08000020"])
def test_code_that_had_ended_or_is_in_no_complete_list_is_a_warning(code: str):
    assessment = assess(_with_code(code))
    assert result(assessment, "V-04").outcome == "pass"
    (finding,) = _of(assessment, "V-04")
    assert finding.severity == "warning" and not finding.disputes and finding.area_code == code


@pytest.mark.parametrize("code", ["E05013697", "E01000001", "E06000063", "E23000001/unassigned"])
def test_wards_and_codes_applied_backwards_are_counted_and_not_complained_of(code: str):
    assert not _of(assess(_with_code(code)), "V-04")


def test_message_counts_every_kind_of_code():
    message = result(assess(_with_code("E06000063")), "V-04").message
    assert "in force" in message and "1 applied to dates before they began" in message
    assert "described by their rows" in message


def _everywhere(code: str, column: str, value: str) -> ReleaseView:
    """The sample with another value in a column of all rows of a code."""
    release = release_of(sample())
    assert release.parsed is not None
    table = release.parsed.observations
    codes, values = table["area_code"].to_pylist(), table[column].to_pylist()
    changed = [value if one == code else other for one, other in zip(codes, values, strict=True)]
    table = table.set_column(table.column_names.index(column), column, pa.array(changed, pa.string()))
    return replace(release, parsed=replace(release.parsed, observations=table))


def test_name_that_the_register_does_not_know_for_a_code_is_a_warning_with_the_known_one():
    release = _everywhere("E22000204", "area_name", "Isleworth")
    (finding,) = [f for f in _of(assess(release), "V-05") if f.area_code == "E22000204"]
    assert (finding.severity, finding.observed, finding.expected) == ("warning", "Isleworth", "Islington")
    first = release.observations["area_code"].to_pylist().index("E22000204")
    assert finding.locator == release.observations["locator"][first].as_py()


@pytest.mark.parametrize(
    "release", [release_of(sample()), release_of(mended_report(), "gla_report", under=unreserved())]
)
def test_inputs_that_ship_carry_only_codes_and_names_of_the_register(release: ReleaseView):
    assessment = assess(release)
    # What the report's text calls the rows of somebody's workbook is no name beside a code.
    named = [finding for finding in _of(assessment, "V-05") if not finding.locator.endswith(":Statement")]
    assert not _of(assessment, "V-04") and not named
    assert result(assessment, "V-04").outcome == "pass"


def test_unknown_place_that_a_parser_reported_is_not_reported_twice():
    release = with_observation(
        release_of(sample()), 0, area_code="E92000001/local-authority-null", area_type="unknown"
    )
    assert not _of(assess(release), "V-04")
    assert "1 unknown" in result(assess(release), "V-04").message


def test_all_cells_of_an_unknown_code_are_disputed():
    release = _everywhere("E22000204", "area_code", "E09000099")
    (finding,) = _of(assess(release), "V-04")
    assert len(finding.disputes) == release.observations["area_code"].to_pylist().count("E09000099") > 50
