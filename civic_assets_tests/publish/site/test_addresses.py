"""Addresses are stable, differ for different names, and are names of files everywhere."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.publish.site.addresses import (
    area_page,
    file_name,
    glossary_entry,
    measure_page,
    relative,
    root_of,
)


@pytest.mark.parametrize("name", ["E09000019", "theft_from_the_person", "neet_percent", "A1", "E05000001"])
def test_code_and_measure_stay_as_they_are(name: str) -> None:
    assert file_name(name) == name


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("K04000001/action-fraud", "_K04000001_2f_action-fraud"),
        ("index", "_index"),
        ("CON", "_CON"),
        ("..", "_" + "_2e_" * 2),
        ("", "_"),
        ("_a", "__5f_a"),
    ],
)
def test_other_names_are_written_out(name: str, file: str) -> None:
    assert file_name(name) == file


@given(st.lists(st.text(max_size=200), min_size=2, max_size=2, unique=True))
def test_different_names_have_different_files_that_every_system_takes(names: list[str]) -> None:
    files = [file_name(name) for name in names]
    assert files[0] != files[1]
    for file in files:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,120}", file)
        assert file.lower() not in ("index", "con", "nul", "prn", "aux", "com1", "lpt9")


def test_links_lead_from_any_depth_to_the_folder() -> None:
    assert relative(area_page("E09000019"), "index.html") == "areas/E09000019.html"
    assert (
        relative(measure_page("burglary"), "evidence/ons_csp/2022-12/E09000019.html")
        == "../../../measures/burglary.html"
    )
    assert root_of("areas/E09000019.html") == "../"
    assert (
        relative(glossary_entry("disputed figure"), "areas/x.html") == "../glossary.html#word-disputed_figure"
    )
