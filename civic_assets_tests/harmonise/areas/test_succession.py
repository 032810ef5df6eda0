"""Where codes lead when authorities are reorganised, and counts that are carried with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from civic_assets.harmonise.areas.register import AreaRegister, SuccessionKind
from civic_assets.harmonise.areas.succession import recode

REGISTER = AreaRegister.shipped()
NOW = date(2026, 1, 1)
SOMERSET = ("E07000187", "E07000188", "E07000189", "E07000190", "E07000191")
NORTH_YORKSHIRE = tuple(f"E0700016{n}" for n in range(3, 10))
BUCKS = ("E07000004", "E07000005", "E07000006", "E07000007")
MERGED: Mapping[str, tuple[str, ...]] = {
    "E06000060": BUCKS,
    "E06000058": ("E06000028", "E06000029", "E07000048"),
    "E06000061": ("E07000150", "E07000152", "E07000153", "E07000156"),
    "E06000066": SOMERSET,  # two of them by way of Somerset West and Taunton
    "E06000064": ("E07000027", "E07000030", "E07000031"),
    "E06000065": NORTH_YORKSHIRE,
    "E07000245": ("E07000201", "E07000204"),
}


@pytest.mark.parametrize(
    ("code", "at", "to", "exact", "kind"),
    [
        ("E07000004", NOW, "E06000060", True, SuccessionKind.MERGED),
        ("E07000190", NOW, "E06000066", True, SuccessionKind.MERGED),
        ("E07000190", date(2020, 1, 1), "E07000246", True, SuccessionKind.MERGED),
        ("E07000190", date(2019, 3, 31), "E07000190", True, None),
        ("E10000002", NOW, "E06000060", True, SuccessionKind.RECODED),
        ("E06000060", date(2019, 1, 1), "E10000002", True, SuccessionKind.RECODED),
        ("E10000006", NOW, "E10000006", False, SuccessionKind.SPLIT),  # Cumbria
        ("E10000009", NOW, "E10000009", False, SuccessionKind.SPLIT),  # Dorset, without Christchurch
        ("E06000058", date(2018, 1, 1), "E06000058", False, SuccessionKind.MERGED),
        ("E08000016", NOW, "E08000038", False, SuccessionKind.BOUNDARY_CHANGE),
        ("E09000019", date(2010, 1, 1), "E09000019", True, None),
        ("E09000099", NOW, "E09000099", False, None),
    ],
)
def test_code_leads_exactly_where_all_of_its_ground_went(
    code: str, at: date, to: str, exact: bool, kind: SuccessionKind | None
):
    found = recode([code], at, REGISTER)[code]
    assert (found.to, found.exact, found.kind) == (to, exact, kind)
    assert found.because.endswith(".")


CODES = sorted(code for code, area in REGISTER.areas.items() if area.type in ("local_authority", "county"))


@given(st.data(), st.dates(date(2009, 4, 1), date(2026, 1, 1)))
def test_codes_in_force_on_a_day_recode_to_themselves(data: st.DataObject, at: date):
    code = data.draw(st.sampled_from(CODES))
    assume(REGISTER.live(code, at))
    found = recode([code], at, REGISTER)[code]
    assert found.to == code and found.exact


@given(st.sampled_from(CODES), st.dates(date(2009, 4, 1), date(2026, 1, 1)))
def test_exact_recoding_leads_to_a_code_in_force_then(code: str, at: date):
    found = recode([code], at, REGISTER)[code]
    assert not found.exact or REGISTER.live(found.to, at)
