"""Findings that share a cause are one cause, and those that do not are several (all findings here are synthetic)."""

from __future__ import annotations

from typing import Any

import pytest

from civic_assets.answers.words import Severity
from civic_assets.house_numbers.listing import CAUSES_OF_A_CHECK, SHARED_CAUSE_PROPOSALS
from civic_assets.quality.causes.audience import AUDIENCES, audience_of
from civic_assets.quality.causes.cause import JudgedFinding
from civic_assets.quality.causes.grouping import causes_of
from civic_assets.quality.causes.links import KINDS
from civic_assets.quality.expectations.suites import of_what_is_published
from civic_assets.quality.run import catalogue

_ADVICE = "Ask the publisher which one is wrong."


def _finding(
    number: int,
    check_id: str,
    message: str = "A sentence.",
    *,
    source: str = "ons_csp",
    releases: tuple[str, ...] = ("2024-12",),
    severity: Severity = "warning",
    waived: bool = False,
    **others: Any,
) -> JudgedFinding:
    return JudgedFinding(
        f"f{number:04}", check_id, source, releases, severity, f"{message} {_ADVICE}", waived=waived, **others
    )


def _groups(findings: list[JudgedFinding]) -> list[list[str]]:
    return sorted(sorted(cause.members) for cause in causes_of(findings))


def test_one_absent_force_is_one_cause_whatever_measures_and_checks_notice_it() -> None:
    force = {"missing_areas": ["Greater Manchester (E23000005)"]}
    findings = [
        *(
            _finding(n, "X-06", f"42 of 43 areas reported measure {n}.", source="ons_pfa", evidence=force)
            for n in range(41)
        ),
        _finding(41, "H-15", "42 of the 43 forces.", source="ons_pfa", severity="info", evidence=force),
        _finding(
            42,
            "H-16",
            "Totals contain estimates.",
            source="ons_pfa",
            evidence={"missing_areas": ["Greater Manchester"]},
        ),
        _finding(
            43, "X-06", "One area.", source="ons_pfa", evidence={"missing_areas": ["Devon (E10000008)"]}
        ),
    ]
    causes = causes_of(findings)
    assert sorted(len(cause.members) for cause in causes) == [1, 43]
    (force_cause,) = (cause for cause in causes if len(cause.members) == 43)
    assert "Greater Manchester has no figures in some periods" in force_cause.message
    assert force_cause.check_ids == ("H-15", "H-16", "X-06")
    assert force_cause.severity == "warning", "the gravest of its findings"


def test_absent_areas_are_not_said_to_have_sent_nothing_where_a_mark_may_stand_in_their_cells() -> None:
    areas = {"missing_areas": ["Ashmere", "Borley"]}
    for check in ("X-06", "H-15"):
        (cause,) = causes_of([_finding(n, check, f"Measure {n}.", evidence=areas) for n in range(2)])
        assert "figures that the publisher does not print" in cause.message


def test_cause_says_how_many_cells_its_rule_did_not_list() -> None:
    listed = [
        _finding(n, "V-02", f"L{n}: 1.5 is not a whole number.", evidence={"cells_in_all": 1_003})
        for n in range(3)
    ]
    (cause,) = causes_of(
        [*listed, _finding(3, "V-02", "L3: 2.5 is not a whole number.", releases=("other",))]
    )
    assert cause.message.startswith("4 findings with one cause")
    assert "and 1,000 more cells that are not listed. One of them" in cause.message


def test_cause_names_the_first_of_its_cells_in_the_order_of_the_file() -> None:
    at = ("Table P1!Z9", "Table P1!H35", "Table P1!AA9", "Table P1!T10")
    (cause,) = causes_of([_finding(n, "V-22", f"Area {n}.", locator=cell) for n, cell in enumerate(at)])
    assert "4 findings with one cause in 4 cells, the first of them Table P1!Z9. One of them" in cause.message
    (two,) = causes_of([_finding(n, "V-22", f"Area {n}.", locator=f"L{10 - n}:value") for n in range(2)])
    assert "with one cause in L9:value and L10:value. One" in two.message


def test_one_bad_year_in_two_releases_is_one_cause() -> None:
    findings = [
        _finding(
            n,
            "V-02",
            f"L{n}:perm_excl: exclusions (printed {n}.5) is not a whole number.",
            releases=(release,),
            locator=f"L{n}:perm_excl",
            evidence={"cause": "a cell: exclusions (printed #) is not a whole number."},
        )
        for n, release in enumerate(["2016-17"] * 7 + ["2016-17-reasons"] * 50)
    ]
    (cause,) = causes_of(findings)
    assert len(cause.members) == 57
    assert cause.releases == ("2016-17", "2016-17-reasons")
    assert cause.action == _ADVICE and cause.audience == "publisher"
    assert "Ask the publisher" not in cause.message


def test_two_rows_in_four_tables_are_two_causes() -> None:
    rows = [("E23000032", "E23000031"), ("W15000003", "W15000002")]
    findings = [
        _finding(4 * r + t, "V-05", observed=printed, area_code=right, locator=f"Table C{t}!A{r}")
        for r, (printed, right) in enumerate(rows)
        for t in range(4)
    ]
    assert sorted(map(len, _groups(findings))) == [4, 4]


def test_ended_code_is_one_cause_of_its_row_and_of_its_figures() -> None:
    findings = [
        _finding(1, "V-04", observed="E08000020", area_code="E08000020"),
        _finding(2, "V-05", observed="E08000020", area_code="E08000037"),
        _finding(3, "V-05", observed="E06000048", area_code="E06000057"),
    ]
    assert _groups(findings) == [["f0001", "f0002"], ["f0003"]]


def test_equations_with_a_cell_in_common_are_one_cause_and_others_are_not() -> None:
    findings = [
        _finding(1, "V-11", severity="blocking", locator="B2", locators=("B2", "B3", "B4")),
        _finding(2, "V-15", "The only smallest repair: B3.", locator="B3", locators=("B3", "B9")),
        _finding(3, "V-10", severity="blocking", locator="B9", locators=("B9", "B1")),
        _finding(4, "V-10", severity="blocking", locator="F9", locators=("F9", "F1")),
    ]
    causes = causes_of(findings)
    assert sorted(sorted(cause.members) for cause in causes) == [["f0001", "f0002", "f0003"], ["f0004"]]
    (chained,) = (cause for cause in causes if len(cause.members) == 3)
    assert chained.severity == "blocking"
    assert chained.message == "The only smallest repair: B3.", "the finding that says which cell is wrong"


def test_equations_of_two_releases_are_two_causes_even_at_one_address() -> None:
    findings = [_finding(n, "V-11", locator="B2", locators=("B2",), releases=(f"2024-0{n}",)) for n in (3, 6)]
    assert len(causes_of(findings)) == 2


def test_totals_off_by_one_are_one_cause() -> None:
    findings = [
        _finding(n, "V-11", locator=f"B{n}", locators=(f"B{n}",), evidence={"slight": True}) for n in range(3)
    ]
    assert len(causes_of(findings)) == 1


def test_changes_across_a_break_and_the_definitions_on_both_sides_are_one_cause() -> None:
    findings = [
        _finding(
            1, "H-11", evidence={"break_id": "conduct-crimes-2023", "changed_on": "2023-05-01"}, locator="C9"
        ),
        _finding(2, "H-14", evidence={"changed_on": ["2015-04-01", "2023-05-01"]}, locator="D9"),
        _finding(3, "H-14", evidence={"changed_on": ["2017-04-01"]}, locator="E9"),
    ]
    assert _groups(findings) == [["f0001", "f0002"], ["f0003"]]


def test_hidden_figures_are_one_cause_of_a_source_in_one_release_or_in_all() -> None:
    findings = [
        _finding(1, "H-19", source="dfe_exclusions", releases=("2016-17",)),
        _finding(2, "H-20", source="dfe_exclusions", releases=()),
        _finding(3, "H-20", source="dfe_looked_after", releases=()),
    ]
    assert _groups(findings) == [["f0001", "f0002"], ["f0003"]]


def test_releases_that_were_due_are_one_cause_of_all_sources() -> None:
    findings = [
        _finding(1, "X-02", source="ons_csp"),
        _finding(2, "X-02", source="met_ward"),
        _finding(3, "X-01", source="crime_table", releases=(), evidence={"due_source": "ons_csp"}),
        _finding(4, "X-01", "A newer release was held back.", source="crime_table", releases=()),
    ]
    causes = causes_of(findings)
    assert sorted(sorted(cause.members) for cause in causes) == [["f0001", "f0002", "f0003"], ["f0004"]]
    (due,) = (cause for cause in causes if len(cause.members) == 3)
    assert due.source == "" and due.audience == "us"
    assert "2 sources were due" in due.message


def test_classification_that_another_replaced_is_one_cause_of_a_release() -> None:
    findings = [
        _finding(1, "K-05", source="met_borough", releases=("2024-10",), evidence={"classes": True}),
        _finding(2, "E-06", source="met_borough", releases=("2024-10",)),
        _finding(3, "E-08", source="met_borough", releases=("2024-10",)),
        _finding(4, "K-05", "A row is absent.", source="met_borough", releases=("2024-10",)),
    ]
    assert _groups(findings) == [["f0001", "f0002", "f0003"], ["f0004"]]


def test_outliers_of_a_source_are_one_cause_for_information() -> None:
    (cause,) = causes_of(
        [
            _finding(n, "V-21", f"P5!C{n}: unusual.", severity="info", releases=(f"20{n}-12",))
            for n in range(10, 15)
        ]
    )
    assert len(cause.members) == 5
    assert not cause.asks_action


def test_column_that_is_unknown_in_two_tables_is_one_cause() -> None:
    findings = [
        _finding(n, "R-09", f"Column 'Robbery of personal property' at {cell} is unknown in {table}.")
        for n, (cell, table) in enumerate([("C2!P8", "Table C5"), ("C3!P8", "Table C2")])
    ]
    assert len(causes_of([*findings, _finding(9, "R-09", "Column 'Other' at C2!Q8 is unknown.")])) == 2


@pytest.mark.parametrize(
    ("check_id", "most", "facts"), [("V-03", CAUSES_OF_A_CHECK, {}), ("V-11", SHARED_CAUSE_PROPOSALS, {})]
)
def test_file_that_is_damaged_as_a_whole_has_one_cause_and_keeps_every_finding(
    check_id: str, most: int, facts: dict[str, Any]
) -> None:
    def findings(number: int) -> list[JudgedFinding]:
        return [
            _finding(
                n,
                check_id,
                f"The share of measure {'x' * n} is wrong.",
                locator=f"B{n}",
                locators=(f"B{n}",),
                **facts,
            )
            for n in range(1, number + 1)
        ]

    assert len(causes_of(findings(most))) == most
    (cause,) = causes_of(findings(most + 1))
    assert len(cause.members) == most + 1


def test_every_finding_is_in_one_cause_and_the_order_of_findings_does_not_matter() -> None:
    findings = [
        _finding(
            n, check_id, f"Sentence {n % 7}.", locator=f"B{n % 11}", locators=(f"B{n % 5}", f"B{n % 11}")
        )
        for n, check_id in enumerate([*KINDS, "V-02", "V-03", "R-06"] * 3)
    ]
    causes = causes_of(findings)
    members = [member for cause in causes for member in cause.members]
    assert sorted(members) == sorted(finding.finding_id for finding in findings)
    assert len({cause.cause_id for cause in causes}) == len(causes)
    turned = causes_of(reversed(findings))
    assert {(c.cause_id, tuple(sorted(c.members))) for c in causes} == {
        (c.cause_id, tuple(sorted(c.members))) for c in turned
    }


def test_information_and_waived_findings_ask_nobody_for_anything() -> None:
    waived = _finding(1, "V-03", severity="blocking", waived=True)
    told = _finding(2, "V-20", severity="info")
    asked = _finding(3, "V-01")
    assert [cause.asks_action for cause in causes_of([waived, told, asked])] == [True, False, False]


def test_waived_member_does_not_set_the_severity_of_its_cause() -> None:
    (cause,) = causes_of(
        [
            _finding(1, "V-11", severity="blocking", waived=True, locators=("B2",)),
            _finding(2, "V-13", locators=("B2",)),
        ]
    )
    assert cause.severity == "warning" and cause.asks_action


def test_every_check_of_the_catalogue_is_for_somebody() -> None:
    known = {spec.id for spec in catalogue()} | {rule.id for rule in of_what_is_published()}
    assert set(AUDIENCES) == known
    assert set(KINDS) <= known


def test_sentence_that_names_a_file_of_the_project_is_for_those_who_run_it() -> None:
    assert audience_of("V-05", "Add it to education_areas.yaml.") == "us"
    assert audience_of("V-05", "Ask the publisher, or add it to education_areas.yaml.") == "publisher"
