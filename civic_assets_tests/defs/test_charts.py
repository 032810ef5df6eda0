"""The small chart on the page of an asset."""

from __future__ import annotations

import base64
from xml.etree import ElementTree

import pytest

from civic_assets.defs.charts import drawn, figures_by_release, said
from civic_assets.house_numbers.display import RELEASES_IN_A_SMALL_CHART
from civic_assets_tests.defs.conftest import HELD_BACK, Launched

SVG = "{http://www.w3.org/2000/svg}"


def _bars(text: str) -> list[float]:
    """Heights of the bars, of which the background is none."""
    root = ElementTree.fromstring(text)
    return [float(one.attrib["height"]) for one in root.iter(f"{SVG}rect") if one.attrib["fill"] == "#2f5d8a"]


def test_bars_are_as_high_as_the_numbers_and_a_gap_is_drawn_where_there_is_no_table() -> None:
    rows = [("2021", 100), ("2022", None), ("2023", 50), ("2024", 0)]
    text = drawn("of_mine", rows, "words", synthetic=False)
    high, half, none = _bars(text)
    assert high == pytest.approx(2 * half, abs=0.2) and none == 0
    dashed = [
        one for one in ElementTree.fromstring(text).iter(f"{SVG}rect") if "stroke-dasharray" in one.attrib
    ]
    assert len(dashed) == 1
    assert "SYNTHETIC" not in text


def test_words_say_what_is_drawn() -> None:
    rows = [("2021", 1_000), ("2022-r", None), ("2023", 50)]
    assert said("of_mine", rows, 3, synthetic=True) == (
        r"SYNTHETIC SAMPLE DATA. Figures in 3 releases of of\_mine: from 50 to 1,000; 2023 has 50. "
        "Without a table: 2022-r. 3 older releases are not drawn."
    )
    assert said("s", [("1", None)], synthetic=False) == "Figures in 1 release of s. Without a table: 1."


@pytest.mark.parametrize("rows", [[], [("2021", None)], [("<b>", 0)], [("2021", 7)]])
def test_any_list_of_releases_is_drawn(rows: list[tuple[str, int | None]]) -> None:
    ElementTree.fromstring(drawn("a<b", rows, "words & more", synthetic=True))


def test_chart_of_a_store_has_its_releases_up_to_the_one_asked_for(launched: Launched) -> None:
    chart = figures_by_release(launched.store, "ons_csp", HELD_BACK).value
    assert chart is not None
    image = base64.b64decode(chart.partition("base64,")[2].partition(")")[0]).decode()
    tables = launched.store.tables
    known = [one.release for one in launched.store.archive.receipts("ons_csp")]
    made = [name for name in known if tables.current("harmonised", "ons_csp", name) is not None]
    assert len(known) <= RELEASES_IN_A_SMALL_CHART
    assert "SYNTHETIC" in image and f"Without a table: {HELD_BACK}" in chart
    assert len(_bars(image)) == len([name for name in made if name <= HELD_BACK])
    early = figures_by_release(launched.store, "ons_csp", "2021-12").value
    assert early is not None and "Figures in 1 release of" in early
