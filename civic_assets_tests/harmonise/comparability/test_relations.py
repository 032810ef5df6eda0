"""Parts and wholes: what groups, measures and areas are to each other, as declared."""

from __future__ import annotations

from datetime import date

import pytest

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.relations import Relation, breakdown_relation, ground_relation
from civic_assets.harmonise.measures.structure import makes_up, part_of, shared_whole, wholes_of

SAME, INSIDE, HOLDS, APART, UNKNOWN = Relation
BEFORE_REASONS_CHANGED, AFTER = date(2017, 9, 1), date(2022, 9, 1)


@pytest.mark.parametrize(
    ("source", "first", "second", "expected"),
    [
        ("dfe_exclusions", "total", "total", SAME),
        ("dfe_exclusions", "reason=theft", "total", INSIDE),
        ("dfe_exclusions", "reason=theft", "reason=bullying", APART),
        ("dfe_exclusions", "reason=theft", "phase=special", UNKNOWN),
        ("dfe_exclusions", "phase=special;reason=theft", "reason=theft", INSIDE),
        ("dfe_exclusions", "phase=special;reason=theft", "phase=state-funded primary", APART),
        ("dfe_exclusions", "phase=state-funded primary", "phase=state-funded secondary", APART),
        (
            "dfe_exclusions",
            "social_care_group=child in need",
            "social_care_group=child protection plan",
            UNKNOWN,
        ),
        ("dfe_looked_after", "sex=male", "sex=female", APART),
        ("dfe_looked_after", "sex=male", "age=1 to 4", UNKNOWN),
        ("dfe_looked_after", "age=1 to 4", "age=5 to 9", APART),
        ("dfe_looked_after", "age=under 1", "age=16 and over", APART),
        ("dfe_looked_after", "ethnicity=white british", "ethnicity=white", INSIDE),
        ("dfe_sen", "ethnicity=refused", "ethnicity=not obtained", UNKNOWN),
        ("dfe_looked_after", "ethnicity=group a", "ethnicity=group b", APART),
        ("ons_population", "age=5;sex=female", "age=0-17", INSIDE),
        ("ons_population", "age=10-20", "age=0-17", UNKNOWN),
        ("ons_population", "age=0-17", "age=16", HOLDS),
        ("dfe_neet", "sen=ehc plan", "sen=sen support", APART),
        ("dfe_neet", "group=vulnerable", "group=another", UNKNOWN),
        (
            "home_office_prc",
            "group=a;offence_code=1;part=1",
            "group=a;offence_code=1;part=2",
            APART,
        ),
        (
            "police_uk",
            "crime_type=robbery",
            "crime_type=robbery;reported_by=city-of-london",
            APART,
        ),
        ("police_uk", "crime_type=robbery", "crime_type=burglary", APART),
        ("met_borough", "major=theft;minor=shoplifting", "major=theft;minor=bicycle theft", APART),
        ("dfe_sen", "hair=red", "hair=brown", UNKNOWN),
    ],
)
def test_groups(source: str, first: str, second: str, expected: Relation) -> None:
    turned = {INSIDE: HOLDS, HOLDS: INSIDE}.get(expected, expected)
    both = (source, source)
    assert breakdown_relation(first, second, both, BEFORE_REASONS_CHANGED) is expected
    assert breakdown_relation(second, first, both, BEFORE_REASONS_CHANGED) is turned


def test_reasons_exclude_each_other_only_while_one_is_recorded() -> None:
    both = ("dfe_exclusions", "dfe_exclusions")
    assert breakdown_relation("reason=theft", "reason=bullying", both, AFTER) is UNKNOWN


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("E09000019", "E09000019", SAME),
        ("E09000019", "E22000204", SAME),
        ("E10000002", "E06000060", SAME),
        ("E09000019", "E13000001", INSIDE),
        ("E13000001", "E12000007", INSIDE),
        ("E12000007", "E23000001", HOLDS),
        ("E92000001", "K04000001", INSIDE),
        ("E07000106", "E23000032", INSIDE),
        ("E10000016", "E23000032", INSIDE),
        ("E13000001", "E23000001", UNKNOWN),
        ("E22000233", "E06000061", UNKNOWN),
        ("E10000006", "E06000063", UNKNOWN),
        ("E08000019", "E08000039", UNKNOWN),
        ("E22000233", "E22000236", APART),
        ("E09000019", "E09000007", APART),
        ("E23000001", "E23000034", APART),
        ("E13000001", "E13000002", APART),
    ],
)
def test_grounds(a: str, b: str, expected: Relation) -> None:
    register = AreaRegister.shipped()
    types = [area.type if (area := register.find(code)) else "area" for code in (a, b)]
    turned = {INSIDE: HOLDS, HOLDS: INSIDE}.get(expected, expected)
    assert ground_relation(a, b, register, (types[0], types[1])) is expected
    assert ground_relation(b, a, register, (types[1], types[0])) is turned


@pytest.mark.parametrize(
    ("a", "b", "types", "expected"),
    [
        ("K04000001/british-transport-police", "K04000001", ("police_force", "country"), INSIDE),
        ("K04000001/british-transport-police", "E23000001", ("police_force", "police_force"), APART),
        ("K04000001/british-transport-police", "E92000001", ("police_force", "country"), UNKNOWN),
        ("K04000001/excluding-somebody", "E12000002", ("part_of_country", "region"), UNKNOWN),
        ("E23000001/unassigned", "E09000019", ("unassigned", "local_authority"), APART),
        ("E01000001", "E01000002", ("lsoa", "lsoa"), APART),
        ("E01000001", "E09000019", ("lsoa", "local_authority"), UNKNOWN),
    ],
)
def test_grounds_of_areas_without_a_code_or_an_entry(
    a: str, b: str, types: tuple[str, str], expected: Relation
) -> None:
    assert ground_relation(a, b, AreaRegister.shipped(), types) is expected


def test_measures_are_parts_as_the_vocabulary_the_tree_and_contracts_declare() -> None:
    assert shared_whole("residential_burglary", "non_residential_burglary", "ons_csp") == "burglary"
    assert shared_whole("homicide", "residential_burglary", "ons_csp") == "total_recorded_crime"
    assert shared_whole("knife_robbery", "robbery", "ons_pfa") is None
    assert shared_whole("knife_crime", "burglary", "ons_pfa") is None
    assert (
        shared_whole("pupils_with_sen_support", "pupils_with_ehc_plan", "dfe_sen") == "pupils_of_all_schools"
    )
    assert part_of("homicide", "total_recorded_crime", "ons_csp")
    assert not part_of("total_recorded_crime", "homicide", "ons_csp")
    assert "children_looked_after" in wholes_of("uasc_looked_after", "dfe_looked_after")
    assert makes_up(frozenset({"neet", "not_known"}), "neet_or_not_known", "dfe_neet")
    assert not makes_up(frozenset({"homicide", "robbery"}), "total_recorded_crime", "ons_csp")
