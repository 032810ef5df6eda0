"""The vocabulary of measures: what one of a measure is, what a rate divides by, and what a wrong entry is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from civic_assets.contracts.load import contracts_folder, load_contracts
from civic_assets.errors import ContractError
from civic_assets.harmonise.measures.vocabulary import Measure, Polarity, Timing, measure_of
from civic_assets.harmonise.measures.vocabulary_file import read_measures
from civic_assets.parsing.contract_schema import measure_vocabulary
from civic_assets.quality.contract_demands import figures_fit_their_measures, measures_are_described_once
from civic_assets.values.periods import Statistic

VOCABULARY = contracts_folder() / "vocabularies" / "measures.yaml"


@pytest.mark.parametrize("source", sorted(load_contracts()))
def test_every_measure_that_a_contract_prints_is_described_in_one_place(source: str) -> None:
    assert list(measures_are_described_once(load_contracts()[source])) == []


@pytest.mark.parametrize("source", sorted(load_contracts()))
def test_every_figure_of_a_contract_has_the_statistic_and_the_denominator_of_its_measure(source: str) -> None:
    assert list(figures_fit_their_measures(load_contracts()[source])) == []


OWN = {
    "unit_of_count": "visits",
    "definition": "Visits for a hundred residents",
    "statistic": "rate",
    "numerator": "population",
    "rates": {"percent": "all_residents"},
    "polarity": "higher_is_better",
    "because": "more use is what libraries are for",
}


def _with_own(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Measure | None:
    own = replace(load_contracts()["ons_csp"], measures={"visit_rate": {**OWN, **changes}})
    monkeypatch.setattr("civic_assets.harmonise.measures.vocabulary.load_contracts", lambda: {"ons_csp": own})
    return measure_of("visit_rate", "ons_csp")


def test_contract_describes_its_own_measure_as_fully_as_the_vocabulary(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = _with_own(monkeypatch)
    assert found is not None
    assert (found.unit_of_count, found.statistic, found.numerator) == ("visits", Statistic.RATE, "population")
    assert found.polarity is Polarity.HIGHER_IS_BETTER
    denominator = found.denominator_for("percent")
    assert denominator is not None and denominator.measure == "population"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"rates": {"percent": "everybody"}}, "'everybody' is none of"),
        ({"numerator": "visits"}, "'visits' is not a measure of the vocabulary or of this contract"),
        ({"ages": "teenagers"}, "'teenagers' is none of"),
    ],
)
def test_own_measure_that_leads_nowhere_is_refused(
    changes: dict[str, Any], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ContractError, match=r"customProperties\(measures\)\.visit_rate") as refused:
        _with_own(monkeypatch, **changes)
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("one", "other", "units"),
    [
        ("suspensions", "pupils_suspended", ("events", "enrolments")),
        ("referrals_to_social_services", "children_referred", ("events", "persons")),
        ("children_in_need_any_point", "children_in_need_any_point_children", ("episodes", "persons")),
        ("street_level_crimes", "street_level_antisocial_behaviour", ("offences", "incidents")),
    ],
)
def test_events_are_not_persons(one: str, other: str, units: tuple[str, str]) -> None:
    assert tuple(getattr(measure_of(name), "unit_of_count", None) for name in (one, other)) == units


def test_two_tables_of_one_publisher_divide_by_residents_of_different_years() -> None:
    rules = {
        source: measure.denominator_for("per_1000_population")
        for source in ("ons_csp", "ons_pfa")
        if (measure := measure_of("burglary", source))
    }
    assert {rule.measure for rule in rules.values() if rule} == {"population"}
    assert {rule.per for rule in rules.values() if rule} == {1000}
    assert rules["ons_csp"] != rules["ons_pfa"]


def test_a_count_has_no_denominator_and_the_rate_of_the_same_measure_has_one() -> None:
    crime = measure_of("residential_burglary", "ons_csp")
    assert crime is not None
    assert crime.denominator is None
    assert crime.denominator_for("count") is None
    households = crime.denominator_for("per_1000_households")
    assert households is not None
    assert households.measure == "households"


def test_neet_and_unaccompanied_children_are_shares_of_different_people() -> None:
    neet, uasc = measure_of("neet_percent"), measure_of("uasc_looked_after_percent")
    assert neet is not None
    assert uasc is not None
    assert str(neet.ages) == "16-17, academic age, cohort known to the authority"
    assert str(uasc.ages) == "0-17, children looked after"
    assert neet.denominator is not None
    assert uasc.denominator is not None
    assert (neet.denominator.measure, uasc.denominator.measure) == ("neet_cohort", "children_looked_after")


def test_the_report_does_not_say_what_it_divides_by_and_the_publisher_does() -> None:
    for name in ("suspension_rate", "uasc_looked_after_percent", "neet_or_not_known_percent"):
        printed, published = measure_of(name, "gla_report"), measure_of(name)
        assert printed is not None
        assert published is not None
        assert printed.denominator is not None
        assert not printed.denominator.stated
        assert printed.denominator.timing is Timing.UNSTATED
        assert published.denominator is not None
        assert published.denominator.stated


def test_a_definition_changes_on_its_day_and_not_before() -> None:
    burglary = measure_of("residential_burglary")
    assert burglary is not None
    ids = [version.id for version in burglary.versions_in(date(2016, 4, 1), date(2017, 4, 1))]
    assert ids == ["dwelling"]
    ids = [version.id for version in burglary.versions_in(date(2017, 1, 1), date(2018, 1, 1))]
    assert ids == ["dwelling", "residential"]
    assert [v.continues for v in burglary.versions] == [False, False, True]


def test_a_measure_that_only_a_source_of_the_team_has_is_known_by_its_contract() -> None:
    assert measure_of("library_visits") is None
    assert measure_of("no_such_measure", "ons_csp") is None


def test_what_no_source_prints_can_still_be_asked_about() -> None:
    for name in ("hate_crime", "domestic_abuse"):
        found = measure_of(name)
        assert found is not None
        assert not found.published
        assert found.polarity is Polarity.NEUTRAL
        assert found.because
        assert measure_vocabulary()[name] == found.definition


_FAULTS = {
    "an unknown key": ({"colour": "red"}, "unknown key 'colour'"),
    "a numerator that is nothing": (
        {"numerator": "pupils_suspendid"},
        "'pupils_suspendid' is not a measure of this file",
    ),
    "a unit of count that nobody uses": ({"unit_of_count": "people"}, "'people' is none of"),
    "a denominator that is not listed": ({"rates": {"percent": "everybody"}}, "'everybody' is none of"),
    "a unit of a rate that is not listed": (
        {"rates": {"per_mille": "pupils"}},
        "'per_mille' is not one of the units",
    ),
    "a polarity that is a wish": ({"polarity": "good"}, "'good' is none of"),
    "ages that are not listed": ({"ages": "teenagers"}, "'teenagers' is none of"),
    "a rate of nothing": ({"numerator": None}, "numerator"),
    "versions with a gap": (
        {
            "versions": [
                {"id": "a", "to": date(2019, 9, 1), "text": "a"},
                {"id": "b", "from": date(2020, 9, 1), "text": "b"},
            ]
        },
        "without gaps or overlaps",
    ),
}


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_wrong_entry_is_refused_with_its_place(fault: str, tmp_path: Path) -> None:
    change, reason = _FAULTS[fault]
    content = yaml.safe_load(VOCABULARY.read_text(encoding="utf-8"))
    content["measures"]["suspension_rate"] |= change
    file = tmp_path / "measures.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ContractError, match="suspension_rate") as error:
        read_measures(file)
    assert reason in str(error.value)
