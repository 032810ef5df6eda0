"""What differs because its class began, ended or changed meaning is reclassified; the total says what was revised."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.errors import ContractError
from civic_assets.harmonise.comparability.break_register import read_breaks
from civic_assets.quality.published.engine import evaluate
from civic_assets_tests.publish.read_model.issue_models import (
    CAMDEN,
    ISLINGTON,
    issues_model,
    real_met_issues,
    with_rule_tables,
    year,
)
from civic_assets_tests.publish.read_models import figure, records


def _met(
    release: str, minor: str, value: float, /, area: str = ISLINGTON, major: str = "burglary"
) -> dict[str, Any]:
    return figure(
        "met_borough", release, "recorded_crime_met", area, date(2024, 5, 1), date(2024, 6, 1), value,
        breakdown=f"major={major};minor={minor}", period_kind="month",
    )  # fmt: skip


def _issue(release: str, **values: float) -> list[dict[str, Any]]:
    return [_met(release, minor.replace("_", " "), value) for minor, value in values.items()]


def _kinds(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(
        connection.execute(
            "SELECT split_part(breakdown, 'minor=', 2), kind FROM quality.release_changes ORDER BY 1"
        ).fetchall()
    )


def _reason(release: str, reason: str, value: float | None, **other: Any) -> dict[str, Any]:
    return year(
        release, value, source="dfe_exclusions", measure="suspensions", breakdown=f"reason={reason}", **other
    )


def test_class_that_another_one_replaces_is_reclassified_in_both() -> None:
    model = issues_model(
        [
            *_issue("2024-10", burglary_in_a_dwelling=90, burglary_business_and_community=40),
            *_issue("2024-12", res_burglary_of_a_home=91, burglary_business_and_community=42),
        ],
        source="met_borough",
    )
    assert _kinds(model) == {
        "burglary business and community": "revised", "burglary in a dwelling": "reclassified",
        "res burglary of a home": "reclassified",
    }  # fmt: skip


def test_class_that_is_printed_with_nothing_in_it_any_more_has_ended() -> None:
    model = issues_model(
        [
            *_issue("2024-10", burglary_in_a_dwelling=90, burglary_business_and_community=40),
            *_issue(
                "2024-12",
                burglary_in_a_dwelling=0,
                res_burglary_of_a_home=91,
                burglary_business_and_community=40,
            ),
        ],
        source="met_borough",
    )
    (row,) = records(model, "SELECT * FROM quality.revisions WHERE breakdown LIKE '%dwelling'")
    assert (row["kind"], row["revision"]) == ("reclassified", -90)
    assert "began or ended between 2024-10 and 2024-12" in row["because"]


def test_neighbour_that_gave_to_a_class_that_began_is_reclassified() -> None:
    model = issues_model(
        [
            _reason("2019-reasons", "bullying", 50), _reason("2019-reasons", "other", 50),
            _reason("2020-reasons", "bullying", 50), _reason("2020-reasons", "other", 20),
            _reason("2020-reasons", "theft", 30),
        ],
        source="dfe_exclusions",
    )  # fmt: skip
    rows = records(model, "SELECT breakdown, kind FROM quality.revisions ORDER BY ALL")
    assert rows == [
        {"breakdown": "reason=bullying", "kind": "unchanged"}, {"breakdown": "reason=other", "kind": "reclassified"},
    ]  # fmt: skip


def test_few_events_in_a_rare_class_reclassify_nobody() -> None:
    model = issues_model(
        [
            _reason("2019-reasons", "bullying", 5000), _reason("2019-reasons", "theft", 0),
            _reason("2020-reasons", "bullying", 5100), _reason("2020-reasons", "theft", 3),
        ],
        source="dfe_exclusions",
    )  # fmt: skip
    assert {row["kind"] for row in records(model, "SELECT kind FROM quality.revisions")} == {"revised"}


def test_class_that_is_suppressed_has_not_ended() -> None:
    hidden = _reason("2020-reasons", "theft", None, status="suppressed")
    model = issues_model(
        [
            _reason("2019-reasons", "bullying", 50), _reason("2019-reasons", "theft", 40),
            _reason("2020-reasons", "bullying", 51), hidden,
        ],
        source="dfe_exclusions",
    )  # fmt: skip
    assert records(model, "SELECT breakdown, kind FROM quality.release_changes ORDER BY ALL") == [
        {"breakdown": "reason=bullying", "kind": "revised"}, {"breakdown": "reason=theft", "kind": "newly_suppressed"},
    ]  # fmt: skip


def test_area_that_only_one_issue_prints_is_not_a_witness() -> None:
    model = issues_model(
        [
            _reason("2019-reasons", "bullying", 50), _reason("2019-reasons", "theft", 0),
            _reason("2019-reasons", "theft", 40, area=CAMDEN), _reason("2020-reasons", "bullying", 51),
            _reason("2020-reasons", "theft", 0),
        ],
        source="dfe_exclusions",
    )  # fmt: skip
    kinds = {row["kind"] for row in records(model, "SELECT kind FROM quality.revisions")}
    assert kinds == {"revised", "unchanged"}


def test_what_the_vocabulary_says_to_be_another_class_is_reclassified() -> None:
    rows = [
        _met(release, "violence with injury", value, major="violence against the person")
        for release, value in (("2024-10", 300), ("2025-12", 280))
    ]
    (row,) = records(issues_model(rows, source="met_borough"), "SELECT * FROM quality.revisions")
    assert row["kind"] == "reclassified" and "recorded_crime.yaml" in row["because"]


def test_break_between_editions_that_reclassifies_is_used() -> None:
    rows = [
        year(release, value, source="ons_pfa", measure="knife_crime")
        for release, value in (("2019-12", 13341), ("2024-12", 12485))
    ]
    (row,) = records(issues_model(rows, source="ons_pfa"), "SELECT * FROM quality.revisions")
    assert row["kind"] == "reclassified" and row["because"].startswith("knife crime was restated")


def test_group_of_ons_that_was_split_is_reclassified_and_its_total_revised() -> None:
    def crime(release: str, measure: str, value: float) -> dict[str, Any]:
        return year(release, value, measure=measure)

    model = issues_model(
        [
            crime("2020-12", "violence_without_injury", 1600), crime("2020-12", "total_recorded_crime", 9000),
            crime("2021-12", "violence_without_injury", 900), crime("2021-12", "stalking_and_harassment", 700),
            crime("2021-12", "total_recorded_crime", 9010),
        ]
    )  # fmt: skip
    rows = records(model, "SELECT measure, kind FROM quality.revisions ORDER BY ALL")
    assert rows == [
        {"measure": "total_recorded_crime", "kind": "revised"},
        {"measure": "violence_without_injury", "kind": "reclassified"},
    ]
    (summary,) = records(
        model, "SELECT * FROM quality.revision_summary WHERE measure = 'violence_without_injury'"
    )
    assert (summary["n_pairs"], summary["n_revised"], summary["n_reclassified"]) == (0, 0, 1)
    assert summary["total_relative_mean_absolute_revision"] == pytest.approx(10 / 9010)


def test_summary_counts_reclassified_pairs_apart_and_says_what_the_total_did() -> None:
    model = issues_model(
        [
            *_issue("2024-10", burglary_in_a_dwelling=90, burglary_business_and_community=40),
            *_issue(
                "2024-12",
                burglary_in_a_dwelling=0,
                res_burglary_of_a_home=91,
                burglary_business_and_community=42,
            ),
        ],
        source="met_borough",
    )
    (row,) = records(model, "SELECT * FROM quality.revision_summary")
    assert (row["n_pairs"], row["n_revised"], row["n_reclassified"]) == (1, 1, 1)
    assert row["relative_mean_absolute_revision"] == pytest.approx(2 / 42)
    assert (row["n_totals"], row["n_totals_revised"]) == (1, 1)
    assert row["total_relative_mean_absolute_revision"] == pytest.approx(3 / 133)
    assert (
        "1 more was reclassified, not revised, because classes began, ended or changed meaning"
        in row["message"]
    )
    (total,) = records(model, "SELECT * FROM quality.total_revisions")
    assert (
        total["first_value"],
        total["later_value"],
        total["n_first_classes"],
        total["n_later_classes"],
    ) == (
        130,
        133,
        2,
        3,
    )


def test_total_of_which_a_class_is_hidden_is_not_summed() -> None:
    rows = [
        *_issue("2024-10", burglary_in_a_dwelling=90, burglary_business_and_community=40),
        *_issue("2024-12", burglary_in_a_dwelling=90),
        {**_met("2024-12", "burglary business and community", 0), "value": None, "status": "suppressed"},
    ]
    model = issues_model(rows, source="met_borough")
    assert model.execute("SELECT count(*) FROM quality.total_revisions").fetchall() == [(0,)]


def test_reclassified_pair_is_not_a_large_revision() -> None:
    model = with_rule_tables(
        issues_model(
            [
                *_issue("2024-10", burglary_in_a_dwelling=90, burglary_business_and_community=40),
                *_issue("2024-12", burglary_in_a_dwelling=0, res_burglary_of_a_home=91,
                        burglary_business_and_community=40),
            ],
            source="met_borough",
        )
    )  # fmt: skip
    ((result, findings),) = [
        (result, found)
        for rule, result, found in evaluate(model)
        if (rule.id, rule.table) == ("X-03", "revisions")
    ]
    assert (result.outcome, result.n_checked, list(findings)) == ("pass", 1, [])


def test_break_that_reclassifies_is_between_editions(tmp_path: Path) -> None:
    file = tmp_path / "breaks.yaml"
    file.write_text(
        "breaks:\n  - {id: one, from: 2020-01-01, action: block, verified: true, reclassifies: true, effect: 'a', "
        "reference: 'b'}\n"
    )
    with pytest.raises(ContractError, match="last_old_edition"):
        read_breaks(file)


@pytest.mark.real_data
def test_barnet_is_not_first_among_the_boroughs_when_all_classes_are_taken_together(real_data: Path) -> None:
    connection = real_met_issues(real_data, ("2024-10", "2025-12"))
    boroughs = connection.execute(
        """SELECT area_name, round(sum(abs(revision)) / sum(first_value) * 100, 1) FROM quality.total_revisions
        WHERE area_code LIKE 'E09%' GROUP BY ALL ORDER BY 2 DESC"""
    ).fetchall()
    assert boroughs[0] == ("Lambeth", 2.0)
    # By class, as if nothing had been renamed, it would be 13.9%.
    by_class = connection.execute(
        """SELECT round(sum(abs(revision)) / sum(first_value) * 100, 1),
            round(sum(abs(revision)) FILTER (kind <> 'reclassified')
                / sum(first_value) FILTER (kind <> 'reclassified') * 100, 1)
        FROM quality.revisions WHERE area_name = 'Barnet'"""
    ).fetchall()
    barnet = connection.execute(
        """SELECT round(abs(sum(revision)) / sum(first_value) * 100, 1) FROM quality.total_revisions
        WHERE area_name = 'Barnet'"""
    ).fetchall()
    assert by_class == [(13.9, 2.0)]
    assert barnet == [(0.8,)]
