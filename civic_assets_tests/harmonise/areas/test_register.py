"""What the area register says of codes and names, with the reorganisations of English local government as examples."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import product
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.contracts.load import contracts_folder
from civic_assets.errors import ContractError
from civic_assets.harmonise.areas.register import AreaRegister, SuccessionKind
from civic_assets.harmonise.areas.register_tables import AreaFacts, read_areas

REGISTER = AreaRegister.shipped()
GEOGRAPHY = contracts_folder() / "geography"
CODES = st.sampled_from(sorted(REGISTER.areas))
DAYS = st.dates(date(2008, 1, 1), date(2027, 1, 1))

REORGANISED = [
    # name, type of the code before, code before, code after, first day of the new one
    ("Buckinghamshire", "E10000002", "E06000060", date(2020, 4, 1)),
    ("Dorset", "E10000009", "E06000059", date(2019, 4, 1)),
    ("North Yorkshire", "E10000023", "E06000065", date(2023, 4, 1)),
    ("Somerset", "E10000027", "E06000066", date(2023, 4, 1)),
    ("Northumberland", "E06000048", "E06000057", date(2013, 4, 1)),
    ("Gateshead", "E08000020", "E08000037", date(2013, 4, 1)),
    ("Barnsley", "E08000016", "E08000038", date(2025, 5, 1)),
]
MERGERS: Mapping[str, tuple[str, ...]] = {
    "E06000060": ("E07000004", "E07000005", "E07000006", "E07000007"),  # Buckinghamshire
    "E06000058": ("E06000028", "E06000029", "E07000048"),  # Bournemouth, Christchurch and Poole
    "E06000061": ("E07000150", "E07000152", "E07000153", "E07000156"),  # North Northamptonshire
    "E06000062": ("E07000151", "E07000154", "E07000155"),  # West Northamptonshire
    "E06000063": ("E07000026", "E07000028", "E07000029"),  # Cumberland
    "E06000064": ("E07000027", "E07000030", "E07000031"),  # Westmorland and Furness
    "E07000244": ("E07000205", "E07000206"),  # East Suffolk
    "E07000245": ("E07000201", "E07000204"),  # West Suffolk
}


@pytest.mark.parametrize(("name", "old", "new", "day"), REORGANISED, ids=lambda v: str(v))
def test_one_name_has_one_code_on_any_day_of_a_reorganisation(name: str, old: str, new: str, day: date):
    on_the_eve, on_the_day = date.fromordinal(day.toordinal() - 1), day
    assert [a.code for a in REGISTER.by_name(name, "local_authority", on_the_eve)] == [old]
    assert [a.code for a in REGISTER.by_name(name, "local_authority", on_the_day)] == [new]
    assert (REGISTER.live(old, on_the_eve), REGISTER.live(new, on_the_eve)) == (True, False)
    assert (REGISTER.live(old, on_the_day), REGISTER.live(new, on_the_day)) == (False, True)


@pytest.mark.parametrize(("new", "old"), MERGERS.items(), ids=MERGERS)
def test_merged_districts_end_on_the_day_their_authority_begins(new: str, old: tuple[str, ...]):
    began = REGISTER.areas[new].valid_from
    merged = {s.old for s in REGISTER.predecessors(new) if s.kind is SuccessionKind.MERGED}
    assert merged == set(old)
    assert {REGISTER.areas[code].valid_to for code in old} == {began}


def test_name_of_a_region_a_force_and_a_county_is_ambiguous_without_a_type():
    found = REGISTER.by_name("West Midlands", None, date(2024, 1, 1))
    assert {area.type for area in found} == {"region", "police_force", "metropolitan_county"}
    assert [a.code for a in REGISTER.by_name("West Midlands", "police_force", date(2024, 1, 1))] == [
        "E23000014"
    ]


@pytest.mark.parametrize(
    ("printed", "type", "code"),
    [
        ("London, City of", "police_force", "E23000034"),
        ("City of London", "police_force", "E23000034"),
        ("Devon & Cornwall", "police_force", "E23000035"),
        ("Devon and Cornwall", "police_force", "E23000035"),
        ("East", "region", "E12000006"),
        ("London (Inner)", "sub_region", "E13000001"),
        ("Bristol City of", "local_authority", "E06000023"),
        ("  KINGSTON UPON HULL, City of ", "local_authority", "E06000010"),
        ("Merseyside (Met County)", "metropolitan_county", "E11000002"),
    ],
)
def test_names_as_publishers_write_them_find_their_area(printed: str, type: str, code: str):
    assert [area.code for area in REGISTER.by_name(printed, type, date(2024, 1, 1))] == [code]


def test_shepway_is_found_by_that_name_only_before_it_was_renamed():
    assert [a.code for a in REGISTER.by_name("Shepway", "local_authority", date(2018, 3, 31))] == [
        "E07000112"
    ]
    assert REGISTER.by_name("Shepway", "local_authority", date(2018, 4, 1)) == []


@pytest.mark.parametrize(
    ("a", "b", "same", "told"),
    [
        ("E07000112", "E07000112", True, "called Shepway before 1 April 2018"),
        ("E10000002", "E06000060", True, "since 1 April 2020"),
        ("E06000060", "E10000002", True, "since 1 April 2020"),
        ("E10000026", "E06000051", True, "Shropshire"),
        ("E22000204", "E09000019", True, "exactly the authority Islington"),
        ("E22000369", "E06000066", True, "exactly the authority Somerset"),
        ("E22000031", "E07000026", True, "exactly the authority Allerdale"),
        ("E22000031", "E06000063", False, "different areas"),  # Allerdale is a part of Cumberland
        ("E22000311", "E06000060", False, "different areas"),  # South Bucks is a part of Buckinghamshire
        ("E22000367", "E06000059", False, "different areas"),  # Dorset's partnership covers a part of BCP too
        ("E07000004", "E06000060", False, "merged into Buckinghamshire (E06000060) on 1 April 2020"),
        ("E10000009", "E06000059", False, "was split on 1 April 2019"),
        ("E10000021", "E06000061", False, "was split on 1 April 2021"),
        ("E08000020", "E08000037", False, "on 1 April 2013, when its boundary moved"),
        ("E08000019", "E08000039", False, "as far as is known"),
        ("E10000022", "E06000057", False, "when its boundary moved"),  # recoded 2009, boundary moved 2013
        ("E06000028", "E06000029", False, "different areas"),
        ("E09000099", "E09000019", False, "not in the register"),
    ],
)
def test_same_ground_says_whether_and_why(a: str, b: str, same: bool, told: str):
    answer, why = REGISTER.same_ground(a, b)
    assert answer is same and told in why, why


@given(CODES, CODES)
def test_same_ground_is_symmetric(a: str, b: str):
    assert REGISTER.same_ground(a, b)[0] == REGISTER.same_ground(b, a)[0]


@given(CODES)
def test_every_area_is_its_own_ground_and_never_above_itself(code: str):
    assert REGISTER.same_ground(code, code)[0]
    assert code not in REGISTER.above(code)


def test_islington_lies_in_london_and_its_force_and_not_in_another_region():
    assert {"E13000001", "E12000007", "E23000001", "E92000001", "K02000001"} <= REGISTER.above("E09000019")
    assert "E12000008" not in REGISTER.above("E09000019")
    assert "E23000034" in REGISTER.above("E09000001")  # the City of London has a force of its own


def test_force_covers_the_authorities_in_force_on_the_day_only():
    before = {a.code for a in REGISTER.members("E23000039", date(2019, 3, 31))}
    after = {a.code for a in REGISTER.members("E23000039", date(2019, 4, 1))}
    assert after == {"E06000058", "E06000059"}
    assert {"E06000028", "E06000029", "E07000048"} <= before and not before & after


def test_met_covers_32_boroughs_and_not_the_city():
    boroughs = {area.code for area in REGISTER.members("E23000001", date(2024, 1, 1))}
    assert len(boroughs) == 32 and "E09000001" not in boroughs


def test_cumbria_next_to_its_successors_is_a_mix_of_two_dates():
    mixed = REGISTER.vintages(["E10000006", "E06000063", "E09000019"])
    assert mixed.mixed and set(mixed.apart) == {"E10000006", "E06000063"}
    assert (mixed.start, mixed.end) == (date(2023, 4, 1), date(2023, 4, 1))


def test_codes_of_one_date_have_a_time_in_common():
    common = REGISTER.vintages(["E06000058", "E10000002", "E09000019", "E09999999"])
    assert not common.mixed
    assert (common.start, common.end) == (date(2019, 4, 1), date(2020, 4, 1))
    assert common.unknown == ("E09999999",)


@given(st.sets(CODES, min_size=1, max_size=6), DAYS)
def test_codes_that_are_all_in_force_on_a_day_are_never_called_mixed(codes: set[str], day: date):
    if all(REGISTER.live(code, day) for code in codes):
        found = REGISTER.vintages(codes)
        assert not found.mixed
        assert (found.start or date.min) <= day < (found.end or date.max)


def test_unknown_code_is_neither_live_nor_ended():
    assert REGISTER.live("E09000099", date(2024, 1, 1)) is None
    assert REGISTER.find("E09000099") is None


def _wards(*codes: str) -> pa.Table:
    return pa.table(
        {"ward_code": codes, "ward_name": ["Barnsbury"] * len(codes), "lad_code": ["E09000019"] * len(codes)}
    )


def test_ward_of_a_lookup_is_live_in_its_year_and_unknown_outside_it():
    register = REGISTER.with_lookups(
        {"2018-lsoa-ward": _wards("E05000366"), "2019-ward-region": _wards("E05000366")}
    )
    assert register.live("E05000366", date(2019, 6, 30)) is True
    assert register.live("E05000366", date(2023, 6, 30)) is None
    assert "E23000001" in register.above("E05000366")
    assert REGISTER.find("E05000366") is None


def test_wards_before_and_after_a_review_are_not_the_same_ground_whatever_their_names():
    register = REGISTER.with_lookups(
        {"2018-lsoa-ward": _wards("E05000366"), "2023-ward-region": _wards("E05013698")}
    )
    same, why = register.same_ground("E05000366", "E05013698")
    assert not same and why.startswith("These areas belong to two dates")


def test_register_that_lists_a_code_twice_is_refused_with_its_file_and_code(tmp_path: Path):
    text = (GEOGRAPHY / "areas.csv").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("E09000019"))
    (tmp_path / "areas.csv").write_text(f"{text}{row}\n", encoding="utf-8")
    with pytest.raises(ContractError, match=r"areas\.csv.*E09000019"):
        read_areas(tmp_path)


def test_every_code_that_a_table_of_the_register_names_is_in_it():
    named = {s.old for s in REGISTER.successions} | {s.new for s in REGISTER.successions}
    named |= {m.container for m in REGISTER.memberships} | {m.member for m in REGISTER.memberships}
    named |= {area.parent for area in REGISTER.areas.values() if area.parent}
    named |= {area.region for area in REGISTER.areas.values() if area.region}
    assert named <= set(REGISTER.areas)


def test_no_two_areas_of_a_type_have_one_name_on_one_day():
    by_name: dict[tuple[str, str], list[AreaFacts]] = {}
    for area in REGISTER.areas.values():
        by_name.setdefault((area.name, area.type), []).append(area)
    clashes = [
        (a.code, b.code)
        for areas in by_name.values()
        for a, b in product(areas, areas)
        if a.code < b.code and not (a.before(b) or b.before(a))
    ]
    assert clashes == []


def test_old_code_of_a_change_ended_by_its_day_and_the_new_one_had_begun():
    for step in REGISTER.successions:
        if step.kind is SuccessionKind.RENAMED:
            continue
        old, new = REGISTER.areas[step.old], REGISTER.areas[step.new]
        assert old.valid_to == step.day, step
        assert new.valid_from == step.day, step


def test_register_and_the_education_vocabulary_state_the_same_dates_regions_and_names():
    vocabulary = yaml.safe_load((contracts_folder() / "vocabularies" / "education_areas.yaml").read_text())
    for code, entry in vocabulary["local_authorities"].items():
        if code == "z":
            continue
        area = REGISTER.areas[code]
        last = date.fromordinal(area.valid_to.toordinal() - 1) if area.valid_to else None
        assert (area.region, last) == (entry["region"], entry["to"]), code
        assert (area.valid_from or date(2009, 1, 1)) == entry["from"], code
        assert REGISTER.called(code, entry["name"]), code
    for section in ("countries", "regions", "sub_regions"):
        for code, entry in vocabulary[section].items():
            assert REGISTER.called(code, entry["name"]), code


def test_register_and_the_vocabulary_of_partnerships_agree():
    vocabulary = yaml.safe_load((contracts_folder() / "vocabularies" / "partnerships.yaml").read_text())
    for code, entry in vocabulary["partnerships"].items():
        assert REGISTER.called(code, entry["name"]), code
        assert REGISTER.areas[code].parent == entry["force"], code
        # Dorset's partnership had a part of Christchurch's successor in the last lookup; the tables print Dorset alone.
        if entry.get("authority") and code != "E22000367":
            assert REGISTER.same_ground(code, entry["authority"])[0], code


@pytest.mark.real_data
def test_tables_of_the_register_are_what_the_tool_builds_from_the_lookups(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from tools import build_geography

    monkeypatch.setattr(build_geography, "TARGET", tmp_path)
    build_geography.main(real_data)
    for name in ("areas.csv", "successions.csv", "memberships.csv"):
        assert (tmp_path / name).read_text(encoding="utf-8") == (GEOGRAPHY / name).read_text(
            encoding="utf-8"
        ), name


@pytest.mark.parametrize(
    ("printed", "partnership", "counted"),
    [
        ("E06000059", "E22000367", "E22000367"),  # Dorset with Christchurch
        ("E09000019", None, "E09000019"),
        ("E09000019", "E09000019", "E09000019"),
        ("E09000019", "X99", "E09000019"),
        ("X99", "E22000367", "X99"),
    ],
)
def test_ground_of_a_figure_is_that_of_its_partnership_where_the_code_printed_is_another(
    printed: str, partnership: str | None, counted: str
) -> None:
    assert REGISTER.counted_ground(printed, partnership) == counted


def test_a_partnership_that_is_exactly_an_authority_is_that_authority_on_the_ground() -> None:
    exact = [
        (authority, code)
        for code, area in REGISTER.areas.items()
        if area.type == "community_safety_partnership" and (authority := REGISTER.authority_of(code))
    ]
    assert len(exact) > 100
    assert all(REGISTER.counted_ground(authority, code) == authority for authority, code in exact)
