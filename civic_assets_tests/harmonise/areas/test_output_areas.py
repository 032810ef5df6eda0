"""Output areas of street-level files: census, ward and authority."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from civic_assets.harmonise.areas.output_areas import Vintage, locate, vintage
from civic_assets.harmonise.areas.register import AreaRegister

TODAY = date(2024, 6, 1)
SHIPPED = AreaRegister.shipped()


def register(*rows: tuple[str, str, str, str, str]) -> AreaRegister:
    columns = ("lsoa_code", "lsoa_name", "ward_code", "ward_name", "lad_code")
    # The first output area of all is in every lookup; a lookup without it would not be one.
    first = ("E01000001", "City of London 001A", "E05009288", "Aldersgate", "E09000001")
    lookup = pa.table(dict(zip(columns, map(list, zip(*[first, *rows], strict=True)), strict=True)))
    return SHIPPED.with_lookups({"2018-lsoa-ward": lookup})


BARNSBURY = ("E01002696", "Islington 015E", "E05000366", "Barnsbury", "E09000019")


def test_output_area_of_a_lookup_lies_in_its_ward_and_authority():
    found = locate([("E01002696", "Islington 015E")], register(BARNSBURY), TODAY)["E01002696"]
    assert (found.vintage, found.ward, found.authority, found.how) == (
        Vintage.Y2011, "E05000366", "E09000019", "lookup",
    )  # fmt: skip


def test_authority_of_a_lookup_that_was_merged_since_is_carried_forward():
    row = ("E01017651", "Aylesbury Vale 001A", "E05006500", "Somewhere", "E07000004")
    assert locate([("E01017651", row[1])], register(row), TODAY)["E01017651"].authority == "E06000060"
    assert (
        locate([("E01017651", row[1])], register(row), date(2018, 1, 1))["E01017651"].authority == "E07000004"
    )


def test_output_area_without_a_lookup_is_located_by_its_name_and_says_so():
    # A file of the City of London Police holds Islington too: the name decides, not the force.
    found = locate([("E01035656", "Islington 015H")], register(BARNSBURY), TODAY)["E01035656"]
    assert (found.vintage, found.ward, found.authority, found.how) == (
        Vintage.Y2021,
        None,
        "E09000019",
        "name",
    )
    assert "not in any lookup" in found.because


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("E01033768", Vintage.Y2011),
        ("E01033769", Vintage.Y2021),
        ("W01001958", Vintage.Y2011),
        ("W01001959", Vintage.Y2021),
        ("E02000001", None),
        ("N09000001", None),
        ("", None),
    ],
)
def test_first_code_of_2021_follows_the_last_of_2011(code: str, expected: Vintage | None):
    assert vintage(code, SHIPPED) == expected


def test_code_of_2011_that_the_lookup_of_2011_lacks_is_of_no_vintage():
    assert vintage("E01002697", register(BARNSBURY)) is None


@pytest.mark.parametrize("name", ["Atlantis 001A", "Islington", ""])
def test_output_area_whose_name_fits_no_authority_is_unknown_and_not_dropped(name: str):
    found = locate([("E01035656", name)], SHIPPED, TODAY)["E01035656"]
    assert (found.authority, found.how) == (None, "unknown") and found.because


@pytest.mark.parametrize(
    ("name", "on", "authority"),
    [
        ("Allerdale 001A", TODAY, "E06000063"),
        ("Allerdale 001A", date(2022, 6, 1), "E07000026"),
        ("Shepway 001A", TODAY, "E07000112"),
        ("Bristol 001A", TODAY, "E06000023"),
    ],
)
def test_output_areas_carry_the_names_of_the_census_and_lie_in_the_authorities_of_the_day(
    name: str, on: date, authority: str
):
    assert locate([("E01000099", name)], SHIPPED, on)["E01000099"].authority == authority


@pytest.mark.real_data
def test_every_output_area_of_the_real_lookup_is_of_2011_and_below_a_known_authority(real_data):
    from civic_assets.contracts.load import contracts_folder, load_contract
    from civic_assets.parsing.table_finder import find_tables
    from civic_assets.readers.open_file import read_grid

    file = next(real_data.rglob("LSOA2011_to_Ward2018*.csv"))
    block = find_tables(read_grid(file), load_contract(contracts_folder() / "lookups.odcs.yaml"))[
        "output_area_ward"
    ]
    names = ("lsoa_code", "lsoa_name", "ward_code", "ward_name", "lad_code")
    lookup = pa.table({name: block.texts(name) for name in names})
    full = SHIPPED.with_lookups({"2018-lsoa-ward": lookup})
    pairs = list(zip(block.texts("lsoa_code"), block.texts("lsoa_name"), strict=True))
    found = locate(pairs, full, date(2018, 12, 31))
    assert len(found) == 34_753
    assert {area.how for area in found.values()} == {"lookup"}
    assert {area.vintage for area in found.values()} == {Vintage.Y2011}
    assert {area.authority for area in found.values()} <= set(SHIPPED.areas)
    by_name = locate(pairs, SHIPPED, date(2018, 12, 31))
    differing = [code for code, area in found.items() if by_name[code].authority != area.authority]
    assert differing == []
