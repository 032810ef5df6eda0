"""The group of ONS that each publisher's classes of crime belong to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.contracts.load import contracts_folder, load_contracts
from civic_assets.errors import ContractError
from civic_assets.harmonise.measures.crime_schemes import read_tree
from civic_assets.harmonise.measures.crime_tree import TOTAL, ClassRelation
from civic_assets.harmonise.measures.recorded_crime import crime_tree, mapping_for, unmapped
from civic_assets.harmonise.measures.vocabulary import measure_of

FILE = contracts_folder() / "vocabularies" / "recorded_crime.yaml"
NODES = sorted(crime_tree().parents)


def _met(major: str, minor: str) -> str:
    return f"major={major};minor={minor}"


def _met_classes() -> Iterator[tuple[str, str]]:
    for major, minors in load_contracts()["met_borough"].parser.options["offences"].items():
        for minor in minors:
            yield major, minor


def test_every_node_is_a_measure_and_leads_up_to_the_total() -> None:
    for node in NODES:
        assert measure_of(node) is not None
        assert crime_tree().ancestors(node)[-1] == TOTAL


@given(st.sampled_from(NODES))
def test_no_node_is_above_itself(node: str) -> None:
    assert node not in crime_tree().ancestors(node)[1:]


def test_the_tree_is_that_of_the_table_of_the_report() -> None:
    theft = {node for node in NODES if crime_tree().parents[node] == "theft_offences"}
    assert theft == {
        "burglary", "vehicle_offences", "theft_from_the_person", "bicycle_theft", "shoplifting", "all_other_theft",
    }  # fmt: skip
    assert {node for node in NODES if crime_tree().parents[node] == "burglary"} == {
        "residential_burglary",
        "non_residential_burglary",
    }


@pytest.mark.parametrize(("major", "minor"), list(_met_classes()))
def test_every_class_that_the_metropolitan_contract_lists_is_mapped_in_an_era(major: str, minor: str) -> None:
    found = [
        mapping_for("met_borough", "recorded_crime_met", _met(major, minor), e)
        for e in ("2018-12", "2023-07", "2025-12")
    ]
    assert any(found)
    # A class that both later eras print under one name has one node, unless it is one of the two of violence.
    nodes = {mapped.measure for mapped in found[1:] if mapped}
    assert len(nodes) <= 1


def test_no_class_of_the_era_before_2019_is_put_next_to_a_group_of_ons() -> None:
    for major, minor in _met_classes():
        mapped = mapping_for("met_borough", "recorded_crime_met", _met(major, minor), "2018-12")
        assert mapped is None or (not mapped.counted and "before March 2019" in mapped.because)


def test_every_type_of_police_uk_is_mapped() -> None:
    for entry in load_contracts()["police_uk"].measure_labels.values():
        assert mapping_for("police_uk", entry.measure, entry.breakdown) is not None


@pytest.mark.parametrize(
    ("edition", "minor", "relation"),
    [
        ("2021-07-historical", "violence without injury", ClassRelation.BROADER),
        ("2024-10", "violence without injury", ClassRelation.BROADER),
        ("2025-12", "violence without injury", ClassRelation.EXACT),
        ("2023-07", "violence with injury", ClassRelation.BROADER),
        ("2025-12", "violence with injury", ClassRelation.EXACT),
    ],
)
def test_violence_of_one_name_holds_stalking_until_the_classes_changed(
    edition: str, minor: str, relation: ClassRelation
) -> None:
    mapped = mapping_for(
        "met_borough", "recorded_crime_met", _met("violence against the person", minor), edition
    )
    assert mapped is not None
    assert mapped.relation is relation
    assert bool(mapped.because) == (relation is ClassRelation.BROADER)


@pytest.mark.parametrize(
    ("source", "measure", "breakdown"),
    [
        ("met_borough", "recorded_crime_met", _met("nfib fraud", "nfib")),
        ("met_borough", "recorded_crime_met", _met("fraud and forgery", "fraud and forgery")),
        ("met_ward", "recorded_crime_met", _met("other accepted crime", "other accepted crime")),
        (
            "home_office_prc",
            "recorded_crime_offence",
            "group=Fraud offences;offence=x;offence_code=AF;subgroup=y",
        ),
        ("police_uk", "street_level_antisocial_behaviour", "total"),
        ("ons_pfa", "knife_crime", "total"),
        ("ons_pfa", "fraud_and_computer_misuse", "total"),
    ],
)
def test_what_is_not_part_of_the_total_says_why(source: str, measure: str, breakdown: str) -> None:
    mapped = mapping_for(source, measure, breakdown)
    assert mapped is not None
    assert not mapped.counted
    assert mapped.relation is ClassRelation.NOT_COMPARABLE
    assert mapped.because


def test_an_offence_code_that_leaves_its_subgroup_goes_to_its_own_node() -> None:
    row = "group=Violence against the person;offence={};offence_code={};subgroup=Violence with injury"
    driving = mapping_for("home_office_prc", "recorded_crime_offence", row.format("Causing death", "4.4"))
    assault = mapping_for(
        "home_office_prc", "recorded_crime_offence", row.format("Assault with injury", "8N")
    )
    assert driving is not None
    assert assault is not None
    assert driving.measure == "death_or_serious_injury_illegal_driving"
    assert assault.measure == "violence_with_injury"


def test_case_of_a_publisher_does_not_matter() -> None:
    upper, title = (
        mapping_for(
            "home_office_prc",
            "recorded_crime_offence",
            f"group={group};offence=x;offence_code=92A;subgroup=y",
        )
        for group in ("Drug Offences", "Drug offences")
    )
    assert upper is not None
    assert title is not None
    assert upper.measure == title.measure == "drug_offences"


def test_a_class_that_is_in_no_scheme_is_reported_once_with_what_to_do() -> None:
    row = ("met_borough", "2026-03", "recorded_crime_met", _met("theft", "theft of drones"))
    known = ("met_borough", "2026-03", "recorded_crime_met", _met("theft", "shoplifting"))
    other = ("dfe_neet", "2025", "neet_percent", "total")
    (found,) = unmapped([row, known, row, other])
    assert found.breakdown == "major=theft;minor=theft of drones"
    assert "recorded_crime.yaml" in found.message


def test_stalking_in_an_issue_that_had_no_such_class_is_reported() -> None:
    row = (
        "met_borough",
        "2024-10",
        "recorded_crime_met",
        _met("violence against the person", "stalking and harassment"),
    )
    assert len(unmapped([row])) == 1


def test_versions_of_the_tree_follow_each_other_without_a_gap() -> None:
    versions = crime_tree().versions
    assert [version.to for version in versions] == [version.from_ for version in versions[1:]] + [None]
    found = crime_tree().version_on(date(2017, 4, 1))
    assert found is not None
    assert found.id == "2017"
    assert crime_tree().version_on(date(2010, 1, 1)) is None


_FAULTS = {
    "a node that is not in the tree": (
        {"measure": "robery", "relation": "exact", "is": ["crime_type=x"]},
        "'robery' is not a node of the tree",
    ),
    "a class that appears twice": (
        {"measure": "robbery", "relation": "exact", "is": ["crime_type=robbery"]},
        "appears twice",
    ),
    "a relation without a reason": (
        {"measure": "robbery", "relation": "broader", "is": ["crime_type=x"]},
        "needs a because",
    ),
    "a class without a node that claims to be exact": (
        {"measure": None, "relation": "exact", "is": ["crime_type=x"]},
        "a class without a node is not_comparable",
    ),
}


@pytest.mark.parametrize("fault", _FAULTS)
def test_a_scheme_that_contradicts_itself_is_refused(fault: str, tmp_path: Path) -> None:
    group, reason = _FAULTS[fault]
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    next(scheme for scheme in content["schemes"] if scheme["id"] == "police_uk")["classes"].append(group)
    file = tmp_path / "recorded_crime.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    with pytest.raises(ContractError) as error:
        read_tree(file)
    assert reason in str(error.value)


def test_a_sum_of_nothing_is_refused(tmp_path: Path) -> None:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    next(scheme for scheme in content["schemes"] if scheme["id"] == "police_uk")["sums"]["exact"].append(
        "homicide"
    )
    file = tmp_path / "recorded_crime.yaml"
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    with pytest.raises(ContractError, match="there is nothing to add up"):
        read_tree(file)
